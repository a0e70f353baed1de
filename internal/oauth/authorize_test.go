package oauth_test

import (
	"crypto/sha256"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
)

// authorization holds the verifier of RFC 7636 appendix B.
func authorization(t *testing.T) *oauth.Authorization {
	t.Helper()
	verifier, err := pkce.Parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	require.NoError(t, err)
	challenge, err := verifier.Challenge(func(text string) ([]byte, error) {
		sum := sha256.Sum256([]byte(text))
		return sum[:], nil
	})
	require.NoError(t, err)
	a := &oauth.Authorization{
		ClientID: "spa", RedirectURI: "https://app.test/cb?x=1", Scope: "openid profile", State: "s&1", Nonce: "n=1", Challenge: challenge,
	}
	a.Extra.Add("audience", "https://api.test/").Add("empty", "").Add("ui_locales", "de en")
	return a
}

const wantQuery = "client_id=spa&response_type=code&redirect_uri=https%3A%2F%2Fapp.test%2Fcb%3Fx%3D1&scope=openid%20profile&state=s%261" +
	"&nonce=n%3D1&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256" +
	"&audience=https%3A%2F%2Fapi.test%2F&ui_locales=de%20en"

func TestAuthorizationURL(t *testing.T) {
	a := authorization(t)
	assert.Equal(t, "https://as.test/authorize?"+wantQuery, a.URL("https://as.test/authorize"))
	assert.Equal(t, "https://as.test/authorize?p=b2c_1&"+wantQuery, a.URL("https://as.test/authorize?p=b2c_1"), "an endpoint may have its own query")
}

// Whatever an application puts into a parameter, each of ours stands once.
func TestAuthorizationURLCannotBeInjected(t *testing.T) {
	a := authorization(t)
	a.Extra.Add("login_hint", "x&state=evil&redirect_uri=https://evil.test#").Add("a&nonce", "b=c")
	u, err := url.Parse(a.URL("https://as.test/authorize"))
	require.NoError(t, err)
	assert.Empty(t, u.Fragment)
	query := u.Query()
	for name, want := range map[string]string{"state": "s&1", "nonce": "n=1", "redirect_uri": "https://app.test/cb?x=1", "a&nonce": "b=c"} {
		assert.Equal(t, []string{want}, query[name], name)
	}
}

func TestCheckExtra(t *testing.T) {
	for _, name := range []string{
		"state", "nonce", "client_id", "code_challenge", "code_challenge_method", "response_type", "request", "request_uri", "client_secret",
		"client_assertion", "client_assertion_type", "",
	} {
		assert.False(t, oauth.CheckExtra(name), name)
	}
	for _, name := range []string{"audience", "organization", "connection", "prompt", "max_age", "acr_values", "login_hint", "ui_locales", "resource", "State", "stat", "states"} {
		assert.True(t, oauth.CheckExtra(name), name)
	}
}
