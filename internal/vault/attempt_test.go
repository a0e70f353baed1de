package vault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// The next page can only know that a token was in flight if that was written down before it was sent, in the record and beside it.
func TestAttemptIsMarkedBeforeTheSend(t *testing.T) {
	w, v := signedIn(t)
	var marked []attempt
	var noted []mark
	look := func() {
		rec := w.record()
		m := v.noted(rec.family)
		m.text = ""
		marked, noted = append(marked, rec.attempt), append(noted, m)
	}
	w.server.answers(while(look, lost(oauth.Network)), while(look, grants(nil)))
	w.server.probing = func() { w.clock += 10 * time.Second }

	_, err := v.Renew(wanted())
	require.NoError(t, err)

	require.Len(t, marked, 2)
	assert.Len(t, marked[0].id, 43)
	assert.Len(t, marked[1].id, 43)
	assert.NotEqual(t, marked[0].id, marked[1].id)
	assert.Equal(t, begin+lifetime, marked[0].startedAt)
	assert.Equal(t, begin+lifetime+10*time.Second, marked[1].startedAt)
	assert.Equal(t, 1, marked[0].sends)
	assert.Equal(t, 2, marked[1].sends)
	assert.Equal(t, []mark{{gen: 1, sends: 1}, {gen: 1, sends: 2}}, noted)
	assert.Equal(t, attempt{}, w.record().attempt, "an answer ends it")
}

var lostAnswers = map[string]reply{
	"network": lost(oauth.Network), "timeout": lost(oauth.Timeout), "too large": lost(oauth.ResponseTooLarge), "not JSON": refuse(200, `{"`),
}

// F3, F4: after an unknown outcome the same token is sent once more, by the same call, when the provider can be reached.
func TestReplayedOnce(t *testing.T) {
	for name, answer := range lostAnswers {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			w.server.answers(answer)
			held, err := v.Renew(wanted())
			require.NoError(t, err)
			assert.Equal(t, 2, held.Generation)
			assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())
			assert.Equal(t, []string{issuer + "/.well-known/openid-configuration"}, w.server.probed)
			assert.Zero(t, w.bus.pauses, "nobody knows more of this page's own attempt")
			for _, patience := range w.locks.waits {
				assert.Greater(t, patience, 5*v.Timeout, "longer than metadata, two sends, a probe and keys may take, and what comes between")
			}
		})
	}
}

// F2: a page dies with its request under way. The next one finds its mark, asks whether anybody knows more, and sends the token once more.
func TestReplayedByTheNextPage(t *testing.T) {
	w, v := signedIn(t)
	w.server.cutOff = true
	w.server.answers(lost(oauth.Network))
	_, err := v.Renew(wanted())
	requireCode(t, err, oauth.Network)
	w.server.cutOff = false
	held, err := w.page().Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())
	assert.Equal(t, steps, w.bus.pauses)
}

// A provider that takes a used token again for some seconds hears of a lost answer within them, and the replay itself has all the time there is.
func TestReplayedWithinTheOverlap(t *testing.T) {
	for overlap, first := range map[time.Duration]time.Duration{0: 10 * time.Second, 5 * time.Second: 2500 * time.Millisecond, time.Minute: 10 * time.Second} {
		w, v := signedIn(t)
		v.Overlap = overlap
		w.server.answers(lost(oauth.Timeout))
		_, err := v.Renew(wanted())
		require.NoError(t, err)
		sent := w.server.sent[len(w.server.sent)-2:]
		assert.Equal(t, []time.Duration{first, 10 * time.Second}, []time.Duration{sent[0].timeout, sent[1].timeout}, "overlap %s", overlap)
	}
}

// And never a third time, by whatever page.
func TestNeverSentThrice(t *testing.T) {
	for name, answer := range lostAnswers {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			w.server.answers(answer, answer)
			_, err := v.Renew(wanted())
			require.Error(t, err)
			assert.NotEqual(t, oauth.LoginRequired, oauth.AsError(err).Code, "the session is kept")
			for _, page := range []*Vault{v, w.page(), v} {
				held, err := page.Renew(wanted())
				e := requireCode(t, err, oauth.LoginRequired)
				assert.Contains(t, e.Description, "lost")
				assert.False(t, held.IDToken.Empty(), "who was signed in stays known until the user signs in again")
			}
			assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())

			w.signIn(v)
			w.clock += lifetime
			_, err = v.Renew(wanted())
			require.NoError(t, err, "a new login begins anew")
		})
	}
}

// Two answers lost end a session, so the replay isn't spent on a network that is down.
func TestNoReplayWithoutANetwork(t *testing.T) {
	for name, test := range map[string]struct{ down, up func(w *world) }{
		"probe":   {func(w *world) { w.server.cutOff = true }, func(w *world) { w.server.cutOff = false }},
		"offline": {func(w *world) { w.server.offline = true }, func(w *world) { w.server.offline = false }},
	} {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			w.server.answers(while(func() { test.down(w) }, lost(oauth.Network)))
			for range 5 {
				held, err := v.Renew(wanted())
				assert.True(t, requireCode(t, err, oauth.Network).Retryable)
				assert.Equal(t, 1, held.Generation)
				w.clock += mostWait
			}
			assert.Len(t, w.server.used(), 1)
			assert.Equal(t, 1, w.record().attempt.sends)

			test.up(w)
			_, err := v.Renew(wanted())
			require.NoError(t, err)
			assert.Len(t, w.server.used(), 2)
		})
	}
}

// A server that says that it didn't take the token, this time, tells nothing of the time before.
func TestRefusalsDoNotAllowMoreReplays(t *testing.T) {
	w, v := signedIn(t)
	busy, gone := status(503, "", ""), lost(oauth.Network)
	w.server.answers(busy, gone, busy, busy, gone, grants(nil))
	for range 5 {
		_, err := v.Renew(wanted())
		require.Error(t, err)
		w.clock += mostWait
	}
	_, err := v.Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Len(t, w.server.used(), 5, "two of them with an outcome that nobody knows")
}

// Even after a lost answer, invalid_grant means over, once the other pages have been asked: the server took the second use for what it was.
func TestReplayRefused(t *testing.T) {
	w, v := signedIn(t)
	family := w.record().family
	w.server.answers(lost(oauth.Network), refuse(400, `{"error":"invalid_grant"}`))
	_, err := v.Renew(wanted())
	requireCode(t, err, oauth.SessionRevoked)
	assert.True(t, v.noted(family).ended, "whoever has a copy of the record sees that it is over")
	assert.Equal(t, `{"changed":"`+fingerprint(w.record())+`"}`, w.bus.told[len(w.bus.told)-1], "and the others are told")
	assert.NotContains(t, w.text(), "canary")
	assert.Equal(t, steps, w.bus.pauses)
	assert.Empty(t, w.server.gone, "there is nothing left to revoke")
}

func TestOfflineIsNoAttempt(t *testing.T) {
	w, v := signedIn(t)
	w.server.offline = true
	before := w.text()
	for range 3 {
		held, err := v.Renew(wanted())
		assert.True(t, requireCode(t, err, oauth.Network).Retryable)
		assert.Nil(t, held, "nothing is known to have changed")
	}
	assert.Empty(t, w.server.used())
	assert.Equal(t, before, w.text())

	w.server.offline = false
	_, err := v.Renew(wanted())
	require.NoError(t, err)
}

// Without metadata nothing was sent either.
func TestDiscoveryFailureIsNoAttempt(t *testing.T) {
	w, _ := signedIn(t)
	w.given = nil
	before := w.text()
	held, err := w.page().Renew(wanted())
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
	_, err := v.Renew(forced(1))
	requireCode(t, err, oauth.Network)
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-1", held.Find("", scopes).Value.Reveal())
}
