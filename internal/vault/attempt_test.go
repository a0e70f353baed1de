package vault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// The next page can only know that a token was in flight if that was written down before it was sent.
func TestAttemptIsMarkedBeforeTheSend(t *testing.T) {
	w, v := signedIn(t)
	var marked []attempt
	look := func() { marked = append(marked, w.record().attempt) }
	w.server.answers(while(look, lost(oauth.Network)), while(look, grants(nil)))

	_, err := v.Renew(renewal())
	requireCode(t, err, oauth.Network)
	w.clock += time.Minute
	_, err = w.page().Renew(renewal())
	require.NoError(t, err)

	require.Len(t, marked, 2)
	assert.Len(t, marked[0].id, 43)
	assert.Len(t, marked[1].id, 43)
	assert.NotEqual(t, marked[0].id, marked[1].id)
	assert.Equal(t, begin+lifetime, marked[0].startedAt)
	assert.Equal(t, begin+lifetime+time.Minute, marked[1].startedAt)
	assert.Equal(t, 1, marked[0].sends)
	assert.Equal(t, 2, marked[1].sends)
	assert.Equal(t, attempt{}, w.record().attempt, "an answer ends it")
}

// F2, F3, F4: after an unknown outcome the same token is sent once more, and never a third time.
func TestReplayedOnce(t *testing.T) {
	lostAnswers := map[string]reply{
		"network": lost(oauth.Network), "timeout": lost(oauth.Timeout), "too large": lost(oauth.ResponseTooLarge), "not JSON": refuse(200, `{"`),
	}
	for name, answer := range lostAnswers {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			w.server.answers(answer, answer)
			_, err := v.Renew(renewal())
			require.Error(t, err)
			_, err = w.page().Renew(renewal()) // another page finds the attempt
			require.Error(t, err)
			for range 3 {
				held, err := v.Renew(renewal())
				e := requireCode(t, err, oauth.LoginRequired)
				assert.Contains(t, e.Description, "twice")
				assert.False(t, held.IDToken.Empty(), "who was signed in stays known until the user signs in again")
			}
			assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())

			w.signIn(v)
			w.clock += lifetime
			_, err = v.Renew(renewal())
			require.NoError(t, err, "a new login begins anew")
		})
	}
}

// A server that says that it didn't take the token, this time, tells nothing of the time before.
func TestRefusalsDoNotAllowMoreReplays(t *testing.T) {
	w, v := signedIn(t)
	busy := status(503, "", "")
	w.server.answers(busy, lost(oauth.Network), busy, busy, lost(oauth.Network), grants(nil))
	for range 5 {
		_, err := v.Renew(renewal())
		require.Error(t, err)
	}
	_, err := v.Renew(renewal())
	requireCode(t, err, oauth.LoginRequired)
	assert.Len(t, w.server.used(), 5, "two of them with an outcome that nobody knows")
}

// Even after a lost answer, invalid_grant means over: the server took the second use for what it was.
func TestReplayRefused(t *testing.T) {
	w, v := signedIn(t)
	w.server.answers(lost(oauth.Network), refuse(400, `{"error":"invalid_grant"}`))
	_, err := v.Renew(renewal())
	requireCode(t, err, oauth.Network)
	_, err = v.Renew(renewal())
	requireCode(t, err, oauth.SessionRevoked)
	assert.NotContains(t, w.text(), "canary")
}

func TestOfflineIsNoAttempt(t *testing.T) {
	w, v := signedIn(t)
	w.server.offline = true
	before := w.text()
	for range 3 {
		held, err := v.Renew(renewal())
		assert.True(t, requireCode(t, err, oauth.Network).Retryable)
		assert.Nil(t, held, "nothing is known to have changed")
	}
	assert.Empty(t, w.server.used())
	assert.Equal(t, before, w.text())

	w.server.offline = false
	_, err := v.Renew(renewal())
	require.NoError(t, err)
}

// Without metadata nothing was sent either.
func TestDiscoveryFailureIsNoAttempt(t *testing.T) {
	w, _ := signedIn(t)
	w.given = nil
	before := w.text()
	held, err := w.page().Renew(renewal())
	assert.True(t, requireCode(t, err, oauth.DiscoveryFailed).Retryable)
	assert.Nil(t, held, "nothing is known to have changed")
	assert.Equal(t, before, w.text())
}

// While the outcome is unknown, an access token that still lives is served.
func TestGoodTokenBesideAnAttempt(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	w.server.answers(lost(oauth.Network), lost(oauth.Network))
	forced := renewal()
	forced.Force = true
	for range 2 {
		_, err := v.Renew(forced)
		requireCode(t, err, oauth.Network)
	}
	held, err := v.Renew(renewal())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-1", held.Find("", asked).Value.Reveal())
}
