package oauth_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// FuzzDecodeIDToken takes a token as text, or its three parts where there is none: the fuzzer can't see through base64.
func FuzzDecodeIDToken(f *testing.F) {
	f.Fuzz(func(t *testing.T, raw, header, payload, signature string, flip uint) {
		if raw == "" {
			raw = b64(header) + "." + b64(payload) + "." + b64(signature)
		}
		token, err := oauth.DecodeIDToken(oauth.NewSecret(raw))
		if err != nil {
			require.Equal(t, oauth.IDTokenMalformed, oauth.AsError(err).Code)
			return
		}
		parts := strings.Split(raw, ".")
		require.Len(t, parts, 3)
		var texts []string
		for _, part := range parts {
			text, err := base64.RawURLEncoding.Strict().DecodeString(part)
			require.NoError(t, err)
			require.Equal(t, part, b64(string(text)), "encoding again gives the same text")
			texts = append(texts, strings.Trim(string(text), " \t\r\n"))
		}
		require.Equal(t, texts[0], token.Header.Raw())
		require.Equal(t, texts[1], token.Claims.Raw())
		signed, sealed := token.Signed()
		require.Equal(t, raw, signed+"."+sealed)

		notLaxer(t, token)

		changed := []byte(raw)
		at := flip / 8 % uint(len(signed))
		changed[at] ^= 1 << (flip % 8)
		other, err := oauth.DecodeIDToken(oauth.NewSecret(string(changed)))
		if err == nil && other.Header.Raw() == token.Header.Raw() && other.Claims.Raw() == token.Claims.Raw() {
			// Blanks around the JSON text: they mean nothing, and the signature is over them all the same.
			text, _ := other.Signed()
			require.NotEqual(t, signed, text)
			require.NotEqual(t, string(decoded(t, raw)), string(decoded(t, string(changed))))
		}
	})
}

// decoded is what the two signed parts hold.
func decoded(t *testing.T, raw string) (all []byte) {
	for part := range strings.SplitSeq(raw[:strings.LastIndexByte(raw, '.')], ".") {
		bytes, err := base64.RawURLEncoding.Strict().DecodeString(part)
		require.NoError(t, err)
		all = append(append(all, bytes...), 0)
	}
	return all
}

// notLaxer asks go-jose, which reads keys and certificates in the header too; we never look at those.
func notLaxer(t *testing.T, token *oauth.IDToken) {
	t.Helper()
	algs := []jose.SignatureAlgorithm{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
	if token.CheckAlg("RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA") != nil {
		return
	}
	for _, name := range token.Header.Names() {
		if !slices.Contains([]string{"alg", "kid", "typ", "cty"}, name) {
			return
		}
	}
	if kind := token.Header.Get("kid").Kind(); kind != oauth.Missing && kind != oauth.String {
		return // Key finds none for it
	}
	theirs, err := jose.ParseSigned(token.Raw.Reveal(), algs)
	require.NoError(t, err, "go-jose refuses it")
	require.Equal(t, token.Claims.Raw(), strings.Trim(string(theirs.UnsafePayloadWithoutVerification()), " \t\r\n"))
	require.Equal(t, token.Alg, theirs.Signatures[0].Header.Algorithm)
	require.Equal(t, token.Header.Get("kid").Str(), theirs.Signatures[0].Header.KeyID)
}

// broken is, for each claim that must be right, what must never pass in its place. "" is a token without it.
var broken = map[string][]string{
	"iss":       {``, `null`, `"https://evil.test"`, `"https://as.test/"`, `["https://as.test"]`, `1`},
	"aud":       {``, `null`, `"other"`, `[]`, `{}`, `["other"]`, `[1,"spa"]`, `["spa","other"]`},
	"sub":       {``, `null`, `""`, `1`, `{}`},
	"exp":       {``, `null`, `"1790000300"`, `1e400`, `0`, `{}`},
	"iat":       {``, `null`, `"1790000000"`, `1e400`, `1890000000`, `[]`},
	"nonce":     {``, `null`, `"N1"`, `"n1 "`, `1`},
	"auth_time": {``, `null`, `"1790000000"`, `1`, `-1e400`},
}

// FuzzClaims breaks one claim of any set of claims. Whatever the rest says, the token is refused; and what passes unbroken is what
// encoding/json reads in it too.
func FuzzClaims(f *testing.F) {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range broken {
			if !yield(name) {
				return
			}
		}
	})
	f.Fuzz(func(t *testing.T, payload string, which, how uint8, maxAge int16) {
		claims, err := oauth.ParseJSON(payload)
		if err != nil || claims.Kind() != oauth.Object {
			return
		}
		check := func(payload string, max int64) error {
			token, err := oauth.DecodeIDToken(oauth.NewSecret(jws(rs256, payload)))
			require.NoError(t, err)
			want := expected()
			want.MaxAge = max
			return token.Check(want)
		}
		max := int64(maxAge)
		if check(payload, max) == nil {
			agrees(t, payload, max)
		}
		name := names[int(which)%len(names)]
		value := broken[name][int(how)%len(broken[name])]
		var w oauth.Writer
		w.Raw(name, value)
		for m := claims.Walk(); m.Next(); {
			if m.Name != name && !(name == "aud" && m.Name == "azp") {
				w.Raw(m.Name, m.Value.Raw())
			}
		}
		if name == "auth_time" {
			max = 60
		}
		text := w.String()
		if text == "" {
			text = "{}"
		}
		require.Error(t, check(text, max), "%s of %q in %s", name, value, payload)
	})
}

// agrees checks an accepted payload with the standard library's view of it.
func agrees(t *testing.T, payload string, maxAge int64) {
	t.Helper()
	c := theirs(t, payload)
	number := func(name string) float64 {
		f, err := c[name].(json.Number).Float64()
		require.NoError(t, err)
		return f
	}
	require.Equal(t, issuer, c["iss"])
	require.Equal(t, "n1", c["nonce"])
	require.NotEmpty(t, c["sub"])
	switch aud := c["aud"].(type) {
	case string:
		require.Equal(t, "spa", aud)
	case []any:
		require.Contains(t, aud, "spa")
		if slices.ContainsFunc(aud, func(a any) bool { return a != "spa" }) {
			require.Equal(t, "spa", c["azp"])
		}
	default:
		t.Fatalf("aud is %v", aud)
	}
	if azp, sent := c["azp"]; sent {
		require.Equal(t, "spa", azp)
	}
	const tolerance = 60
	exp, iat := number("exp"), number("iat")
	require.Greater(t, exp+tolerance, float64(now))
	require.Less(t, iat, float64(now+int64(24*time.Hour/time.Second)+1))
	if maxAge >= 0 {
		require.GreaterOrEqual(t, number("auth_time")+float64(maxAge)+tolerance+1, max(float64(now), iat), fmt.Sprint(maxAge))
	}
}

// theirs is what the standard library reads. Numbers stay as they are written: one that nobody judges may be beyond what a float64 holds.
func theirs(t *testing.T, text string) (object map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&object))
	return object
}
