package browser

import "github.com/postern-auth/postern/internal/bridge"

// SHA256 implements session.Hash with WebCrypto's digest: crypto/sha256 would make the module 29 KB larger.
func (c Client) SHA256(text string) ([]byte, error) {
	digest, err := bridge.Await(int(c), "sha256", text)
	sum := make([]byte, 0, 32)
	for _, char := range digest { // one for each byte
		sum = append(sum, byte(char))
	}
	return sum, err
}
