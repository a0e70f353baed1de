package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
)

const (
	noWebLocks  = "delete Navigator.prototype.locks;"
	noIndexedDB = "Object.defineProperty(globalThis, 'indexedDB', { value: undefined });"
)

// without opens the page in a browser that lacks something, and so does every further tab.
func without(t *testing.T, b build, script, options string) (*app, func() *app) {
	a := start(t, b, overlapping)
	a.BeforeScripts(script)
	a.open(home)
	a.signIn(options)
	return a, func() *app {
		other := &app{a.Sibling(), a.stack}
		other.BeforeScripts(script)
		other.open(home)
		other.create(options)
		return other
	}
}

// Browsers before 2022 have no Web Locks. A lock in IndexedDB takes their place.
func TestLocksWithoutWebLocks(t *testing.T) {
	for name, options := range map[string]string{"localstorage": shared, "custom": custom} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a, open := without(t, b, noWebLocks, options)
				all := []*app{a, open(), open(), open()}
				assert.False(t, a.Bool("navigator.locks"))
				for round := range 5 {
					age(all...)
					gate := held(t, fault.BeforeCommit, all...)
					gate.Release()
					token := a.text("token")
					for _, tab := range all[1:] {
						same(t, token, tab.text("token"))
					}
					assert.Equal(t, round+1, a.refreshes())
				}
				a.kept(1)
				assert.NotContains(t, a.warned(), "locks_unavailable")
			})
		})
	}
}

// The race between looking and taking, many times and with nothing that holds the tabs up.
func TestLocksRace(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, open := without(t, b, noWebLocks, shared)
		all := []*app{a, open(), open()}
		for round := range 15 {
			age(all...)
			renew(all...)
			token := a.text("token")
			for _, tab := range all[1:] {
				same(t, token, tab.text("token"), "round %d", round)
			}
			assert.Equal(t, round+1, a.refreshes())
		}
		a.kept(1)
	})
}

// Where the browser won't say who holds a lock, nobody is robbed of it, and the page hears of no error that it can't do anything about.
func TestLocksOfNobodyKnown(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, _ := without(t, b, "LockManager.prototype.query = async () => { throw new Error('not told'); };", shared)
		age(a)
		a.token()
		assert.Equal(t, 1, a.refreshes())
		a.kept(1)
	})
}

// A tab that dies with that lock doesn't lock the others out for good.
func TestLocksHolderDies(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, open := without(t, b, noWebLocks, brief)
		other := open()
		a.outlives(t, other)
	})
}

// Duplicated tabs, too.
func TestLocksDuplicated(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, _ := without(t, b, noWebLocks, alone)
		other := &app{a.Opened("window.open(location.href)"), a.stack}
		other.BeforeScripts(noWebLocks)
		other.open(home) // once more, now without Web Locks
		other.create(alone)
		for round := range 4 {
			age(a, other)
			renew(a, other)
			same(t, a.text("token"), other.text("token"))
			assert.Equal(t, round+1, a.refreshes())
		}
		a.kept(1)
	})
}

// Without either, a page keeps order among its own calls, and says that it can do no more.
func TestLocksUnavailable(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, _ := without(t, b, noWebLocks+noIndexedDB, shared)
		age(a)
		a.Eval("Promise.all(Array.from({length: 10}, () => t.client.getTokenSilently()))")
		assert.Equal(t, 1, a.refreshes())
		age(a)
		a.token()
		assert.Equal(t, 2, a.refreshes())
		assert.Equal(t, 1, strings.Count(strings.Join(a.warned(), " "), "locks_unavailable"), "said once")
		a.greeted("demo|alice")
		a.kept(1)
	})
}

// Without IndexedDB alone, as in some private windows, tabs still share by Web Locks and the store.
func TestLocksWithoutIndexedDB(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, open := without(t, b, noIndexedDB, shared)
		other := open()
		for round := range 3 {
			age(a, other)
			gate := held(t, fault.BeforeCommit, a, other)
			a.lockedOut(1)
			gate.Release()
			same(t, a.text("token"), other.text("token"))
			assert.Equal(t, round+1, a.refreshes())
		}
		a.kept(1)
	})
}
