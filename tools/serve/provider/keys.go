package provider

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

// The keys live as long as the process. Making an RSA key takes longer than most tests do.
var (
	rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })
	ecKey  = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })
)

func signingKey(algorithm string) (jose.JSONWebKey, error) {
	var private any
	var err error
	switch algorithm {
	case "RS256":
		private, err = rsaKey()
	case "ES256":
		private, err = ecKey()
	default:
		return jose.JSONWebKey{}, fmt.Errorf("signing algorithm %q: use RS256 or ES256", algorithm)
	}
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("make a signing key: %w", err)
	}

	key := jose.JSONWebKey{Key: private, Algorithm: algorithm, Use: "sig"}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("name the signing key: %w", err)
	}
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint[:9])
	return key, nil
}
