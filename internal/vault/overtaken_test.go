package vault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// overtake has other act as a page does that has waited for the lock in vain: it takes it, and its holder sleeps on.
func (w *world) overtake(other *Vault) (*Held, error) {
	w.locks.steal(w.locks.names[0])
	return other.Renew(wanted())
}

// A holder sleeps while its request is under way; the next page replays it, and its answer is lost too. Whatever the sleeper finds when it
// wakes, nobody sends the token a third time.
func TestSleeperKeepsTheMarkOfTheNext(t *testing.T) {
	for name, late := range map[string]reply{"503": status(503, "", ""), "network": lost(oauth.Network)} {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			w.server.answers(while(func() {
				_, err := w.overtake(w.page())
				requireCode(t, err, oauth.Network)
			}, late), lost(oauth.Network))
			_, err := v.Renew(wanted())
			require.Error(t, err)
			for range 3 {
				w.clock += mostWait
				_, err = w.page().Renew(wanted())
				requireCode(t, err, oauth.LoginRequired)
			}
			assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())
		})
	}
}

// The holder sleeps between its mark and its request, and the next page, a duplicate with a store of its own, rotates. The sleeper's token
// is an ancestor now.
func TestSleeperDoesNotSend(t *testing.T) {
	w := newWorld(t)
	v := w.copied(nil)
	w.signIn(v)
	w.clock += lifetime
	other := w.copied(v)
	w.ear(v).deaf = true
	reads := 0
	v.Store.(*store).onRead = func(int) {
		if reads++; reads == 3 { // before the lock, under it, and when the attempt is stored, after the mark
			w.clock += time.Minute
			_, err := w.overtake(other)
			require.NoError(t, err)
			w.ear(v).deaf = false
		}
	}
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, []string{"rt-canary-1"}, w.server.used())
	assert.Empty(t, w.server.gone)
}

// Two pages that both believe to have the lock find the same mark; one of them writes the next.
func TestOneOfTwoMarks(t *testing.T) {
	w, v := signedIn(t)
	other := w.page()
	w.locks.noting = func(string) {
		w.locks.noting = nil
		_, err := w.overtake(other)
		require.NoError(t, err)
	}
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, []string{"rt-canary-1"}, w.server.used())
}

// A page of the family signs out while another is about to mark its attempt. The mark must not undo the end.
func TestMarkDoesNotUndoTheEnd(t *testing.T) {
	for name, open := range map[string]func(w *world, v *Vault) *Vault{
		"shared": func(w *world, v *Vault) *Vault { return w.page() }, "copied": func(w *world, v *Vault) *Vault { return w.copied(v) },
	} {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			if name == "copied" {
				v = w.copied(v)
			}
			other := open(w, v)
			w.ear(v).deaf = true
			w.locks.noting = func(string) {
				w.locks.noting = nil
				require.NoError(t, other.SignOut())
			}
			held, err := v.Renew(wanted())
			requireCode(t, err, oauth.LoginRequired)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			assert.Empty(t, w.server.used())
		})
	}
}

// Sign-outs, commits and marks in any order: the end stays.
func TestMarksGoUp(t *testing.T) {
	w, v := signedIn(t)
	family := w.record().family
	shown := func() mark {
		m := v.noted(family)
		m.text = ""
		return m
	}
	assert.False(t, v.raise(family, mark{gen: 2}))
	assert.False(t, v.raise(family, mark{gen: 1}))
	assert.Equal(t, mark{gen: 2}, shown())
	assert.True(t, v.note(family, v.noted(family), mark{gen: 2, sends: 1}))
	assert.False(t, v.note(family, mark{}, mark{gen: 9}), "something else stands there")
	assert.False(t, v.raise(family, mark{gen: 2}))
	assert.Equal(t, mark{gen: 2, sends: 1}, shown(), "the attempt stays marked")
	assert.True(t, v.raise(family, mark{ended: true}))
	assert.True(t, v.raise(family, mark{gen: 3}))
	assert.Equal(t, mark{ended: true}, shown())
}

// F12: another page signs out. Whoever has the family's record still, wipes it at the next use, and asks the provider nothing.
func TestEndedMark(t *testing.T) {
	w, v := signedIn(t)
	v.raise(w.record().family, mark{ended: true})
	held, err := v.Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Equal(t, &Held{Epoch: held.Epoch}, held)
	assert.NotContains(t, w.text(), "canary")
	assert.Empty(t, w.server.used())
	assert.Empty(t, w.server.gone, "whoever signed out has revoked it")
}

// A browser that keeps no notes has the attempt in the record.
func TestWithoutNotes(t *testing.T) {
	w, v := signedIn(t)
	w.locks.blocked = true
	w.server.answers(lost(oauth.Network), lost(oauth.Network))
	_, err := v.Renew(wanted())
	requireCode(t, err, oauth.Network)
	_, err = w.page().Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Len(t, w.server.used(), 2)
	require.NoError(t, v.SignOut())
	assert.NotContains(t, w.text(), "canary")

	w, v = signedIn(t)
	w.locks.blocked = true
	w.server.answers(refuse(400, `{"error":"invalid_grant"}`))
	_, err = v.Renew(wanted())
	requireCode(t, err, oauth.SessionRevoked)
	assert.Equal(t, steps, w.bus.pauses, "the others are asked before the end")
}
