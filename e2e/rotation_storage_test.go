package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// F9: the user clears the site's data while a renewal is under way. That is a sign-out: what arrives late is given back, never stored.
func TestF09ClearedMidFlight(t *testing.T) {
	for name, clear := range map[string]func(*app){
		"storage":    func(a *app) { a.Eval("localStorage.clear(); sessionStorage.clear()") },
		"everything": func(a *app) { a.ForgetSite() },
	} {
		for _, options := range []string{alone, shared} {
			for _, point := range points {
				t.Run(name+" "+string(point)+" "+options, func(t *testing.T) {
					eachBuild(t, func(t *testing.T, b build) {
						a := start(t, b, calm)
						a.signIn(options)
						age(a)
						a.Eval("t.events.length = 0")
						gate := held(t, point, a)
						clear(a)
						gate.Release()
						a.failed("login_required", "the renewal", a.end("token"))
						a.endedOnce()
						assert.NotContains(t, a.Text("t.stored()"), "eyJ")
						a.reload(options)
						assert.Equal(t, "", a.subject())
						assert.Equal(t, 1, a.refreshes())
						a.kept(1, ledger.ByClient)
						a.signInAgain("alice", "wonderland", options)
					})
				})
			}
		}
	}
}

// A worker's session is in none of the stores that a user clears, or that fill up: it goes on, and uses no token twice.
func TestF09InWorker(t *testing.T) {
	for name, trouble := range map[string]func(*app){
		"storage cleared":    func(a *app) { a.Eval("localStorage.clear(); sessionStorage.clear()") },
		"everything cleared": func(a *app) { a.ForgetSite() },
		"full": func(a *app) {
			a.Eval("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
		},
	} {
		for _, point := range points {
			t.Run(name+" "+string(point), func(t *testing.T) {
				eachBuild(t, func(t *testing.T, b build) {
					a := start(t, b, calm)
					a.signIn(inWorker)
					for range 2 {
						age(a)
						gate := held(t, point, a)
						trouble(a)
						gate.Release()
						same(t, a.text("token"), a.token())
					}
					assert.Equal(t, 2, a.refreshes())
					assert.Equal(t, "worker", a.session().Storage)
					assert.NotContains(t, a.warned(), "storage_degraded")
					a.kept(1)
					a.greeted("demo|alice")
				})
			})
		}
	}
}

// Cleared while nothing is under way, too.
func TestF09ClearedAtRest(t *testing.T) {
	for _, options := range []string{alone, shared} {
		t.Run(options, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.signIn(options)
				a.Eval("t.events.length = 0")
				a.ForgetSite()
				age(a)
				a.fails("login_required", "t.client.getTokenSilently()")
				a.endedOnce()
				assert.Zero(t, a.refreshes())
				a.signInAgain("alice", "wonderland", options)
			})
		})
	}
}

// The store fills up while the answer is on its way: the session goes on in memory, says so, and leaves no token behind that has been used.
func TestF09FullMidFlight(t *testing.T) {
	for _, options := range []string{alone, shared} {
		for _, point := range points {
			t.Run(string(point)+" "+options, func(t *testing.T) {
				eachBuild(t, func(t *testing.T, b build) {
					a := start(t, b, calm)
					a.signIn(options)
					old := a.secrets()
					age(a)
					gate := held(t, point, a)
					a.Eval("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
					gate.Release()
					token := a.text("token")
					same(t, token, a.token())
					assert.Contains(t, a.warned(), "storage_degraded")
					assert.Equal(t, "memory", a.session().Storage)
					a.nothingStored(old)
					for range 2 {
						age(a)
						a.token()
					}
					a.greeted("demo|alice")
					a.kept(1)
				})
			})
		}
	}
}

// F14: a later version of the package writes a record that this one doesn't understand. It is left alone, whatever this version does.
func TestF14LaterVersion(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		key := a.Text("Object.keys(localStorage).find((key) => key.includes('session'))")
		record := "localStorage.getItem(" + chromium.Quote(key) + ")"
		now := a.Text(record)
		later := now[:len("postern/")] + "9" + now[strings.IndexByte(now, ' '):]
		other.Eval("localStorage.setItem(" + chromium.Quote(key) + ", " + chromium.Quote(later) + ")")
		a.WaitFor(record + " == " + chromium.Quote(later))

		age(a, other)
		for _, tab := range []*app{a, other} {
			tab.fails("storage_corrupt", "t.client.getTokenSilently()")
			tab.Eval("t.outcome(t.client.checkSession())")
		}
		other.Reload()
		other.ready()
		other.Eval("t.outcome(t.create(" + shared + "))")
		assert.Equal(t, later, a.Text(record))
		assert.Zero(t, a.refreshes())
		a.kept(1)
	})
}
