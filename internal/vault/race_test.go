package vault

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// barriers are the moments of an exchange at which somebody else may act. Each arranges for act to happen once, at its moment, and says
// which refresh token the server must have been told to forget by the end: what comes too late, if anything came.
var barriers = map[string]struct {
	arrange func(w *world, act func())
	came    bool // the server had answered with new tokens by the end
}{
	"before the send": {func(w *world, act func()) {
		// Metadata is the last thing that is waited for before the request goes out.
		given := w.given
		w.given = nil
		w.server.metadata = func(string) (*oauth.HTTPResponse, error) {
			if w.given == nil {
				w.given = given
				act()
			}
			return document(nil), nil
		}
	}, false},
	"in flight": {func(w *world, act func()) {
		w.server.answers(while(act, grants(nil)))
	}, true},
	"before the commit": {func(w *world, act func()) {
		w.server.answers(while(func() {
			w.store.onRead = func(int) { w.store.onRead = nil; act() }
		}, grants(nil)))
	}, true},
	"between commit and publication": {func(w *world, act func()) {
		w.server.answers(while(func() {
			written := len(w.store.written)
			w.store.onRead = func(int) {
				if len(w.store.written) > written {
					w.store.onRead = nil
					act()
				}
			}
		}, grants(nil)))
	}, true},
}

// F11: a sign-out wins over whatever was under way. Nothing is stored after it, and what the server gave too late is given back.
func TestSignOutDuringRenewal(t *testing.T) {
	for name, b := range barriers {
		t.Run(name, func(t *testing.T) {
			w, _ := signedIn(t)
			other := w.page()
			done := false
			b.arrange(w, func() { done = true; require.NoError(t, other.SignOut()) })

			held, err := w.page().Renew(wanted())
			requireCode(t, err, oauth.LoginRequired)
			assert.True(t, done)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			assert.NotContains(t, w.text(), "canary")
			if b.came {
				assert.Contains(t, w.server.gone, "rt-canary-2")
				assert.Equal(t, []string{"rt-canary-1"}, w.server.used())
			} else {
				assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)
				assert.Empty(t, w.server.used())
			}
		})
	}
}

func TestSignOutDuringExchange(t *testing.T) {
	for name, b := range barriers {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			other := w.page()
			b.arrange(w, func() { require.NoError(t, other.SignOut()) })

			held, err := w.page().Exchange(exchange(t))
			requireCode(t, err, oauth.LoginRequired)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			assert.NotContains(t, w.text(), "canary")
			assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)
		})
	}
}

// A call that fails after a sign-out must not hand back the state it had read before: the page would show the user as signed in again.
func TestFailureAfterSignOutRestoresNothing(t *testing.T) {
	calls := map[string]func(w *world, v *Vault, signOut func()) (*Held, error){
		"exchange": func(w *world, v *Vault, signOut func()) (*Held, error) {
			w.server.answers(while(signOut, lost(oauth.Network)))
			return v.Exchange(exchange(t))
		},
		"renewal": func(w *world, v *Vault, signOut func()) (*Held, error) {
			w.server.answers(while(signOut, lost(oauth.Network)))
			return v.Renew(wanted())
		},
		"discovery": func(w *world, v *Vault, signOut func()) (*Held, error) {
			v.Config.Metadata = nil
			w.server.metadata = func(string) (*oauth.HTTPResponse, error) {
				signOut()
				return nil, trouble(oauth.Network)
			}
			return v.Renew(wanted())
		},
		"revocation": func(w *world, v *Vault, signOut func()) (*Held, error) {
			w.server.revoking = func(int, request) (*oauth.HTTPResponse, error) {
				w.server.revoking = nil
				signOut()
				return nil, trouble(oauth.Network)
			}
			return v.Revoke()
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			w, _ := signedIn(t)
			other := w.page()
			held, err := call(w, w.page(), func() { require.NoError(t, other.SignOut()) })
			require.Error(t, err)
			assert.True(t, held == nil || held.IDToken.Empty(), "the page would be signed in again")
		})
	}
}

