package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// F2: a tab is killed while its renewal is under way. The next tab finds the attempt and replays it, once.
func TestF02TabKilled(t *testing.T) {
	for _, point := range points {
		t.Run(string(point), func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, overlapping)
				a.signIn(shared)
				other := a.tabs(1, shared)[0]
				age(a, other)
				gate := held(t, point, other)
				renew(a)
				a.lockedOut(1)
				other.Close()
				if point == fault.BeforeCommit { // let the provider go on with what the dead tab has sent: it is the elder request
					gate.Release()
				}
				a.text("token")
				gate.Release()
				assert.Equal(t, "demo|alice", a.subject())
				assert.Equal(t, 2, a.refreshes())
				age(a)
				a.token()
				assert.Equal(t, 3, a.refreshes())
				a.kept(2)
				a.greeted("demo|alice")
				a.atRest()
			})
		})
	}
}

// Nobody waits for the lock when the tab dies; the next one comes along later, and is told by the record alone.
func TestF02TabKilledNobodyThere(t *testing.T) {
	for name, options := range map[string]string{"localstorage": shared, "custom": custom} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, overlapping)
				other := &app{a.Sibling(), a.stack}
				a.signIn(options)
				age(a)
				gate := held(t, fault.AfterCommit, a)
				a.Close()
				gate.Release()
				other.open(home)
				other.create(options)
				assert.Equal(t, "demo|alice", other.subject())
				age(other)
				other.token()
				assert.Equal(t, 2, a.refreshes())
				a.kept(2)
			})
		})
	}
}

// The session of a tab's own worker goes with its page, whatever was under way. Its lock goes too, and what is sent meanwhile harms nobody.
func TestF02ReloadInWorker(t *testing.T) {
	for _, point := range points {
		t.Run(string(point), func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.BeforeScripts(ofItsOwn)
				a.signIn(inWorker)
				age(a)
				gate := held(t, point, a)
				a.reload(at(inWorker, 1))
				gate.Release()
				assert.Equal(t, "", a.subject())
				a.fails("login_required", "t.client.getTokenSilently()")
				a.atRest()
				a.signInAgain("alice", "wonderland", at(inWorker, 1))
				age(a)
				a.token()
				assert.LessOrEqual(t, a.refreshes(), 2)
				a.kept(1)
				a.greeted("demo|alice")
			})
		})
	}
}

func TestF02TabKilledWithoutOverlap(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("status of 400")
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		age(a, other)
		gate := held(t, fault.AfterCommit, other)
		other.Close()
		gate.Release()
		a.Eval("t.events.length = 0")
		a.fails("session_revoked", "t.client.getTokenSilently()")
		a.endedOnce()
		assert.Equal(t, 2, a.refreshes())
		a.kept(2, ledger.Reuse)
	})
}

// The page is reloaded meanwhile, and is its own successor.
func TestF02Reload(t *testing.T) {
	for name, options := range map[string]string{"sessionstorage": alone, "localstorage": shared} {
		for _, point := range points {
			t.Run(name+" "+string(point), func(t *testing.T) {
				eachBuild(t, func(t *testing.T, b build) {
					a := start(t, b, overlapping)
					a.signIn(options)
					age(a)
					gate := held(t, point, a)
					if point == fault.BeforeCommit {
						gate.Release()
					}
					a.reload(at(options, 1))
					assert.Equal(t, "demo|alice", a.subject())
					a.token()
					gate.Release()
					assert.LessOrEqual(t, a.refreshes(), 2) // one, where the answer was faster than the reload
					a.greeted("demo|alice")
					age(a)
					a.token()
					a.kept(2)
				})
			})
		}
	}
}

// The same where the provider takes the replay for theft. The page finds out when it starts, which is no call that could fail: the log says why
// its user is asked to sign in.
func TestF02ReloadWithoutOverlap(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("status of 400")
		a.signIn(shared)
		age(a)
		gate := held(t, fault.AfterCommit, a)
		a.reload("{..." + at(shared, 1) + ", logs: true}")
		gate.Release()
		assert.Contains(t, a.Text("t.told('log').map((l) => l.code + ' ' + l.message).join()"), "renewal_failed session_revoked")
		a.fails("login_required", "t.client.getTokenSilently()")
		assert.Equal(t, 2, a.refreshes())
		a.kept(2, ledger.Reuse)
	})
}
