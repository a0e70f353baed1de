package hostile

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
	"net/http"
	"sync"
)

// Key signs ID tokens with one algorithm.
type Key struct {
	ID, Alg string
	private func() any
}

// Keys are made once a process and when they are first wanted: an RSA key takes a tenth of a second.
var (
	rsaKey      = sync.OnceValue(func() any { return made(rsa.GenerateKey(rand.Reader, 2048)) })
	impostorKey = sync.OnceValue(func() any { return made(rsa.GenerateKey(rand.Reader, 2048)) })
	ecKey       = sync.OnceValue(func() any { return made(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
	edKey       = sync.OnceValue(func() any {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return made(key, err)
	})
)

func made[K any](key K, err error) K {
	if err != nil {
		panic(err) // crypto/rand doesn't fail
	}
	return key
}

// RS256 is the key that a provider has unless a fault says otherwise.
func RS256() *Key { return &Key{"rsa", "RS256", rsaKey} }

// PS256 is the same key, used otherwise.
func PS256() *Key { return &Key{"pss", "PS256", rsaKey} }

// ES256 is a key on the curve P-256.
func ES256() *Key { return &Key{"ec", "ES256", ecKey} }

// EdDSA is a key on the curve Ed25519.
func EdDSA() *Key { return &Key{"ed", "EdDSA", edKey} }

// Impostor is an attacker's RSA key, under the name of the provider's.
func Impostor() *Key { return &Key{"rsa", "RS256", impostorKey} }

// Second is another key of the provider's.
func Second() *Key { return &Key{"second", "RS256", impostorKey} }

// Named is the same key under another kid.
func (k *Key) Named(id string) *Key { return &Key{id, k.Alg, k.private} }

// JWK is the public half (RFC 7517).
func (k *Key) JWK() Object {
	jwk := Object{"kid": k.ID, "alg": k.Alg, "use": "sig"}
	switch key := k.private().(type) {
	case *rsa.PrivateKey:
		jwk["kty"], jwk["n"], jwk["e"] = "RSA", b64(key.N.Bytes()), b64(big.NewInt(int64(key.E)).Bytes())
	case *weak:
		jwk["kty"], jwk["n"], jwk["e"] = "RSA", b64(key.n.Bytes()), b64(key.e.Bytes())
	case *ecdsa.PrivateKey:
		point := made(key.PublicKey.Bytes()) // 4, X, Y
		jwk["kty"], jwk["crv"], jwk["x"], jwk["y"] = "EC", "P-256", b64(point[1:33]), b64(point[33:])
	case ed25519.PrivateKey:
		jwk["kty"], jwk["crv"], jwk["x"] = "OKP", "Ed25519", b64(key.Public().(ed25519.PublicKey))
	}
	return jwk
}

// Sign signs what a JWS signs (RFC 7518 section 3).
func (k *Key) Sign(input []byte) []byte {
	sum := sha256.Sum256(input)
	switch key := k.private().(type) {
	case *rsa.PrivateKey:
		if k.Alg == "PS256" {
			return made(rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}))
		}
		return made(rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]))
	case *weak:
		return key.sign(sum)
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		both := make([]byte, 64) // r and s, and not DER as elsewhere
		made(r, err).FillBytes(both[:32])
		s.FillBytes(both[32:])
		return both
	case ed25519.PrivateKey:
		return ed25519.Sign(key, input)
	}
	panic(fmt.Sprintf("a key of type %T", k.private()))
}

// DER signs with ES256 as X.509 does, which a JWS must not (RFC 7518 section 3.4).
func (k *Key) DER(input []byte) []byte {
	sum := sha256.Sum256(input)
	return made(ecdsa.SignASN1(rand.Reader, k.private().(*ecdsa.PrivateKey), sum[:]))
}

func (f *Fault) keys() []*Key {
	if f.Keys == nil {
		return []*Key{RS256()}
	}
	return f.Keys
}

func (p *Provider) serveJWKS(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	fault := p.fault
	p.fetches++
	n := p.fetches
	p.mu.Unlock()
	var published []Object
	for _, key := range fault.keys() {
		published = append(published, key.JWK())
	}
	var set any = Object{"keys": published}
	if fault.JWKS != nil {
		set = fault.JWKS(n, published)
	}
	write(w, http.StatusOK, set)
}
