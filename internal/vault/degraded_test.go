package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// F9: a store that is full or blocked costs what it would have kept, and not the session.
func TestSignInWithoutAStore(t *testing.T) {
	for name, fail := range map[string]func(*store){
		"full": func(s *store) { s.full = true }, "blocked": func(s *store) { s.blocked = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			fail(&w.store)
			v := w.page()
			held := w.signIn(v)
			assert.True(t, held.Degraded)
			assert.Equal(t, 1, held.Generation)

			for i := range 3 {
				w.clock += lifetime
				held, err := v.Renew(wanted())
				require.NoError(t, err)
				assert.Equal(t, i+2, held.Generation)
				assert.True(t, held.Degraded)
			}
			assert.Equal(t, []string{"rt-canary-1", "rt-canary-2", "rt-canary-3"}, w.server.used())
			restored, err := v.Restore()
			require.NoError(t, err)
			assert.Equal(t, 4, restored.Generation, "in this page's memory")

			require.NoError(t, v.SignOut())
			held, err = v.Restore()
			require.NoError(t, err)
			assert.Equal(t, &Held{Epoch: held.Epoch, Degraded: true}, held)
			assert.Equal(t, []string{"rt-canary-4"}, w.server.gone)
			assert.Empty(t, w.text())
		})
	}
}

// The store fills up in mid-session. The record in it holds a token that is used up; whoever found and sent it would end the family.
func TestStoreFillsUp(t *testing.T) {
	for name, arrange := range map[string]func(w *world){
		"before the mark": func(w *world) { w.store.full = true },
		"in flight":       func(w *world) { w.server.answers(while(func() { w.store.full = true }, grants(nil))) },
	} {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			arrange(w)
			held, err := v.Renew(wanted())
			require.NoError(t, err)
			assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
			assert.True(t, held.Degraded)
			assert.Empty(t, w.text(), "the old record is gone")

			w.clock += lifetime
			_, err = v.Renew(wanted())
			require.NoError(t, err)
			assert.Equal(t, []string{"rt-canary-1", "rt-canary-2"}, w.server.used())
			held, err = w.page().Restore()
			require.NoError(t, err)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held, "the next page starts signed out, and cleanly")
		})
	}
}

// A quota that counts the old record along with the new one: once the old one is gone, the new one fits.
func TestStoreFullOfTheOldRecord(t *testing.T) {
	w, v := signedIn(t)
	w.store.full = true
	w.store.freed = func() { w.store.full = false }
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.False(t, held.Degraded)
	assert.Equal(t, "rt-canary-2", w.record().refreshToken.Reveal())
}

// A store that fails and comes back still has the record of before. A sign-out in between ends that one too.
func TestSignOutWhileTheStoreFails(t *testing.T) {
	w, _ := signedIn(t)
	w.store.blocked = true
	v := w.page()
	held, err := v.Restore()
	require.NoError(t, err)
	assert.Equal(t, &Held{Epoch: held.Epoch, Degraded: true}, held)
	w.store.blocked = false

	require.NoError(t, v.SignOut())
	held, err = w.page().Restore()
	require.NoError(t, err)
	assert.Equal(t, &Held{Epoch: held.Epoch}, held)
}

func TestStoreBlockedInFlight(t *testing.T) {
	w, v := signedIn(t)
	w.server.answers(while(func() { w.store.blocked = true }, grants(nil)))
	held, err := v.Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Equal(t, &Held{Epoch: held.Epoch, Degraded: true}, held)
	assert.Equal(t, []string{"rt-canary-2"}, w.server.gone)
}

// The loader may replace the module's instance at any idle moment; a session that lives in memory must not end with it.
func TestDegradedSessionOutlivesTheInstance(t *testing.T) {
	w, v := signedIn(t)
	w.store.full = true
	_, err := v.Renew(wanted())
	require.NoError(t, err)

	held, err := w.instance().Restore()
	require.NoError(t, err)
	assert.True(t, held.Degraded)
	assert.Equal(t, 2, held.Generation)
}
