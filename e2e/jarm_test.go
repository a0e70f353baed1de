package e2e

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

const (
	sealed        = "{ahead: 0, backgroundRenewal: false, authorizationParams: {response_mode: 'query.jwt'}}"
	sealedInFrame = "{ahead: 0, backgroundRenewal: false, useRefreshTokens: false, useRefreshTokensFallback: true, " +
		"silentRedirectUri: new URL('/postern/callback.html', location).href, authorizationParams: {response_mode: 'jwt'}}"
	sealedInPopup = "{ahead: 0, popupRedirectUri: new URL('/postern/callback.html', location).href, authorizationParams: {response_mode: 'jwt'}}"
)

// JARM: the answer is one signed parameter, which goes from the address bar like any other.
func TestSignedResponse(t *testing.T) {
	for _, alg := range []string{"RS256", "ES256"} {
		t.Run(alg, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm, func(c *stack.Config) { c.Algorithm = alg })
				a.create(sealed)
				back := a.callbackURL("{appState: {to: '/inbox'}}")
				u, err := url.Parse(back)
				require.NoError(t, err)
				assert.Equal(t, []string{"response"}, keysOf(u.Query()))
				a.create(sealed)
				var result map[string]any
				a.Eval("t.client.handleRedirectCallback()", &result)
				assert.Equal(t, map[string]any{"to": "/inbox"}, result["appState"])
				assert.Equal(t, "demo|alice", a.subject())
				assert.Empty(t, a.query())
				a.greeted("demo|alice")

				a.open(home + "?" + u.RawQuery) // as the back button has it
				a.create(sealed)
				a.fails("callback_replayed", "t.client.handleRedirectCallback()")
				assert.Empty(t, a.query())
				assert.Equal(t, 1, a.exchanges())
			})
		})
	}
}

// A response that somebody has changed, and one in the other mode than was asked for, are believed in nothing, and gone from the address bar.
func TestSignedResponseForged(t *testing.T) {
	for name, forge := range map[string]string{
		"changed":        "location.href.replace(/(response=[^.]*\\.[^.]*\\.)(.)/, (_, head, first) => head + (first === 'A' ? 'B' : 'A'))",
		"without alg":    "location.href.replace(/response=[^.]*/, 'response=' + btoa('{\"alg\":\"none\"}').replace(/=/g, ''))",
		"with a code":    "location.href + '&code=c'",
		"plain":          "location.href.replace(/response=.*/, 'code=c&state=' + JSON.parse(atob(new URL(location).searchParams.get('response').split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))).state)",
		"not asked this": "location.href.replace(/response=.*/, 'response=x')",
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				start(t, b, calm).refusesChanged(sealed, forge, "jarm_invalid")
			})
		})
	}
}

func TestSignedRefusal(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.create(sealed)
		a.login("")
		a.authenticate("alice", "wonderland")
		a.answer("deny")
		a.ready()
		a.create(sealed)
		a.fails("access_denied", "t.client.handleRedirectCallback()")
		assert.Empty(t, a.query())
	})
}

// The page in a frame or a popup reads nothing but the state of a signed answer, and hands it on.
func TestSignedResponseInFrame(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		start(t, b, registered).renewsInFrame(sealedInFrame)
	})
}

func TestSignedResponseInPopup(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, registered)
		a.create(sealedInPopup)
		window := a.popup()
		window.WaitFor("document.querySelector('#username')")
		window.consent()
		require.Nil(t, a.end("popup").Error)
		assert.Equal(t, "demo|alice", a.subject())
	})
}

func keysOf(q url.Values) (names []string) {
	for name := range q {
		names = append(names, name)
	}
	return names
}
