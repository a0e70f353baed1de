package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
)

const (
	awake       = "{ahead: 0}" // with background renewal
	awakeShared = "{ahead: 0, cacheLocation: 'localstorage'}"
)

// F5: the tab sleeps through the end of its token. Waking up, it looks at the clock once, and renews before anybody has asked.
func TestF05Frozen(t *testing.T) {
	each(t, map[string]string{"in the page": awake, "in a worker": awakeInWorker}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		first := a.token()
		for round := range 3 {
			a.Freeze()
			age(a)
			a.Thaw()
			a.becomes("s.generation == " + itoa(round+2))
			assert.Equal(t, round+1, a.refreshes())
		}
		assert.NotEqual(t, first, a.token())
		assert.Equal(t, 3, a.refreshes())
		a.kept(1)
		a.greeted("demo|alice")
	})
}

// A page that comes back hears it in many ways at once. One renewal is enough.
func TestF05WokenManyTimes(t *testing.T) {
	each(t, map[string]string{"in the page": awakeShared, "in a worker": awakeInWorker}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		all := []*app{a}
		if !inMemory(options) {
			all = append(all, a.tabs(2, options)...)
		}
		gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
		age(all...)
		for _, tab := range all {
			tab.Eval(`for (let i = 0; i < 20; i++) {
				for (const name of ['online', 'pageshow', 'focus']) dispatchEvent(new Event(name));
				for (const name of ['visibilitychange', 'resume']) document.dispatchEvent(new Event(name));
			}`)
		}
		arrived(t, gate)
		gate.Release()
		for _, tab := range all {
			tab.token()
			tab.becomes("s.generation == 2")
		}
		assert.Equal(t, 1, a.refreshes())
		a.kept(1)
		a.atRest()
	})
}

// The clock is looked at on use, too: the first call after a sleep doesn't hand out a dead token.
func TestF05ClockOnUse(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		first := a.token()
		a.Freeze()
		age(a)
		a.Thaw()
		assert.NotEqual(t, first, a.token())
		assert.Equal(t, 1, a.refreshes())
		a.kept(1)
	})
}

// Frozen in the middle of a renewal: the answer waits for the tab, or the tab replays.
func TestF05FrozenDuringRenewal(t *testing.T) {
	for _, point := range points {
		t.Run(string(point), func(t *testing.T) {
			eachVault(t, func(t *testing.T, b build, options string) {
				a := start(t, b, overlapping)
				a.lossy()
				a.signIn(options)
				age(a)
				gate := held(t, point, a)
				a.Freeze()
				gate.Release()
				a.Thaw()
				token := a.text("token")
				same(t, token, a.token())
				assert.LessOrEqual(t, a.refreshes(), 2)
				age(a)
				a.token()
				a.kept(2)
				a.greeted("demo|alice")
			})
		})
	}
}

// away leaves for another page, does something, and comes back with the back button; it fails where the page had to be loaded again.
func (a *app) away(meanwhile func()) {
	a.Helper()
	a.atRest()
	a.Eval("t.shown = []; addEventListener('pageshow', (e) => t.shown.push(e.persisted), {once: true})")
	a.Goto(a.stack.AppURL() + home + "empty.html")
	meanwhile()
	a.Back(1)
	a.WaitFor("window.t?.shown?.length")
	require.Equal(a, "true", a.Text("String(t.shown)"), "the page was not in the back/forward cache")
}

// F6: a signed-in page is fit for the back/forward cache, and reads again when it comes out of it.
func TestF06BackForwardCache(t *testing.T) {
	for name, options := range map[string]string{"sessionstorage": awake, "localstorage": awakeShared, "memory": awakeInWorker} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := startIn(t, wholeBrowser(t), b, calm)
				a.signIn(options)
				first := a.token()
				a.away(func() {})
				same(t, first, a.token())
				assert.Zero(t, a.refreshes())
				age(a)
				a.token()
				a.away(func() {})
				assert.Equal(t, "demo|alice", a.subject())
				age(a)
				a.token()
				assert.Equal(t, 2, a.refreshes())
				a.kept(1)
			})
		})
	}
}

// Meanwhile the others have gone on.
func TestF06OthersWentOn(t *testing.T) {
	for name, options := range map[string]string{"localstorage": shared, "worker": inWorker} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := startIn(t, wholeBrowser(t), b, calm)
				a.signIn(options)
				other := a.tabs(1, options)[0]
				age(a, a, a) // where the other's clock will be
				var token string
				a.away(func() {
					for range 3 {
						age(other)
						token = other.token()
					}
				})
				a.becomes("s.generation == 4")
				same(t, token, a.token())
				assert.Equal(t, 3, a.refreshes())

				a.away(func() { other.Eval("t.client.logout({openUrl: false})") })
				a.becomes("s.status == 'signed-out'")
				a.endedOnce()
				assert.Equal(t, 3, a.refreshes())
				assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 1)
			})
		})
	}
}
