package e2e

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
)

const (
	inFragment        = "{ahead: 0, backgroundRenewal: false, authorizationParams: {response_mode: 'fragment'}}"
	inFragmentOfFrame = "{ahead: 0, backgroundRenewal: false, useRefreshTokens: false, useRefreshTokensFallback: true, " +
		"silentRedirectUri: new URL('/postern/callback.html', location).href, authorizationParams: {response_mode: 'fragment'}}"
)

// response_mode fragment: no server sees the answer, and nothing of it stays in the address bar either.
func TestFragmentResponse(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.create(inFragment)
		back := a.callbackURL("{appState: {to: '/inbox'}}")
		u, err := url.Parse(back)
		require.NoError(t, err)
		assert.Empty(t, u.RawQuery)
		answer, err := url.ParseQuery(u.EscapedFragment())
		require.NoError(t, err)
		assert.Subset(t, keysOf(answer), []string{"code", "state"})
		a.create(inFragment)
		var result map[string]any
		a.Eval("t.client.handleRedirectCallback()", &result)
		assert.Equal(t, map[string]any{"to": "/inbox"}, result["appState"])
		assert.NotContains(t, result, "signedOut")
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, a.stack.AppURL()+home, a.URL())
		a.greeted("demo|alice")

		a.Eval("location.hash = " + chromium.Quote("#"+u.EscapedFragment())) // as the back button has it
		a.reload(inFragment)
		a.fails("callback_replayed", "t.client.handleRedirectCallback()")
		assert.Equal(t, a.stack.AppURL()+home, a.URL())
		assert.Equal(t, 1, a.exchanges())
	})
}

// An answer that somebody has moved, or doubled, isn't exchanged.
func TestFragmentResponseMoved(t *testing.T) {
	for name, test := range map[string]struct{ options, moved string }{
		"to the query":    {inFragment, "location.href.replace('#', '?')"},
		"to the fragment": {"", "location.href.replace('?', '#')"},
		"into both":       {inFragment, "location.href.replace('#', location.hash.replace('#', '?') + '#')"},
		"in halves":       {inFragment, "location.href.replace(/#(.*)(state=[^&]*)&?(.*)/, '?$2#$1$3')"},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				start(t, b, calm).refusesChanged(test.options, test.moved, "callback_invalid")
			})
		})
	}
}

// The page that hands an answer on finds it there, too.
func TestFragmentResponseInFrame(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		start(t, b, registered).renewsInFrame(inFragmentOfFrame)
	})
}
