package native

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// webCrypto is Go's own cryptography with WebCrypto's manners. It implements vault.Crypto.
type webCrypto struct{ key *ecdsa.PrivateKey }

var (
	errUnknown = errors.New("NotSupportedError")
	errKey     = errors.New("DataError")
)

func (*webCrypto) Digest(hash, text string) ([]byte, error) {
	switch hash {
	case "SHA-256":
		sum := sha256.Sum256([]byte(text))
		return sum[:], nil
	case "SHA-512":
		sum := sha512.Sum512([]byte(text))
		return sum[:], nil
	}
	return nil, errUnknown
}

// jwk is a public key as the product hands it over.
type jwk struct{ N, E, X, Y string }

func (*webCrypto) Verify(alg, key, text, signature string) (bool, error) {
	var k jwk
	if err := json.Unmarshal([]byte(key), &k); err != nil {
		return false, err
	}
	signed, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return false, err
	}
	sum := sha256.Sum256([]byte(text))
	switch alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(k.rsa(), crypto.SHA256, sum[:], signed) == nil, nil
	case "PS256":
		return rsa.VerifyPSS(k.rsa(), crypto.SHA256, sum[:], signed, &rsa.PSSOptions{SaltLength: len(sum)}) == nil, nil
	case "ES256":
		point, err := k.point()
		if err != nil {
			return false, err
		}
		return len(signed) == 64 && ecdsa.Verify(point, sum[:], new(big.Int).SetBytes(signed[:32]), new(big.Int).SetBytes(signed[32:])), nil
	case "EdDSA":
		public := octets(k.X)
		if len(public) != ed25519.PublicKeySize {
			return false, errKey
		}
		return ed25519.Verify(public, []byte(text), signed), nil
	}
	return false, errUnknown
}

func (k jwk) rsa() *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).SetBytes(octets(k.N)), E: int(new(big.Int).SetBytes(octets(k.E)).Int64())}
}

// point fails for one that isn't on the curve, as a browser's import does.
func (k jwk) point() (*ecdsa.PublicKey, error) {
	x, y := octets(k.X), octets(k.Y)
	if len(x) != 32 || len(y) != 32 {
		return nil, errKey
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
}

func octets(text string) []byte {
	bytes, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return bytes
}

// Key keeps one key pair, whatever its name: there is one client.
func (w *webCrypto) Key(_ string, make bool) (string, error) {
	if w.key == nil && make {
		var err error
		if w.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return "", err
		}
	}
	if w.key == nil {
		return "", nil
	}
	point, err := w.key.PublicKey.Bytes() // 4, X, Y
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(`{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, encode(point[1:33]), encode(point[33:])), nil
}

func (w *webCrypto) Sign(_, header, payload string) (string, error) {
	text := encode([]byte(header)) + "." + encode([]byte(payload))
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, w.key, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + encode(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)), nil
}

func encode(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }
