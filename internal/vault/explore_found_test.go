package vault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// What the search found in decide and in its own picture of rotate.go, shown by rotate.go itself.

// A page that was overtaken stores its tokens, and notes them, just after the next page has asked for the last time. That page asks again: the
// mark says that somebody has done something since.
func TestAsksAgainWhenTheMarkHasMoved(t *testing.T) {
	w, pages := duplicates(t, 2)
	name := pages[0].lockName(pages[0].listening)
	w.ear(pages[1]).deaf = true
	_, err := pages[0].Renew(wanted())
	require.NoError(t, err)
	noted := w.locks.notes[name]
	w.locks.notes[name] = `{"gen":1,"sends":1}`
	w.ear(pages[0]).deaf, w.ear(pages[1]).deaf = true, false
	w.bus.pausing = func(n int) {
		if n == steps {
			w.locks.notes[name] = noted
			w.ear(pages[0]).deaf = false
		}
	}
	held, err := pages[1].Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
	assert.Equal(t, []string{"rt-canary-1"}, w.server.used())
}

// Of two pages that answer, the first knows less than the mark says that there is.
func TestWaitsForTheAnswerThatKnows(t *testing.T) {
	w, pages := duplicates(t, 3)
	w.ear(pages[2]).deaf = true
	_, err := pages[0].Renew(wanted())
	require.NoError(t, err)
	w.bus.deliver()
	w.ear(pages[0]).deaf = true
	w.clock += lifetime
	_, err = pages[1].Renew(wanted())
	require.NoError(t, err)
	for _, page := range pages {
		w.ear(page).deaf = false
	}
	late := w.ear(pages[1])
	w.bus.pausing = func(n int) {
		if n == 1 {
			late.hold = true // its answer takes a while
		} else {
			late.hold = false
		}
	}
	held, err := pages[2].Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 3, held.Generation)
	w.each(w.server.used())
	assert.Len(t, w.server.used(), 2)
}

// localStorage shows a page nothing yet of a sign-out, nor of the login that came before it: the mark does.
func TestSignOutWhileTheStoreIsBehind(t *testing.T) {
	for name, when := range map[string]string{
		"before the tokens are noted": `{"gen":2}`, "before the attempt is taken back": `{"gen":1}`, "before the attempt is marked": `{"gen":1,"sends":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := &lagging{world: w, lag: 5}
			one, other := w.slowly(s), w.slowly(s)
			w.signIn(one)
			for range steps {
				w.ear(one).Pause(step)
			}
			w.clock += lifetime
			if when == `{"gen":1}` {
				w.server.answers(status(503, "", ""))
			}
			w.locks.noting = func(text string) {
				if text == when {
					w.locks.noting = nil
					require.NoError(t, other.SignOut())
				}
			}
			_, err := one.Renew(wanted())
			require.Error(t, err)
			require.Nil(t, w.locks.noting, "it has happened")
			for range steps {
				w.ear(one).Pause(step)
			}
			for _, page := range []*Vault{one, other, w.slowly(s)} {
				held, err := page.Restore()
				require.NoError(t, err)
				assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			}
		})
	}
}

// Somebody signs in between the two steps of a sign-out. It ends the session that it wipes, in every page.
func TestSignOutOfWhoSignedInMeanwhile(t *testing.T) {
	w, v := signedIn(t)
	first := w.record().family
	var second string
	w.locks.noting = func(string) {
		w.locks.noting = nil
		w.signIn(w.page())
		second = w.record().family
	}
	require.NoError(t, v.SignOut())
	assert.NotContains(t, w.text(), "canary")
	assert.True(t, v.noted(first).ended)
	assert.True(t, v.noted(second).ended)
	assert.Equal(t, []string{"rt-canary-2"}, w.server.gone)
}

// A page sleeps for two rotations of others, and when it wakes its localStorage shows neither. Its answer is older than what is known.
func TestSleeperOverASlowStore(t *testing.T) {
	w := newWorld(t)
	s := &lagging{world: w, lag: steps + 5}
	one, other := w.slowly(s), w.slowly(s)
	w.signIn(one)
	for range s.lag {
		w.ear(one).Pause(step)
	}
	w.clock += lifetime
	w.server.answers(while(func() {
		held, err := w.overtake(other)
		require.NoError(t, err)
		again := wanted()
		again.Unwanted = held.Find("", scopes).Value
		_, err = other.Renew(again)
		require.NoError(t, err)
	}, grants(map[string]string{"refresh_token": `"rt-late"`})))
	_, err := one.Renew(wanted())
	if err != nil {
		requireCode(t, err, oauth.LoginRequired) // this store shows nothing in all the time that it is waited for
	}
	for range s.lag {
		w.ear(one).Pause(step)
	}
	held, err := one.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 3, held.Generation)
	rec, err := one.records.load()
	require.NoError(t, err)
	assert.NotEqual(t, "rt-late", rec.refreshToken.Reveal())
	assert.Empty(t, w.server.gone)
}

// A page sleeps between its mark and the store. When it wakes, its localStorage doesn't show yet what the next page has stored, and an attempt
// written beside that would put the older token back.
func TestSleeperDoesNotWrite(t *testing.T) {
	w := newWorld(t)
	s := &lagging{world: w, lag: 5}
	one, other := w.slowly(s), w.slowly(s)
	w.signIn(one)
	for range s.lag {
		w.ear(one).Pause(step)
	}
	w.clock += lifetime
	written := 0
	w.locks.noted = func(string) {
		w.locks.noted = nil
		w.clock += time.Minute
		_, err := w.overtake(other)
		require.NoError(t, err)
		written = len(s.writes)
	}
	held, err := one.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Len(t, s.writes, written)
	assert.Len(t, w.server.used(), 1)
}
