package engines

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	alone    = "{ahead: 0, backgroundRenewal: false}"
	shared   = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage'}"
	inWorker = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory'}"
)

// The main job: sign-in, a clean address bar, a token, an API, renewal, a reload, sign-out.
func TestMainJob(t *testing.T) {
	each(t, true, func(a *app) {
		a.signIn(alone)
		assert.Equal(a, a.stack.AppURL()+home, a.text("location.href"), "the answer is out of the address bar")
		assert.Equal(a, "200 demo|alice", a.text("t.api('/me').then(me => me.status + ' ' + me.sub)"))
		first := a.token()
		assert.Equal(a, first, a.token())
		a.age()
		second := a.token()
		assert.True(a, first != second)
		assert.Equal(a, 1, a.refreshes())

		a.reload("{ahead: 301000, backgroundRenewal: false}") // as the clock stands
		assert.Equal(a, "demo|alice", a.subject())
		assert.Equal(a, "2", a.text("t.client.session().generation"))
		a.age()
		a.token()
		assert.Equal(a, 1, a.stack.Ledger().MaxUses())
		assert.Empty(a, a.stack.Ledger().Revocations())

		a.eval("void setTimeout(() => t.client.logout({logoutParams: {returnTo: location.origin + location.pathname}}))")
		a.waitFor("window.t && !t.client")
		a.create(alone)
		assert.Equal(a, "", a.subject())
		assert.Equal(a, "error: login_required", a.fails("t.client.getTokenSilently()"))
	})
}

// fails is end at once.
func (a *app) fails(expression string) string {
	a.Helper()
	a.begin("failure", expression)
	return a.end("failure")
}
