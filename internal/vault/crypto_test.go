package vault

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash"
	"math/big"
	"sync"
	"testing"

	"crypto/sha256"
	"crypto/sha512"

	"github.com/stretchr/testify/require"
)

var b64 = base64.RawURLEncoding

// The keys of the tests: two for RS256 and PS256, one for each other algorithm.
var keyring = sync.OnceValue(func() map[string]crypto.Signer {
	first, _ := rsa.GenerateKey(rand.Reader, 2048)
	second, _ := rsa.GenerateKey(rand.Reader, 2048)
	curve, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edwards, _ := ed25519.GenerateKey(rand.Reader)
	return map[string]crypto.Signer{"rsa": first, "rsa2": second, "ec": curve, "ed": edwards}
})

// jwk is a public key as a provider publishes it.
func jwk(kid string) string {
	var members map[string]string
	switch key := keyring()[kid].Public().(type) {
	case *rsa.PublicKey:
		members = map[string]string{"kty": "RSA", "n": b64.EncodeToString(key.N.Bytes()), "e": "AQAB"}
	case *ecdsa.PublicKey:
		point, _ := key.Bytes()
		members = map[string]string{"kty": "EC", "crv": "P-256", "x": b64.EncodeToString(point[1:33]), "y": b64.EncodeToString(point[33:])}
	case ed25519.PublicKey:
		members = map[string]string{"kty": "OKP", "crv": "Ed25519", "x": b64.EncodeToString(key)}
	}
	members["kid"] = kid
	text, _ := json.Marshal(members)
	return string(text)
}

// sign makes a token of header and payload.
func sign(t testing.TB, alg, kid, header, payload string) string {
	text := b64.EncodeToString([]byte(header)) + "." + b64.EncodeToString([]byte(payload))
	sum := sha256.Sum256([]byte(text))
	var signature []byte
	var err error
	switch key := keyring()[kid].(type) {
	case *rsa.PrivateKey:
		if alg == "PS256" {
			signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: 32})
		} else {
			signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		}
	case *ecdsa.PrivateKey:
		var r, s *big.Int
		if r, s, err = ecdsa.Sign(rand.Reader, key, sum[:]); err == nil {
			signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		}
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, []byte(text))
	}
	require.NoError(t, err)
	return text + "." + b64.EncodeToString(signature)
}

// webCrypto does what the browser does, with Go's own library.
type webCrypto struct{}

func (webCrypto) Digest(name, text string) ([]byte, error) {
	var h hash.Hash
	switch name {
	case "SHA-256":
		h = sha256.New()
	case "SHA-512":
		h = sha512.New()
	default:
		return nil, errors.New("no such hash: " + name)
	}
	h.Write([]byte(text))
	return h.Sum(nil), nil
}

func (c webCrypto) Verify(alg, key, text, signature string) (bool, error) {
	var members map[string]string
	if err := json.Unmarshal([]byte(key), &members); err != nil {
		return false, err
	}
	raw, err := b64.Strict().DecodeString(signature)
	if err != nil {
		return false, err
	}
	number := func(name string) *big.Int {
		b, _ := b64.DecodeString(members[name])
		return new(big.Int).SetBytes(b)
	}
	sum, _ := c.Digest("SHA-256", text)
	switch alg {
	case "RS256", "PS256":
		public := &rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}
		if alg == "RS256" {
			return rsa.VerifyPKCS1v15(public, crypto.SHA256, sum, raw) == nil, nil
		}
		return rsa.VerifyPSS(public, crypto.SHA256, sum, raw, &rsa.PSSOptions{SaltLength: 32}) == nil, nil
	case "ES256":
		point := append([]byte{4}, number("x").FillBytes(make([]byte, 32))...)
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(point, number("y").FillBytes(make([]byte, 32))...))
		if err != nil || len(raw) != 64 {
			return false, err
		}
		return ecdsa.Verify(public, sum, new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])), nil
	case "EdDSA":
		return ed25519.Verify(number("x").FillBytes(make([]byte, 32)), []byte(text), raw), nil
	}
	return false, errors.New("no such algorithm: " + alg)
}

func (webCrypto) Key(string, bool) (string, error) { return "", errors.New("no keys are kept here") }

func (webCrypto) Sign(_, _, _ string) (string, error) { return "", errors.New("no keys are kept here") }
