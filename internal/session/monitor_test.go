package session_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// answers makes the hidden frame bring query back.
func (w *world) answers(query string) {
	w.frame = func(address, state string, _ time.Duration) (string, error) {
		u, err := url.Parse(address)
		require.NoError(w.t, err)
		assert.Equal(w.t, "none", u.Query().Get("prompt"))
		assert.Equal(w.t, w.held.IDToken.Reveal(), u.Query().Get("id_token_hint"))
		return origin + "/cb?" + query + "&state=" + state, nil
	}
}

func TestMonitor(t *testing.T) {
	w := newWorld(t, "")
	frame, err := w.Monitor()
	require.NoError(t, err)
	assert.Empty(t, frame)
	w.meta.CheckSessionIframe = issuer + "/check"
	frame, err = w.Monitor()
	require.NoError(t, err)
	assert.Equal(t, issuer+"/check", frame)
	w.metaErr = fail(oauth.DiscoveryFailed)
	_, err = w.Monitor()
	requireCode(t, err, oauth.DiscoveryFailed)
}

// The same user is there: the session goes on, and it is this user's that was asked for.
func TestRecheckSameUser(t *testing.T) {
	w := signedIn(t, "")
	w.answers("code=" + authCode)
	w.exchange = func(x *vault.Exchange) (*vault.Held, error) {
		assert.True(t, x.Unasked)
		assert.Equal(t, "u1", x.Subject)
		return w.grant(1), nil
	}
	for range 2 {
		require.NoError(t, w.Recheck())
	}
	assert.NotContains(t, w.steps, "sign out")
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes)
}

// The provider says that the user is not there any more, in one of its words.
func TestRecheckNobody(t *testing.T) {
	for _, code := range []oauth.Code{oauth.LoginRequired, oauth.InteractionRequired, oauth.ConsentRequired, oauth.AccountSelectionRequired} {
		w := signedIn(t, "")
		w.answers("error=" + string(code))
		requireCode(t, w.Recheck(), code)
		assert.Contains(t, w.steps, "sign out")
		assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
	}
}

// Who can't be asked hasn't said that anything is over.
func TestRecheckKeeps(t *testing.T) {
	for name, arrange := range map[string]func(w *world){
		"a frame that hangs": func(w *world) { w.frame = nil },
		"a provider in trouble": func(w *world) {
			w.answers("error=temporarily_unavailable")
		},
		"a network that fails": func(w *world) {
			w.answers("code=" + authCode)
			w.exchange = func(*vault.Exchange) (*vault.Held, error) { return nil, fail(oauth.Network) }
		},
		"no metadata": func(w *world) { w.metaErr = fail(oauth.DiscoveryFailed) },
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, "")
			arrange(w)
			require.Error(t, w.Recheck())
			assert.NotContains(t, w.steps, "sign out")
			assert.NotEmpty(t, w.Cached(w.clock+w.set, w.clock-begin))
		})
	}
}

// A sign-in that came while the provider was asked is another session, about which nothing was said.
func TestRecheckAfterAnotherSignIn(t *testing.T) {
	for _, next := range []func(w *world) *vault.Held{another, func(w *world) *vault.Held {
		held := w.grant(1)
		held.Epoch = 7
		return held
	}} {
		w := signedIn(t, "")
		w.answers("error=login_required")
		inner := w.frame
		w.frame = func(address, state string, d time.Duration) (string, error) {
			answer, err := inner(address, state, d)
			w.held = next(w)
			w.Wake("focus")
			return answer, err
		}
		requireCode(t, w.Recheck(), oauth.LoginRequired)
		assert.NotContains(t, w.steps, "sign out")
	}
}

func TestRecheckOfNobody(t *testing.T) {
	w := newWorld(t, "")
	require.NoError(t, w.Recheck())
	assert.NotContains(t, w.steps, "frame", "there is nothing to ask about")
}
