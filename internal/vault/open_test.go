package vault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// answered is a signed authorization response, whose signature is made with kid by alg.
func answered(t testing.TB, alg, kid, header string) *oauth.Response {
	claims := `{"iss":"` + issuer + `","aud":"` + client + `","exp":` + oauth.Decimal(int64((begin+time.Minute)/time.Second)) + `,"state":"s","code":"` + authCode + `"}`
	return parsed(t, sign(t, alg, kid, header, claims))
}

func parsed(t testing.TB, jwt string) *oauth.Response {
	r, err := oauth.ParseCallback("https://app.test/?response=" + jwt)
	require.NoError(t, err)
	return r
}

// JARM section 2.4.
func TestOpen(t *testing.T) {
	w := verifying(t, jwk("rsa"), jwk("ec"))
	v := w.page()
	for alg, kid := range map[string]string{"RS256": "rsa", "ES256": "ec"} {
		r := answered(t, alg, kid, header(alg, kid))
		require.NoError(t, v.Open(r))
		code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
		require.NoError(t, err)
		assert.Equal(t, authCode, code.Reveal())
	}
	assert.Equal(t, 1, w.fetches())
}

// Every failure is jarm_invalid, and leaves no code to be exchanged. To verify no ID tokens doesn't mean to verify no responses: these come through
// the address bar.
func TestOpenRefuses(t *testing.T) {
	valid := header("RS256", "rsa")
	for name, test := range map[string]struct {
		response func(t *testing.T) *oauth.Response
		says     string
	}{
		"another key's": {func(t *testing.T) *oauth.Response { return answered(t, "RS256", "rsa2", valid) }, "signature"},
		"none": {func(t *testing.T) *oauth.Response {
			return parsed(t, b64.EncodeToString([]byte(`{"alg":"none"}`))+"."+strings.Split(answered(t, "RS256", "rsa", valid).Sealed().Raw.Reveal(), ".")[1]+".")
		}, "none"},
		"HS256":            {func(t *testing.T) *oauth.Response { return answered(t, "RS256", "rsa", header("HS256", "rsa")) }, "HS256"},
		"PS256 isn't ours": {func(t *testing.T) *oauth.Response { return answered(t, "PS256", "rsa", header("PS256", "rsa")) }, "PS256"},
		"an unknown key's": {func(t *testing.T) *oauth.Response { return answered(t, "RS256", "rsa", header("RS256", "nobody")) }, "key"},
		"changed": {func(t *testing.T) *oauth.Response {
			jwt := answered(t, "RS256", "rsa", valid).Sealed().Raw.Reveal()
			other := b64.EncodeToString([]byte(`{"iss":"` + issuer + `","aud":"` + client + `","exp":9999999999,"state":"s","code":"canary-evil"}`))
			parts := strings.Split(jwt, ".")
			return parsed(t, parts[0]+"."+other+"."+parts[2])
		}, "signature"},
	} {
		for _, skip := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				w := verifying(t, jwk("rsa"), jwk("ec"))
				v := w.page()
				v.SigningAlgs, v.InsecureSkipSignature = "RS256 ES256", skip
				r := test.response(t)
				e := requireCode(t, v.Open(r), oauth.JARMInvalid)
				assert.Contains(t, e.Description, test.says)
				assert.False(t, e.Retryable)
				code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
				require.Error(t, err)
				assert.Empty(t, code.Reveal())
			})
		}
	}
}

func TestOpenTooLate(t *testing.T) {
	w := verifying(t, jwk("rsa"))
	r := answered(t, "RS256", "rsa", header("RS256", "rsa"))
	w.clock += time.Minute + oauth.ClockTolerance
	assert.Contains(t, requireCode(t, w.page().Open(r), oauth.JARMInvalid).Description, "exp")
}

// Without keys nothing is verified, and so nothing believed.
func TestOpenWithoutKeys(t *testing.T) {
	w := verifying(t)
	w.answerKeys(func() (*oauth.HTTPResponse, error) { return nil, trouble(oauth.Network) })
	assert.False(t, requireCode(t, w.page().Open(answered(t, "RS256", "rsa", header("RS256", "rsa"))), oauth.JARMInvalid).Retryable)

	w = newWorld(t)
	w.crypto = webCrypto{}
	w.given.JWKSURI = ""
	assert.Contains(t, requireCode(t, w.page().Open(answered(t, "RS256", "rsa", header("RS256", "rsa"))), oauth.JARMInvalid).Description, "jwks_uri")
	assert.Zero(t, w.fetches())
}
