package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// unasked is a sign-in that the provider granted by itself, while this session was there.
func unasked(t *testing.T, held *Held, subject string) *Exchange {
	x := exchange(t)
	x.Unasked, x.Subject, x.Epoch = true, subject, held.Epoch
	return x
}

func TestUnasked(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	nobody, err := v.Restore()
	require.NoError(t, err)
	held, err := v.Exchange(unasked(t, nobody, ""))
	require.NoError(t, err)
	held, err = v.Exchange(unasked(t, held, "u1"))
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", held.Tokens[0].Value.Reveal())
}

// The code isn't traded: what it brings would have to be given back, and for nobody.
func TestUnaskedComesTooLate(t *testing.T) {
	for name, test := range map[string]struct {
		subject   string
		meanwhile func(w *world)
	}{
		"the user signed out here": {"u1", func(w *world) {
			require.NoError(w.t, w.page().SignOut())
		}},
		"out and in again": {"u1", func(w *world) {
			require.NoError(w.t, w.page().SignOut())
			w.signIn(w.page())
		}},
		"another user signed in": {"u1", func(w *world) {
			w.server.answers(grants(map[string]string{"id_token": quoted(idToken(map[string]string{"sub": `"u2"`}))}))
			w.signIn(w.page())
		}},
		"somebody signed in where nobody was": {"", func(*world) {}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			v := w.page()
			held := w.signIn(v)
			test.meanwhile(w)
			before, sent := w.text(), len(w.server.sent)
			_, err := v.Exchange(unasked(t, held, test.subject))
			requireCode(t, err, oauth.LoginRequired)
			assert.Equal(t, before, w.text(), "nothing is undone")
			assert.Len(t, w.server.sent, sent)
		})
	}
}

// The user signs out while the code is traded.
func TestUnaskedIsOvertaken(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	held := w.signIn(v)
	w.server.answers(while(func() { require.NoError(t, w.page().SignOut()) }, grants(nil)))
	_, err := v.Exchange(unasked(t, held, "u1"))
	requireCode(t, err, oauth.LoginRequired)
	assert.NotContains(t, w.text(), "canary")
	assert.Equal(t, []string{"rt-canary-1", "rt-canary-2"}, w.server.gone)
}

// A session isn't given for an ID token that nobody could judge.
func TestUnaskedWithoutKeys(t *testing.T) {
	w := verifying(t, jwk("rsa"))
	w.answersWith(sign(t, "RS256", "rsa", header("RS256", "rsa"), payload(nil)))
	held := w.signIn(w.page())
	before, sent := w.text(), len(w.server.sent)
	w.answerKeys(func() (*oauth.HTTPResponse, error) { return nil, trouble(oauth.Network) })
	_, err := w.page().Exchange(unasked(t, held, "u1"))
	e := requireCode(t, err, oauth.JWKSFailed)
	assert.True(t, e.Retryable)
	assert.Equal(t, before, w.text())
	assert.Len(t, w.server.sent, sent)
}
