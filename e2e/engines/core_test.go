package engines

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// The cases of the refresh protocol that lean most on what an engine does: its locks, its channels, its storage, its network. What each means
// is told in e2e, where all cases are, in Chromium.

const (
	held    = "navigator.locks.query().then((l) => l.held.length >= 1 && l.pending.length >= 1)"
	renewal = "t.client.getTokenSilently()"
)

func overlapping(c *stack.Config) { c.RotationOverlap = time.Hour }

// F1: two tabs, one request.
func TestF01TwoTabs(t *testing.T) {
	each(t, false, func(a *app) {
		a.signIn(shared)
		other := a.sibling(shared)
		for round := range 3 {
			a.age(other)
			gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
			for _, tab := range []*app{a, other} {
				tab.begin("token", renewal)
			}
			a.arrived(gate)
			a.waitFor(held)
			gate.Release()
			assert.True(a, a.end("token") == other.end("token"), "both have the same token")
			assert.Equal(a, round+1, a.refreshes())
			for _, tab := range []*app{a, other} {
				tab.eval("void delete t.ended.token")
			}
		}
		assert.Equal(a, 1, a.stack.Ledger().MaxUses())
		assert.Empty(a, a.stack.Ledger().Revocations())
	})
}

// F2: the page is loaded again while a renewal is under way. Nobody knows what became of it, and one replay finds out.
func TestF02Reload(t *testing.T) {
	underWay(t, func(a *app, options string, gate *fault.Barrier) {
		a.reload(options)
		gate.Release()
		assert.Equal(a, "demo|alice", a.subject())
		a.age()
		a.token()
		assert.LessOrEqual(a, a.stack.Ledger().MaxUses(), 2)
		assert.Empty(a, a.stack.Ledger().Revocations())
	}, overlapping)
}

// underWay runs a test in each kind of Web Storage, with a renewal that the provider has committed and not yet answered.
func underWay(t *testing.T, test func(a *app, options string, gate *fault.Barrier), configure ...func(*stack.Config)) {
	for name, options := range map[string]string{"sessionstorage": alone, "localstorage": shared} {
		t.Run(name, func(t *testing.T) {
			each(t, false, func(a *app) {
				a.signIn(options)
				a.age()
				gate := a.stack.Faults().Hold(fault.AfterCommit, 1)
				a.begin("token", renewal)
				a.arrived(gate)
				test(a, options, gate)
			}, configure...)
		})
	}
}

// F3: the answer is lost after the provider has rotated. The same call sends the token once more.
func TestF03AnswerLost(t *testing.T) {
	for name, options := range map[string]string{"in the page": alone, "in a worker": inWorker} {
		for _, point := range []fault.Point{fault.AfterHeaders, fault.MidBody} {
			t.Run(name+" "+string(point), func(t *testing.T) {
				each(t, false, func(a *app) {
					a.signIn(options)
					for round := range 2 {
						a.age()
						a.stack.Faults().Cut(point, 1)
						a.token()
						assert.Equal(a, 2*(round+1), a.refreshes())
					}
					assert.Equal(a, 2, a.stack.Ledger().MaxUses())
					assert.Empty(a, a.stack.Ledger().Revocations())
				}, overlapping)
			})
		}
	}
}

// F7: a device whose clock is wrong, and one whose clock jumps.
func TestF07Clock(t *testing.T) {
	each(t, false, func(a *app) {
		a.signIn("{ahead: -36e5, backgroundRenewal: false}")
		first := a.token()
		assert.True(a, first == a.token())
		assert.Zero(a, a.refreshes(), "no loop")
		assert.Equal(a, "clock_skew", a.text("t.told('warning').map((w) => w.code)"))
		for jumps, to := range []string{"0", "31536e6", "-31536e6", "0"} {
			a.eval("void (t.ahead = " + to + ")")
			for range 3 {
				a.token()
			}
			assert.LessOrEqual(a, a.refreshes(), jumps+1)
			assert.Equal(a, "demo|alice", a.subject())
		}
		assert.Equal(a, 1, a.stack.Ledger().MaxUses())
	})
}

// F9: the site's data is cleared while a renewal is under way, which is a sign-out.
func TestF09Cleared(t *testing.T) {
	underWay(t, func(a *app, _ string, gate *fault.Barrier) {
		a.eval("void (localStorage.clear(), sessionStorage.clear())")
		gate.Release()
		assert.Equal(a, "error: login_required", a.end("token"))
		assert.Equal(a, "", a.subject())
		assert.NotContains(a, a.text("t.stored()"), "eyJ")
		assert.Equal(a, 1, a.refreshes())
	})
}

// F11: a sign-out in one tab races a renewal in another, and wins.
func TestF11SignOut(t *testing.T) {
	for _, point := range []fault.Point{fault.BeforeCommit, fault.MidBody} {
		t.Run(string(point), func(t *testing.T) {
			each(t, false, func(a *app) {
				a.signIn(shared)
				other := a.sibling(shared)
				a.age(other)
				gate := a.stack.Faults().Hold(point, 1)
				other.begin("token", renewal)
				a.arrived(gate)
				a.eval("t.client.logout({openUrl: false})")
				gate.Release()
				assert.Equal(a, "error: login_required", other.end("token"))
				for _, tab := range []*app{a, other} {
					assert.Equal(a, "", tab.subject())
					assert.NotContains(a, tab.text("t.stored()"), "eyJ")
				}
				assert.Equal(a, 1, a.refreshes())
				var ended []ledger.Reason
				for _, r := range a.stack.Ledger().Revocations() {
					ended = append(ended, r.Reason)
				}
				assert.Equal(a, []ledger.Reason{ledger.ByClient}, ended)
			})
		})
	}
}

// F16: a tab that begins with a copy of another's sessionStorage, refresh token included.
func TestF16Duplicated(t *testing.T) {
	each(t, false, func(a *app) {
		a.signIn(alone)
		other := a.opened("window.open(location.href)")
		other.waitFor("window.t && !t.client")
		other.create(alone)
		assert.Equal(a, "demo|alice", other.subject())
		both := []*app{a, other}
		for round := range 4 {
			a.age(other)
			token := both[round%2].token()
			assert.True(a, token == both[(round+1)%2].token(), "round %d", round)
			assert.Equal(a, round+1, a.refreshes())
		}
		assert.Equal(a, 1, a.stack.Ledger().MaxUses())
		assert.Empty(a, a.stack.Ledger().Revocations())
	})
}

func (a *app) opened(expression string) *app {
	a.Helper()
	tab, err := a.tab.Opened(expression)
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { _ = tab.Close() })
	return &app{a.T, a.engine, tab, a.stack}
}
