package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// An outage of the keys, or a cache that is behind, costs nobody a session; a forged token does end it.
func TestRefreshedSignature(t *testing.T) {
	refreshed := payload(map[string]string{"nonce": ""})
	fine := sign(t, "RS256", "rsa", header("RS256", "rsa"), refreshed)
	down := func() (*oauth.HTTPResponse, error) { return nil, trouble(oauth.Network) }
	for name, test := range map[string]struct {
		token   string
		keys    func() (*oauth.HTTPResponse, error)
		verdict string
	}{
		"good":                 {fine, nil, "taken"},
		"keys out of reach":    {fine, down, "left"},
		"a key not seen yet":   {sign(t, "RS256", "rsa2", header("RS256", "rsa2"), refreshed), nil, "left"},
		"forged":               {sign(t, "RS256", "rsa2", header("RS256", "rsa"), refreshed), nil, "over"},
		"none":                 {sign(t, "", "ed", header("none", "rsa"), refreshed), nil, "over"},
		"forged, no keys, sub": {sign(t, "RS256", "rsa2", header("RS256", "rsa"), payload(map[string]string{"sub": `"u2"`})), down, "over"},
	} {
		t.Run(name, func(t *testing.T) {
			w := verifying(t, jwk("rsa"))
			first := sign(t, "RS256", "rsa", header("RS256", "rsa"), payload(nil))
			w.answersWith(first)
			w.signIn(w.page())
			w.clock += lifetime
			if test.keys != nil {
				w.answerKeys(test.keys)
			}
			w.answersWith(test.token)
			held, err := w.page().Renew(wanted()) // a page that has no keys yet
			if test.verdict == "over" {
				require.Error(t, err)
				assert.True(t, held.IDToken.Empty())
				assert.Equal(t, []string{"rt-canary-2"}, w.server.gone)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
			assert.Equal(t, map[string]string{"taken": test.token, "left": first}[test.verdict], held.IDToken.Reveal())
		})
	}
}

// H14: a sign-in that is refused leaves no refresh token behind that lives for months.
func TestRefusedSignInIsRevoked(t *testing.T) {
	w := newWorld(t)
	w.server.answers(grants(map[string]string{"access_token": ""}))
	_, err := w.page().Exchange(exchange(t))
	requireCode(t, err, oauth.TokenResponseInvalid)
	assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)
}
