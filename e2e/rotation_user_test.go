package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// switchTo signs another user in, in this tab.
func (a *app) switchTo(user, password, options string) {
	a.Helper()
	a.login("{authorizationParams: {prompt: 'login'}}")
	a.authenticate(user, password)
	a.WaitFor("document.querySelector('#allow') || window.t && !t.client")
	if !a.Bool("window.t && !t.client") {
		a.answer("allow")
	}
	a.ready()
	a.Eval("t.construct(" + options + ")") // createClient would wait for whoever renews the session that is about to be replaced
	a.Eval("t.client.handleRedirectCallback()")
	require.Equal(a, "demo|"+user, a.subject())
}

// whole says that the token and the user that a tab shows are one person's, and returns who it is; "" where it is nobody.
func (a *app) whole() string {
	a.Helper()
	var o outcome
	a.Eval("t.outcome(t.api('/me'))", &o)
	if o.Error != nil {
		assert.Equal(a, "login_required", o.Error.Code)
		assert.Equal(a, "", a.subject())
		return ""
	}
	var me struct{ Sub string }
	require.NoError(a, json.Unmarshal(o.Value, &me))
	assert.Equal(a, me.Sub, a.subject(), "the token and the user are of one session")
	return me.Sub
}

// F12: another user signs in in another tab. This one becomes that user, by itself and within a second; nothing of two users is ever mixed.
func TestF12AnotherUser(t *testing.T) {
	for name, options := range map[string]string{"localstorage": shared, "custom": custom, "worker": inWorker} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.signIn(options)
				other := a.tabs(1, options)[0]
				other.switchTo("bob", "builder", options)
				a.becomes("s.user?.sub == 'demo|bob'")
				assert.Equal(t, "demo|bob", a.whole())
				age(a, other)
				assert.Equal(t, "demo|bob", a.whole())
				assert.Equal(t, "demo|bob", other.whole())
				a.switchTo("alice", "wonderland", options)
				other.becomes("s.user?.sub == 'demo|alice'")
				assert.Equal(t, "demo|alice", other.whole())
				assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 1)
				assert.Zero(t, a.revoked(ledger.Reuse))
			})
		})
	}
}

// Where each tab has a store of its own, each keeps its user.
func TestF12EachItsOwn(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		other := a.tabs(1, alone)[0]
		other.switchTo("bob", "builder", alone)
		for range 3 {
			age(a, other)
			assert.Equal(t, "demo|alice", a.whole())
			assert.Equal(t, "demo|bob", other.whole())
		}
		a.kept(1)
	})
}

// The first user's renewal is under way meanwhile. Its answer belongs to nobody any more.
func TestF12DuringRenewal(t *testing.T) {
	for _, point := range points {
		t.Run(string(point), func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.Allow("status of 400")
				a.signIn(shared)
				other := a.tabs(1, shared)[0]
				age(a)
				gate := held(t, point, a)
				other.switchTo("bob", "builder", at(shared, 1))
				bobs := other.token()
				gate.Release()
				if o := a.end("token"); o.Error != nil {
					assert.Equal(t, "login_required", o.Error.Code)
				} else {
					same(t, bobs, strings.Trim(string(o.Value), `"`), "nobody asked for Alice's token any more")
				}
				assert.Equal(t, "demo|bob", a.whole())
				same(t, bobs, other.token())
				age(a, other)
				assert.Equal(t, "demo|bob", other.whole())
				assert.Equal(t, "demo|bob", a.whole())
				assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 1)
				assert.Zero(t, a.revoked(ledger.Reuse))
			})
		})
	}
}

// The page that waits for the lock of the first user's family finds the second user's record.
func TestF12Waiting(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("status of 400")
		a.signIn(shared)
		others := a.tabs(2, shared)
		age(a, others[0])
		gate := held(t, fault.BeforeCommit, a)
		renew(others[0])
		a.lockedOut(1)
		others[1].switchTo("bob", "builder", at(shared, 1))
		gate.Release()
		a.end("token")
		others[0].end("token")
		for _, tab := range append(others, a) {
			assert.Equal(t, "demo|bob", tab.whole())
		}
		assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 1)
		assert.Zero(t, a.revoked(ledger.Reuse))
	})
}
