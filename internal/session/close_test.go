package session_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

func TestClose(t *testing.T) {
	w := signedIn(t, "")
	w.Close()
	assert.EqualValues(t, -1, w.wait())
	waits := len(w.waits)
	for name, verb := range map[string]func() error{
		"login":         func() error { _, err := w.Login(oauth.Value{}); return err },
		"callback":      func() error { _, err := w.Callback(""); return err },
		"token":         func() error { _, err := w.Token(oauth.Value{}); return err },
		"check":         func() error { return w.Check(oauth.Value{}, false) },
		"user":          func() error { _, err := w.User(); return err },
		"claims":        func() error { _, err := w.IDTokenClaims(); return err },
		"authenticated": func() error { _, err := w.IsAuthenticated(); return err },
		"revoke":        w.Revoke,
		"popup":         func() error { return w.Popup(oauth.Value{}) },
		"recheck":       w.Recheck,
		"user info":     func() error { _, err := w.UserInfo(); return err },
		"trade":         func() error { _, err := w.Trade(oauth.Value{}); return err },
		"proof":         func() error { _, err := w.Proof(value(t, `{"url":"https://api.test/","method":"GET"}`)); return err },
		"front channel": func() error { _, err := w.FrontChannel(origin + "/?iss=x&sid=y"); return err },
		"fetch": func() error {
			_, err := w.Authorize(value(t, `{"url":"https://app.test/","origin":"https://app.test","method":"GET"}`))
			return err
		},
		"logout": func() error { _, err := w.Logout(oauth.Value{}); return err },
	} {
		t.Run(name, func(t *testing.T) { requireCode(t, verb(), oauth.ClientClosed) })
	}
	assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
	assert.Empty(t, w.renewals)
	assert.Len(t, w.waits, waits)
	assert.NotContains(t, strings.Join(w.steps, " "), "sign out", "the session itself stays in its store")
}

// What was under way when the client was closed ends in silence.
func closedDuring(w *world, failure error, call func()) {
	told := len(w.told)
	answer := make(chan struct{})
	w.renew = func(*vault.Renew) (*vault.Held, error) { <-answer; return w.grant(2), failure }
	go call()
	synctest.Wait()
	w.Close()
	close(answer)
	synctest.Wait()
	assert.Len(w.t, w.told, told)
	assert.EqualValues(w.t, -1, w.wait())
}

func TestCloseDuringARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := signedIn(t, "")
		closedDuring(w, nil, func() { _, _ = w.Token(value(t, `{"cacheMode":"off"}`)) })
	})
}

func TestCloseDuringAWake(t *testing.T) {
	for _, failure := range []error{nil, fail(oauth.Network)} {
		synctest.Test(t, func(t *testing.T) {
			w := living(t, lifetimes, `"sub":"u1"`)
			w.clock += time.Hour
			closedDuring(w, failure, func() { w.Wake("") })
		})
	}
}
