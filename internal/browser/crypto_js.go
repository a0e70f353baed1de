package browser

import "github.com/postern-auth/postern/internal/bridge"

// WebCrypto hashes and verifies: crypto/sha256 alone would make the module 29 KB larger.

// Digest implements vault.Crypto.
func (c Client) Digest(hash, text string) ([]byte, error) {
	digest, err := bridge.Await(int(c), "digest", hash, text)
	const longest = 64
	sum := make([]byte, 0, longest)
	for _, char := range digest { // one for each byte
		sum = append(sum, byte(char))
	}
	return sum, err
}

// Key implements vault.Crypto.
func (c Client) Key(name string, make bool) (string, error) {
	how := ""
	if make {
		how = "make"
	}
	key, err := bridge.Await(int(c), "key", name, how)
	if e := absent(err); e != nil {
		err = e
	}
	return key, err
}

// Sign implements vault.Crypto.
func (c Client) Sign(jwk, header, payload string) (string, error) {
	return bridge.Await(int(c), "sign", jwk, header, payload)
}

// Verify implements vault.Crypto.
func (c Client) Verify(alg, jwk, text, signature string) (bool, error) {
	genuine, err := bridge.Await(int(c), "verify", alg, jwk, text, signature)
	return genuine != "", err
}
