package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/storage"
)

// duplicates are n pages of one family, each with a copy of the first one's store, whose access tokens have ended.
func duplicates(t *testing.T, n int) (*world, []*Vault) {
	w := newWorld(t)
	pages := []*Vault{w.copied(nil)}
	w.signIn(pages[0])
	for range n - 1 {
		pages = append(pages, w.copied(pages[0]))
	}
	w.clock += lifetime
	return w, pages
}

func (w *world) each(tokens []string) {
	w.t.Helper()
	for i, token := range tokens {
		assert.Equal(w.t, "rt-canary-"+string(rune('1'+i)), token, "each refresh token is used once")
	}
}

// F16: a duplicated tab has a copy of the refresh token. Whichever page renews, the others have its tokens.
func TestDuplicatesAdopt(t *testing.T) {
	for name, missed := range map[string]bool{"told": false, "asked": true} {
		t.Run(name, func(t *testing.T) {
			w, pages := duplicates(t, 3)
			for i := range 8 {
				if !missed {
					w.bus.deliver()
				}
				held, err := pages[i%3].Renew(wanted())
				require.NoError(t, err)
				assert.Equal(t, i+2, held.Generation)
				if missed { // what the others were told is lost, so that they have to ask
					for _, e := range w.bus.ears {
						e.queue = nil
					}
				}
				w.clock += lifetime
			}
			assert.Len(t, w.server.used(), 8)
			w.each(w.server.used())
			assert.Empty(t, w.server.gone)
		})
	}
}

// The page that knows the newest token doesn't answer: it is frozen, or closed. The token that stands here has been rotated, so that to send
// it would end the family, under which the silent page may go on.
func TestDuplicateOfASilentPage(t *testing.T) {
	w, pages := duplicates(t, 2)
	w.ear(pages[1]).deaf = true
	_, err := pages[0].Renew(wanted())
	require.NoError(t, err)
	w.ear(pages[0]).deaf, w.ear(pages[1]).deaf = true, false
	for range 2 {
		held, err := pages[1].Renew(wanted())
		requireCode(t, err, oauth.LoginRequired)
		assert.Equal(t, 1, held.Generation)
	}
	assert.Len(t, w.server.used(), 1)

	w.ear(pages[0]).deaf = false // it wakes
	held, err := pages[1].Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
	w.clock += lifetime
	_, err = pages[0].Renew(wanted())
	require.NoError(t, err)
	w.each(w.server.used())
}

// F2 with a copied store: the page that sent the token died before it had the answer. Its duplicate asks, hears nothing, and replays once.
func TestDuplicateOfADeadPage(t *testing.T) {
	w, pages := duplicates(t, 2)
	w.server.cutOff = true
	w.server.answers(lost(oauth.Network))
	_, err := pages[0].Renew(wanted())
	requireCode(t, err, oauth.Network)
	w.ear(pages[0]).deaf, w.server.cutOff = true, false

	held, err := pages[1].Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, steps, w.bus.pauses, "it has asked")
	assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())
}

// A page that gets its answer while it is being closed may be heard by nobody. It notes no generation, so that its copies replay their token.
func TestDuplicateOfAClosingPage(t *testing.T) {
	w, pages := duplicates(t, 2)
	closing := w.ear(pages[0])
	closing.closing = true
	_, err := pages[0].Renew(wanted())
	require.NoError(t, err)
	w.ear(pages[1]).queue, closing.deaf = nil, true

	held, err := pages[1].Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())
}

func TestSignOutOfADuplicate(t *testing.T) {
	for name, told := range map[string]bool{"told": true, "not told": false} {
		t.Run(name, func(t *testing.T) {
			w, pages := duplicates(t, 2)
			w.ear(pages[1]).deaf = !told
			require.NoError(t, pages[0].SignOut())
			w.bus.deliver()
			if told {
				held, err := pages[1].Restore()
				require.NoError(t, err)
				assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			}
			held, err := pages[1].Renew(wanted())
			requireCode(t, err, oauth.LoginRequired)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			assert.Empty(t, w.server.used())
		})
	}
}

// What goes over a channel. Its name is the secret of the family where tokens do, and where the store is shared no token does.
func TestWhatIsTold(t *testing.T) {
	w, pages := duplicates(t, 2)
	family := w.copied(pages[0]).listening
	assert.Len(t, family, 43)
	_, err := pages[0].Renew(wanted())
	require.NoError(t, err)
	last := w.bus.told[len(w.bus.told)-1]
	assert.Contains(t, last, "rt-canary-2")
	assert.Contains(t, last, "at-canary-2")
	for _, e := range w.bus.ears {
		assert.Equal(t, family, e.name)
	}
	require.NoError(t, pages[0].SignOut())
	assert.Equal(t, `{"ended":true}`, w.bus.told[len(w.bus.told)-1])

	w, v := signedIn(t)
	_, err = v.Renew(wanted())
	require.NoError(t, err)
	_, err = v.Revoke()
	require.NoError(t, err)
	require.NoError(t, v.SignOut())
	assert.Equal(t, key, v.listening)
	for _, text := range w.bus.told {
		assert.Regexp(t, `^\{"changed":"\d+ \d+ \d+ \d+"\}$`, text, "and nothing secret")
	}
}

