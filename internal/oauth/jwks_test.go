package oauth_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// modulus is a number of so many bits, in base64url.
func modulus(bits int) string {
	n := make([]byte, (bits+7)/8)
	n[0], n[len(n)-1] = 1<<((bits-1)%8), 1
	return base64.RawURLEncoding.EncodeToString(n)
}

func jwks(keys ...string) *oauth.HTTPResponse {
	return &oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: `{"keys":[` + strings.Join(keys, ",") + `]}`}
}

// chosen is the key that a token signed so is verified with.
func chosen(t *testing.T, header string, keys ...string) (string, error) {
	set, err := oauth.ParseJWKS(jwks(keys...))
	require.NoError(t, err)
	token, err := oauth.DecodeIDToken(oauth.NewSecret(jws(header, `{}`)))
	require.NoError(t, err)
	return token.Key(set)
}

func TestKey(t *testing.T) {
	n := modulus(2048)
	rsa := `"kty":"RSA","n":"` + n + `","e":"AQAB"`
	const ec = `"kty":"EC","crv":"P-256","x":"eA","y":"eQ"`
	const noSuch, unusable = oauth.IDTokenSignature, oauth.JWKSFailed
	for name, test := range map[string]struct {
		header, key string
		want        oauth.Code // "" where the key is the one
	}{
		"its name":                     {`{"alg":"RS256","kid":"k"}`, `{"kid":"k",` + rsa + `}`, ""},
		"for signatures":               {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","use":"sig","key_ops":["sign","verify"],"alg":"RS256",` + rsa + `}`, ""},
		"no name at all":               {`{"alg":"PS512"}`, `{` + rsa + `}`, ""},
		"no name in the token":         {`{"alg":"RS256"}`, `{"kid":"k",` + rsa + `}`, ""},
		"of a curve":                   {`{"alg":"ES256","kid":"k"}`, `{"kid":"k",` + ec + `}`, ""},
		"of Edwards's curve":           {`{"alg":"EdDSA","kid":"k"}`, `{"kid":"k","kty":"OKP","crv":"Ed25519","x":"eA"}`, ""},
		"of 4096 bits":                 {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + modulus(4096) + `","e":"Aw"}`, ""},
		"another name":                 {`{"alg":"RS256","kid":"K"}`, `{"kid":"k",` + rsa + `}`, noSuch},
		"no name in the set":           {`{"alg":"RS256","kid":"k"}`, `{` + rsa + `}`, noSuch},
		"a name that is no text":       {`{"alg":"RS256","kid":1}`, `{"kid":1,` + rsa + `}`, noSuch},
		"for encryption":               {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","use":"enc",` + rsa + `}`, unusable},
		"use a number":                 {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","use":1,` + rsa + `}`, unusable},
		"for another algorithm":        {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","alg":"PS256",` + rsa + `}`, unusable},
		"for signing alone":            {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","key_ops":["sign"],` + rsa + `}`, unusable},
		"key_ops a text":               {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","key_ops":"verify",` + rsa + `}`, unusable},
		"of another kind":              {`{"alg":"RS256","kid":"k"}`, `{"kid":"k",` + ec + `}`, unusable},
		"of another curve":             {`{"alg":"ES384","kid":"k"}`, `{"kid":"k",` + ec + `}`, unusable},
		"a secret that looks like one": {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","kty":"oct","n":"` + n + `","e":"AQAB"}`, unusable},
		"RSA with a curve":             {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","crv":"P-256",` + rsa + `}`, unusable},
		"a secret":                     {`{"alg":"RS256","kid":"k"}`, `{"kid":"k","kty":"oct","k":"` + n + `"}`, unusable},
		"of 512 bits":                  {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + modulus(512) + `","e":"AQAB"}`, unusable},
		"of 2047 bits":                 {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + modulus(2047) + `","e":"AQAB"}`, unusable},
		"of 512 bits, with zeros":      {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + strings.Repeat("A", 400) + modulus(510) + `","e":"AQAB"}`, unusable},
		"exponent 1":                   {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + n + `","e":"AQ"}`, unusable},
		"exponent 1, with a zero":      {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + n + `","e":"AAE"}`, unusable},
		"exponent 2":                   {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + n + `","e":"Ag"}`, unusable},
		"no exponent":                  {`{"alg":"RS256"}`, `{"kty":"RSA","n":"` + n + `"}`, unusable},
		"no modulus":                   {`{"alg":"RS256"}`, `{"kty":"RSA","e":"AQAB"}`, unusable},
		"modulus in standard base64":   {`{"alg":"RS256"}`, `{"kty":"RSA","n":"+/` + n[2:] + `","e":"AQAB"}`, unusable},
		"an array":                     {`{"alg":"RS256"}`, `[]`, unusable},
		"null":                         {`{"alg":"RS256"}`, `null`, unusable},
		"header brings a key":          {`{"alg":"RS256","kid":"k","jwk":{` + rsa + `},"jku":"https://evil.test"}`, `{"kid":"j",` + rsa + `}`, noSuch}, // H24
		"header brings a key, no name": {`{"alg":"RS256","jwk":{` + rsa + `}}`, `{"kid":"j","use":"enc",` + rsa + `}`, unusable},
	} {
		t.Run(name, func(t *testing.T) {
			jwk, err := chosen(t, test.header, test.key, `{"kty":"unheard-of","kid":"k"}`)
			if test.want != "" {
				e := requireCode(t, err, test.want)
				assert.True(t, e.Retryable, "other keys may do")
				return
			}
			require.NoError(t, err)
			key, err := oauth.ParseJSON(jwk)
			require.NoError(t, err)
			for w := key.Walk(); w.Next(); {
				assert.Contains(t, []string{"kty", "n", "e", "crv", "x", "y"}, w.Name, "nothing else reaches WebCrypto")
			}
		})
	}
}

// What a set says twice isn't decided by its order.
func TestKeyIsTheOnlyOne(t *testing.T) {
	a, b := `{"kid":"k","kty":"RSA","n":"`+modulus(2048)+`","e":"AQAB"}`, `{"kid":"k","kty":"RSA","n":"`+modulus(3072)+`","e":"AQAB"}`
	_, err := chosen(t, `{"alg":"RS256","kid":"k"}`, a, b)
	requireCode(t, err, oauth.JWKSFailed)
	_, err = chosen(t, `{"alg":"RS256"}`, a, b)
	e := requireCode(t, err, oauth.IDTokenSignature)
	assert.False(t, e.Retryable, "no other keys make the token say which")
	jwk, err := chosen(t, `{"alg":"RS256","kid":"k"}`, a, `{"kid":"k","kty":"EC","crv":"P-256","x":"eA","y":"eQ"}`)
	require.NoError(t, err, "RFC 7517 section 4.5: keys of different kinds may share a name")
	assert.Contains(t, jwk, `"RSA"`)
}

func TestParseJWKSOfAHundred(t *testing.T) {
	keys, err := oauth.ParseJWKS(jwks(strings.Repeat("{},", 99) + "{}"))
	require.NoError(t, err)
	assert.Equal(t, oauth.Array, keys.Kind())
}

func TestParseJWKSRefuses(t *testing.T) {
	for name, h := range map[string]*oauth.HTTPResponse{
		"404":              {Status: 404, ContentType: "application/json", Body: `{"keys":[]}`},
		"a page":           {Status: 200, ContentType: "text/html", Body: `{"keys":[]}`},
		"no keys":          {Status: 200, ContentType: "application/json", Body: `{}`},
		"keys an object":   {Status: 200, ContentType: "application/json", Body: `{"keys":{"0":{}}}`},
		"an array":         {Status: 200, ContentType: "application/json", Body: `[]`},
		"cut":              {Status: 200, ContentType: "application/json", Body: `{"keys":[`},
		"too many":         jwks(strings.Repeat("{},", 100) + "{}"),
		"longer than most": jwks(`"` + strings.Repeat("x", oauth.MaxResponse) + `"`),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := oauth.ParseJWKS(h)
			e := requireCode(t, err, oauth.JWKSFailed)
			assert.True(t, e.Retryable)
			assert.Equal(t, name == "a page", strings.Contains(e.Description, "application/json"), "what is wrong is said")
		})
	}
}

// Whatever a provider publishes, what is chosen is one key of the kind that the algorithm takes, and holds nothing but that.
func FuzzKey(f *testing.F) {
	f.Add(`{"keys":[{"kty":"RSA","kid":"k1","n":"`+modulus(2048)+`","e":"AQAB"}]}`, rs256)
	f.Add(`{"keys":[{"kty":"EC","crv":"P-256","x":"eA","y":"eQ"},{"kty":"oct"}]}`, `{"alg":"ES256"}`)
	f.Add(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":"eA","use":"sig","key_ops":["verify"]}]}`, `{"alg":"EdDSA","kid":"x"}`)
	f.Fuzz(func(t *testing.T, body, header string) {
		set, err := oauth.ParseJWKS(&oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: body})
		if err != nil {
			require.Equal(t, oauth.JWKSFailed, oauth.AsError(err).Code)
			return
		}
		token, err := oauth.DecodeIDToken(oauth.NewSecret(jws(header, `{}`)))
		if err != nil {
			return
		}
		jwk, err := token.Key(set)
		if err != nil {
			require.Contains(t, []oauth.Code{oauth.JWKSFailed, oauth.IDTokenSignature}, oauth.AsError(err).Code)
			return
		}
		key, err := oauth.ParseJSON(jwk)
		require.NoError(t, err)
		kty, crv := oauth.Algorithm(token.Alg)
		require.NotEmpty(t, kty)
		require.Equal(t, kty, key.Get("kty").Str())
		require.Equal(t, crv, key.Get("crv").Str())
	})
}
