package e2e

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
)

//go:embed pages/trap.js
var trapDoor string

// trappedWorker has the trap door in the worker.
const trappedWorker = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', workerUrl: '/e2e/trapped-worker.js'}"

// trapped starts the page anew, with the trap door in it, and signs in.
func trapped(t *testing.T, b build, options string) *app {
	a := start(t, b, overlapping)
	a.BeforeScripts(trapDoor)
	a.open(home)
	a.Allow("a trap of the test")
	a.signIn(options)
	return a
}

// What the module calls: methods of the host, the stores and promises, by whatever name either compiler's boundary has for that; or anything.
const (
	aMethod  = "/(call|ask|await)$/i"
	anything = "/^/"
)

// setTrap makes the n-th call of that kind from now throw.
func (a *app) setTrap(kind string, n int) {
	a.Helper()
	a.Eval(fmt.Sprintf("trap.set({kind: %s, left: %d, sprung: 0})", kind, n))
}

// sprung disarms the trap and says whether it had its turn.
func (a *app) sprung() bool {
	a.Helper()
	return a.Bool("trap.spring()")
}

// survives takes a renewal with a trap in it, and says whether the trap was reached.
func (a *app) survives(kind string, n int) bool {
	a.Helper()
	age(a)
	a.setTrap(kind, n)
	calls := []string{"first", "second"}
	for _, name := range calls {
		a.begin(name, "t.client.getTokenSilently()")
	}
	for _, name := range calls {
		if o := a.end(name); o.Error != nil {
			assert.Equal(a, "internal", o.Error.Code, "trap %d: %s", n, o.Error.Message)
		}
	}
	sprung := a.sprung()
	a.token()
	assert.Equal(a, "demo|alice", a.subject(), "trap %d", n)
	return sprung
}

// F13: the module traps at each of its steps through a renewal: before the lock, before the mark, before the request, after the answer,
// before the commit and after it. What is under way rejects, and the next call works from what is stored.
func TestF13TrapAtEachStep(t *testing.T) {
	for name, options := range map[string]string{
		"sessionstorage": alone, "localstorage": shared,
		"memory": "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', useWorker: false}",
		"worker": trappedWorker,
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := trapped(t, b, options)
				once, replayed := 0, 0
				n := 1
				for ; ; n++ {
					before := a.refreshes()
					if !a.survives(aMethod, n) {
						break
					}
					switch a.refreshes() - before {
					case 1:
						once++
					case 2:
						replayed++
					default:
						assert.Fail(t, "wrong number of requests", "trap %d: %d", n, a.refreshes()-before)
					}
					require.Less(t, n, 500)
				}
				t.Logf("%d traps: %d before a request or after its end, %d in between", n-1, once, replayed)
				assert.Positive(t, once)
				assert.Positive(t, replayed)
				a.kept(2)
				a.greeted("demo|alice")
				a.atRest()
			})
		})
	}
}

// Anywhere else between those steps.
func TestF13TrapAnywhere(t *testing.T) {
	each(t, map[string]string{"in the page": alone, "in a worker": trappedWorker}, func(t *testing.T, b build, options string) {
		a := trapped(t, b, options)
		for n := 1; a.survives(anything, n); n += 23 {
			require.Less(t, n, 10000)
		}
		a.kept(2)
		a.greeted("demo|alice")
		a.atRest()
	})
}

// The module of one tab traps while another waits for its lock.
func TestF13OthersGoOn(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := trapped(t, b, shared)
		other := a.tabs(1, shared)[0]
		for range 3 {
			age(a, other)
			gate := held(t, fault.AfterCommit, a)
			renew(other)
			a.lockedOut(1)
			a.setTrap(aMethod, 1)
			gate.Release()
			a.failed("internal", "the renewal", a.end("token"))
			require.True(t, a.sprung())
			token := other.text("token")
			same(t, token, a.token())
		}
		assert.Equal(t, 6, a.refreshes())
		a.kept(2)
		a.atRest()
	})
}

// A trap during a sign-out leaves nobody signed in who has been told that they are out, and a trap during a sign-in can be tried again.
func TestF13TrapDuringSignOut(t *testing.T) {
	each(t, map[string]string{"in the page": shared, "in a worker": trappedWorker}, func(t *testing.T, b build, options string) {
		a := trapped(t, b, options)
		for n := 1; ; n++ {
			a.setTrap(aMethod, n)
			var o outcome
			a.Eval("t.outcome(t.client.logout({openUrl: false}))", &o)
			sprung := a.sprung()
			if o.Error != nil {
				assert.Equal(t, "internal", o.Error.Code)
				a.Eval("t.client.logout({openUrl: false})")
			}
			assert.Equal(t, "", a.subject(), "trap %d", n)
			assert.NotContains(t, a.Text("t.stored()"), "eyJ")
			if !sprung {
				break
			}
			require.Less(t, n, 200)
			age(a) // another minute: this is no login loop
			a.signInAgain("alice", "wonderland", at(options, n))
		}
		assert.Zero(t, strings.Count(a.Text("t.stored()"), "refresh_token\":\""))
		assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 1)
	})
}