// A record that comes over the channel is taken only by a page of the family that knows less.
func TestHeard(t *testing.T) {
	w, pages := duplicates(t, 1)
	v := pages[0]
	own, err := v.records.load()
	require.NoError(t, err)
	told := func(change func(rec *record)) string {
		rec := w.moved(own)
		change(rec)
		return `{"record":` + v.records.encode(rec) + `}`
	}
	nothing := func(*record) {}
	for name, test := range map[string]struct {
		text  string
		taken bool
	}{
		"newer":              {told(nothing), true},
		"a twin":             {told(func(rec *record) { rec.gen = 1 }), true},
		"older":              {told(func(rec *record) { rec.gen = 0 }), false},
		"of another family":  {told(func(rec *record) { rec.family = "other" }), false},
		"of another issuer":  {`{"record":` + (&records{issuer: "https://evil.test", clientID: client}).encode(w.moved(own)) + `}`, false},
		"no record":          {`{"record":"x"}`, false},
		"no JSON":            {`{"record":`, false},
		"nothing":            {`{}`, false},
		"somebody asks":      {`{"ask":0}`, false},
		"somebody knows too": {`{"ask":1}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, storage.Put(v.Store, key, recordVersion, v.records.encode(own)))
			before := len(w.bus.told)
			_, err := v.Heard(test.text)
			require.NoError(t, err)
			rec, err := v.records.load()
			require.NoError(t, err)
			assert.Equal(t, test.taken, rec.refreshToken.Reveal() == "rt-canary-2")
			assert.Equal(t, own.family, rec.family)
			assert.Equal(t, own.epoch, rec.epoch, "sign-outs are counted by each store")
			assert.Equal(t, name == "somebody asks", len(w.bus.told) > before, "who knows more, answers")
		})
	}
	// An attempt of one's own isn't covered up by a page that knows nothing of it.
	busy := clone(own)
	busy.attempt = attempt{"mine", begin, 1}
	require.NoError(t, storage.Put(v.Store, key, recordVersion, v.records.encode(busy)))
	_, err = v.Heard(told(func(rec *record) { rec.gen = 1 }))
	require.NoError(t, err)
	rec, _ := v.records.load()
	assert.Equal(t, busy.attempt, rec.attempt)
}

// Where the store is shared, a message says only that it has changed.
func TestHeardOfASharedStore(t *testing.T) {
	w, v := signedIn(t)
	w.write(w.moved(w.record()))
	w.bus.told = nil
	for _, text := range []string{`{"changed":true}`, `{"ended":true}`, `{"ask":0}`, ``} {
		held, err := v.Heard(text)
		require.NoError(t, err)
		if text != "" {
			assert.Equal(t, 2, held.Generation, text)
		}
	}
	assert.Empty(t, w.bus.told)
	require.NoError(t, w.page().SignOut())
	held, err := v.Heard(`{"changed":true}`)
	require.NoError(t, err)
	assert.Equal(t, &Held{Epoch: held.Epoch}, held)
}

// localStorage shows a page another page's write only after a while, and the lock is free before that.
func TestSlowStore(t *testing.T) {
	for name, lag := range map[string]int{"at once": 0, "one pause": 1, "five": 5, "as long as it is waited for": steps} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := &lagging{world: w, lag: lag}
			pages := []*Vault{w.slowly(s), w.slowly(s), w.slowly(s)}
			w.signIn(pages[0])
			for range steps {
				w.ear(pages[0]).Pause(step)
			}
			for i := range 7 {
				w.clock += lifetime
				for j := range 3 {
					held, err := pages[(i+j)%3].Renew(wanted())
					require.NoError(t, err)
					assert.Equal(t, i+2, held.Generation)
				}
			}
			assert.Len(t, w.server.used(), 7)
			w.each(w.server.used())
		})
	}
}

// A sign-out of which the store doesn't show anything yet.
func TestSignOutInASlowStore(t *testing.T) {
	w := newWorld(t)
	s := &lagging{world: w, lag: 5}
	one, other := w.slowly(s), w.slowly(s)
	w.signIn(one)
	for range steps {
		w.ear(one).Pause(step)
	}
	w.clock += lifetime
	w.server.answers(while(func() { require.NoError(t, other.SignOut()) }, grants(nil)))
	held, err := one.Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Equal(t, &Held{Epoch: held.Epoch}, held)
	for range steps {
		w.ear(one).Pause(step)
	}
	for _, page := range []*Vault{one, other, w.slowly(s)} {
		held, err := page.Restore()
		require.NoError(t, err)
		assert.Equal(t, &Held{Epoch: held.Epoch}, held)
	}
	assert.Contains(t, w.server.gone, "rt-canary-2")
}

// The news may travel faster than what it is about.
func TestNewsBeforeTheWrite(t *testing.T) {
	w := newWorld(t)
	s := &lagging{world: w, lag: 3}
	one, other := w.slowly(s), w.slowly(s)
	w.signIn(one)
	told := w.bus.told[len(w.bus.told)-1]
	held, err := other.Restore()
	require.NoError(t, err)
	require.True(t, held.IDToken.Empty(), "it hasn't arrived")
	held, err = other.Heard(told)
	require.NoError(t, err)
	assert.False(t, held.IDToken.Empty(), "the page looks until it has")

	// News that is old, or that never comes true, is waited for no longer than a write takes.
	held, err = other.Heard(`{"changed":"9 9 9 9"}`)
	require.NoError(t, err)
	assert.False(t, held.IDToken.Empty())
}
