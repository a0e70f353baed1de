package session_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
)

// round is a page that starts a login; the browser comes back to another one.
func (w *world) round() (*session.Client, error) {
	c := w.another("")
	_, err := c.Login(value(w.t, `{"openUrl":true}`))
	return c, err
}

// An application that answers every failure with another login sends its user round and round. The fifth round says why.
func TestLoginLoop(t *testing.T) {
	for name, test := range map[string]struct {
		query string // of the answer to each login; "" for one that nobody handles
		held  bool
		want  string
	}{
		"not handled": {"", false, "call handleRedirectCallback"},
		"failed":      {"error=access_denied&error_description=not+you", false, "access_denied: authorization response: not you"},
		"lost":        {"code=" + authCode, true, "the session was gone afterwards"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(1), nil }
			for range 4 {
				w.Client = w.another("")
				if test.query == "" {
					_, err := w.round()
					require.NoError(t, err)
				} else {
					_, err := w.Callback(w.leave(`{}`, test.query))
					assert.Equal(t, test.held, err == nil)
				}
				w.clock += 10 * time.Second
			}
			c, err := w.round()
			e := requireCode(t, err, oauth.LoginLoop)
			assert.Contains(t, e.Description, test.want)
			assert.False(t, e.Retryable)
			_, err = c.Login(value(t, `{"openUrl":true}`))
			requireCode(t, err, oauth.LoginLoop)

			w.clock += time.Minute
			_, err = c.Login(value(t, `{"openUrl":true}`))
			require.NoError(t, err, "a user who presses the button later gets through")
		})
	}
}

// Pages that ask the provider on their own send nobody round.
func TestSilentSignInsAreNoLoop(t *testing.T) {
	w := newWorld(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.LoginRequired) }
	w.framed(func(state string) string { return "error=login_required&state=" + state })
	for range 5 {
		require.NoError(t, w.another("").Check(oauth.Value{}, true))
	}
	_, err := w.round()
	require.NoError(t, err)
	assert.Empty(t, w.events("warning"), "nobody was signed in whose session the browser could have hidden")
}

// A blocked sessionStorage is no reason to fail here: the login says so itself.
func TestHistoryIsNoMust(t *testing.T) {
	w := newWorld(t, "")
	require.NoError(t, w.store.Set("postern:history:https%3A%2F%2Fas.test:spa", "postern/1 {\"starts\":[\"x\",1e300,-5],\"states\":7}"))
	_, err := w.round()
	require.NoError(t, err)
	require.NoError(t, w.store.Set("postern:history:https%3A%2F%2Fas.test:spa", "postern/1 damaged"))
	_, err = w.round()
	require.NoError(t, err)
}

// H6: a few answers are remembered as used, so that a reload or the back button is told from an attack.
func TestReplayedAnswers(t *testing.T) {
	w := newWorld(t, "")
	w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(1), nil }
	var urls []string
	for range 10 {
		w.Client = w.another("")
		back := w.leave(`{}`, "code="+authCode)
		_, err := w.Callback(back)
		require.NoError(t, err)
		urls = append(urls, back)
		w.clock += 20 * time.Second
	}
	for range 10 { // nor does one push the others out
		_, err := w.another("").Callback(urls[9])
		requireCode(t, err, oauth.CallbackReplayed)
	}
	_, err := w.another("").Callback(urls[8])
	requireCode(t, err, oauth.CallbackReplayed)
	_, err = w.another("").Callback(urls[0])
	requireCode(t, err, oauth.StateMismatch)
	assert.Len(t, w.exchanges, 10)
}

// An answer that was never ours isn't remembered: the second time it is as strange as the first.
func TestStrangersAreNotRemembered(t *testing.T) {
	w := newWorld(t, "")
	for range 2 {
		_, err := w.another("").Callback(origin + "/?code=x&state=unknown")
		requireCode(t, err, oauth.StateMismatch)
	}
}