// F12: another user signs in while this page renews. It becomes that user's or nobody's, and never a mixture.
func TestLoginOfAnotherDuringRenewal(t *testing.T) {
	for name, b := range barriers {
		t.Run(name, func(t *testing.T) {
			w, _ := signedIn(t)
			other := w.page()
			u2 := idToken(map[string]string{"sub": `"u2"`})
			b.arrange(w, func() {
				w.server.script = nil
				w.server.answers(grants(map[string]string{"id_token": quoted(u2), "access_token": `"at-u2"`, "refresh_token": `"rt-u2"`}))
				_, err := other.Exchange(exchange(t))
				require.NoError(t, err)
			})

			held, err := w.page().Renew(wanted())
			require.NoError(t, err)
			assert.Equal(t, u2, held.IDToken.Reveal())
			require.Len(t, held.Tokens, 1)
			assert.Equal(t, "at-u2", held.Tokens[0].Value.Reveal())
			assert.Equal(t, "rt-u2", w.record().refreshToken.Reveal())
			assert.NotContains(t, w.text(), "at-canary")
			assert.NotContains(t, w.text(), "rt-canary")
			assert.NotContains(t, w.server.gone, "rt-u2")
		})
	}
}

// F9: somebody clears the site's data while an answer is on its way.
func TestStoreClearedDuringRenewal(t *testing.T) {
	for name, b := range barriers {
		t.Run(name, func(t *testing.T) {
			w, _ := signedIn(t)
			b.arrange(w, func() { require.NoError(t, w.store.Remove(key)) })
			held, err := w.page().Renew(wanted())
			requireCode(t, err, oauth.LoginRequired)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			assert.NotContains(t, w.text(), "canary")
		})
	}
}

// The same page signs out: its own renewal, and all who wait for it, end without tokens.
func TestSignOutOfThePageItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, v := signedIn(t)
		answer := make(chan struct{})
		w.server.answers(while(func() { <-answer }, grants(nil)))
		ends := make(chan error, 3)
		for range cap(ends) {
			go func() {
				_, err := v.Renew(wanted())
				ends <- err
			}()
		}
		synctest.Wait()
		require.NoError(t, v.SignOut())
		close(answer)
		for range cap(ends) {
			requireCode(t, <-ends, oauth.LoginRequired)
		}
		assert.NotContains(t, w.text(), "canary")
		assert.Equal(t, []string{"rt-canary-1", "rt-canary-2"}, w.server.gone)
	})
}

// A sibling that held no lock, since the browser has none or it was stolen, rotated first: the family isn't over, its state is adopted.
func TestAnswerOfThePredecessor(t *testing.T) {
	for name, answer := range map[string]reply{
		"new tokens": grants(nil), "invalid_grant": refuse(400, `{"error":"invalid_grant"}`), "503": status(503, "", ""), "network": lost(oauth.Network),
	} {
		for token, left := range map[string]time.Duration{"good": lifetime, "ended": 0} {
			t.Run(name+", "+token, func(t *testing.T) {
				w, v := signedIn(t)
				w.server.answers(while(func() {
					rec := w.moved(w.record())
					rec.tokens[0].Expires = w.clock + left
					w.write(rec)
				}, answer))
				held, err := v.Renew(wanted())
				require.NoError(t, err)
				if token == "good" {
					assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
					assert.Equal(t, []string{"rt-canary-1"}, w.server.used())
				} else {
					assert.Equal(t, 3, held.Generation, "what the sibling left is used under a lock of its own")
					assert.Equal(t, []string{"rt-canary-1", "rt-canary-2"}, w.server.used())
				}
				assert.Empty(t, w.server.gone)
			})
		}
	}
}

// A sibling rotates between the commit of an answer and its publication. Nobody signed out, so nobody is told to sign in.
func TestSiblingBetweenCommitAndPublication(t *testing.T) {
	w, v := signedIn(t)
	barriers["between commit and publication"].arrange(w, func() {
		next := w.moved(w.record())
		next.refreshToken = oauth.NewSecret("rt-canary-3")
		w.write(next)
	})
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 3, held.Generation)
	assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal(), "the sibling's")
	assert.Equal(t, "rt-canary-3", w.record().refreshToken.Reveal())
	assert.Empty(t, w.server.gone)
}

// F8: the answer to a holder that was frozen comes after somebody else took over. It is the equal or the ancestor of what stands in the
// record, so it is dropped: to revoke it would end the family.
func TestLateCommitFails(t *testing.T) {
	w, v := signedIn(t)
	w.server.answers(while(func() { w.write(w.moved(w.record())) }, grants(map[string]string{"refresh_token": `"rt-late"`, "access_token": `"at-late"`})))
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, "rt-canary-2", w.record().refreshToken.Reveal())
	assert.NotContains(t, w.text(), "late")
	assert.Empty(t, w.server.gone)
}
