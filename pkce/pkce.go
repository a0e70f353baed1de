// Package pkce makes the proof key of RFC 7636: a verifier that stays here and a challenge that travels. Whoever steals an
// authorization code on its way back can't redeem it without the verifier.
//
// Only S256 exists here. With the method plain the challenge is the verifier, and whoever sees the authorization request has both
// (RFC 7636 section 7.2, RFC 9700 section 2.1.1).
package pkce

import "errors"

// Method is the code_challenge_method of every challenge made here.
const Method = "S256"

// The errors of this package.
var (
	// ErrVerifier says that a text is no code verifier: 43 to 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.1).
	ErrVerifier = errors.New("pkce: a code verifier has 43 to 128 characters of A-Z a-z 0-9 - . _ ~")
	// ErrPlain says that somebody asked for a method other than S256.
	ErrPlain = errors.New("pkce: only the method S256 is supported; plain protects nothing")
	// ErrRandom says that the platform gave no random bytes.
	ErrRandom = errors.New("pkce: no random numbers: crypto.getRandomValues is missing or failed")
	// ErrHash says that a Hash didn't return the 32 bytes of SHA-256.
	ErrHash = errors.New("pkce: the hash is not SHA-256")
)

// Verifier is a code verifier, a secret until the code is exchanged. It prints as [redacted]; where fmt walks past String into the struct,
// as for %d, it finds an address.
type Verifier struct {
	_     [0]func() // no ==, which would compare addresses
	value *string
}

// Challenge is the SHA-256 of a verifier in base64url; it may be seen by anybody.
type Challenge struct{ value string }

// Hash computes SHA-256. In the browser that is WebCrypto's digest, elsewhere crypto/sha256.
type Hash func(text string) ([]byte, error)

// New makes a verifier of 32 random bytes, 43 characters long. It fails with ErrRandom alone.
func New() (Verifier, error) {
	s, err := RandomString()
	if err != nil {
		return Verifier{}, err
	}
	return Verifier{value: &s}, nil
}

// RandomString returns 32 random bytes from the platform's cryptographic source as 43 characters of base64url: 256 bits, as RFC 7636
// section 7.1 wants for a verifier, and as good for a state or a nonce. It fails with ErrRandom alone.
func RandomString() (string, error) {
	var b [32]byte
	if err := random(b[:]); err != nil {
		return "", err
	}
	return base64url(b[:]), nil
}

// Parse takes back a verifier that was stored while the user was away. What is none is ErrVerifier.
func Parse(s string) (Verifier, error) {
	if len(s) < 43 || len(s) > 128 {
		return Verifier{}, ErrVerifier
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' && c != '~' {
			return Verifier{}, ErrVerifier
		}
	}
	return Verifier{value: &s}, nil
}

// CheckMethod refuses every method but S256 with ErrPlain.
func CheckMethod(method string) error {
	if method != Method {
		return ErrPlain
	}
	return nil
}

// Challenge computes BASE64URL(SHA256(verifier)), 43 characters (RFC 7636 section 4.2). It fails as sha256 does, and with ErrHash.
func (v Verifier) Challenge(sha256 Hash) (Challenge, error) {
	sum, err := sha256(v.Reveal())
	if err != nil {
		return Challenge{}, err
	}
	return ChallengeOf(sum)
}

// ChallengeOf is Challenge where the caller has hashed the verifier, to 32 bytes: any other number is ErrHash.
func ChallengeOf(sum []byte) (Challenge, error) {
	if len(sum) != 32 {
		return Challenge{}, ErrHash
	}
	return Challenge{base64url(sum)}, nil
}

// Reveal returns the verifier itself, for the token request or the store.
func (v Verifier) Reveal() string {
	if v.value == nil {
		return ""
	}
	return *v.value
}

func (v Verifier) String() string { return "[redacted]" }

// GoString is what %#v prints.
func (v Verifier) GoString() string { return "[redacted]" }

// MarshalText keeps a verifier out of anything that encodes structs by reflection.
func (v Verifier) MarshalText() ([]byte, error) { return []byte("[redacted]"), nil }

// Value returns the challenge as it stands in code_challenge.
func (c Challenge) Value() string { return c.value }
