package pkce_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/pkce"
)

const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

func sum256(text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(text))
	return sum[:], nil
}

// RFC 7636 appendix B.
func TestChallengeOfAppendixB(t *testing.T) {
	verifier, err := pkce.Parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	require.NoError(t, err)
	challenge, err := verifier.Challenge(sum256)
	require.NoError(t, err)
	assert.Equal(t, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", challenge.Value())
}

func TestNewMakesFreshVerifiers(t *testing.T) {
	const many = 2000
	seen := make(map[string]bool, many)
	for range many {
		verifier, err := pkce.New()
		require.NoError(t, err)
		text := verifier.Reveal()

		require.Len(t, text, 43)
		require.Empty(t, strings.Trim(text, unreserved), "a character outside RFC 7636's alphabet")
		raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
		require.NoError(t, err)
		require.Len(t, raw, 32)
		require.False(t, seen[text], "the same verifier twice")
		seen[text] = true

		challenge, err := verifier.Challenge(sum256)
		require.NoError(t, err)
		sum := sha256.Sum256([]byte(text))
		require.Equal(t, base64.RawURLEncoding.EncodeToString(sum[:]), challenge.Value())
		require.NotEqual(t, text, challenge.Value(), "a challenge that is the verifier would be the method plain")

		again, err := pkce.Parse(text)
		require.NoError(t, err)
		require.Equal(t, text, again.Reveal())
	}
}

// Each bit of the 256 must vary: a source that is stuck in part would pass every other test here.
func TestRandomStringUsesEveryBit(t *testing.T) {
	var ones, zeros [32]byte
	for range 200 {
		text, err := pkce.RandomString()
		require.NoError(t, err)
		raw, err := base64.RawURLEncoding.DecodeString(text)
		require.NoError(t, err)
		for i, b := range raw {
			ones[i] |= b
			zeros[i] |= ^b
		}
	}
	for i := range ones {
		assert.EqualValues(t, 0xFF, ones[i], "byte %d has bits that are never set", i)
		assert.EqualValues(t, 0xFF, zeros[i], "byte %d has bits that are never clear", i)
	}
}

func TestParseLength(t *testing.T) {
	for n := range 200 {
		verifier, err := pkce.Parse(strings.Repeat("a", n))
		if n >= 43 && n <= 128 {
			require.NoError(t, err, "length %d", n)
			require.Len(t, verifier.Reveal(), n)
			continue
		}
		require.ErrorIs(t, err, pkce.ErrVerifier, "length %d", n)
		require.Empty(t, verifier.Reveal())
	}
}

func TestParseAlphabet(t *testing.T) {
	for c := range 256 {
		for _, at := range []int{0, 20, 42} {
			text := []byte(strings.Repeat("a", 43))
			text[at] = byte(c)
			verifier, err := pkce.Parse(string(text))
			if strings.IndexByte(unreserved, byte(c)) >= 0 {
				require.NoError(t, err, "%q at %d", c, at)
				require.Equal(t, string(text), verifier.Reveal())
				continue
			}
			require.ErrorIs(t, err, pkce.ErrVerifier, "%q at %d", c, at)
			require.Empty(t, verifier.Reveal())
		}
	}
}

func TestCheckMethod(t *testing.T) {
	assert.NoError(t, pkce.CheckMethod("S256"))
	assert.NoError(t, pkce.CheckMethod(pkce.Method))
	for _, method := range []string{"plain", "", "s256", "S256 ", "S512", "none"} {
		assert.ErrorIs(t, pkce.CheckMethod(method), pkce.ErrPlain, "method %q", method)
	}
}

func TestChallengeRefusesWhatIsNoSHA256(t *testing.T) {
	broken := errors.New("the hash failed")
	for name, test := range map[string]struct {
		hash pkce.Hash
		want error
	}{
		"failing":   {func(string) ([]byte, error) { return nil, broken }, broken},
		"empty":     {func(string) ([]byte, error) { return nil, nil }, pkce.ErrHash},
		"short":     {func(string) ([]byte, error) { return make([]byte, 20), nil }, pkce.ErrHash},
		"identity":  {func(text string) ([]byte, error) { return []byte(text), nil }, pkce.ErrHash},
		"too long":  {func(string) ([]byte, error) { return make([]byte, 64), nil }, pkce.ErrHash},
		"both said": {func(string) ([]byte, error) { return make([]byte, 32), broken }, broken},
	} {
		t.Run(name, func(t *testing.T) {
			verifier, err := pkce.New()
			require.NoError(t, err)
			challenge, err := verifier.Challenge(test.hash)
			require.ErrorIs(t, err, test.want)
			require.Empty(t, challenge.Value())
		})
	}
}

func TestBase64URL(t *testing.T) {
	for i := range 256 {
		sum := sha256.Sum256([]byte{byte(i)})
		challenge, err := pkce.ChallengeOf(sum[:])
		require.NoError(t, err)
		assert.Equal(t, base64.RawURLEncoding.EncodeToString(sum[:]), challenge.Value())
	}
}
