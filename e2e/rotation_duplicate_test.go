package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// duplicate opens the page in a tab that begins with a copy of sessionStorage, refresh token included, as a tab does that the user duplicates.
func (a *app) duplicate(options string) *app {
	a.Helper()
	other := &app{a.Opened("window.open(location.href)"), a.stack}
	other.Eval("0")
	other.ready()
	other.create(options)
	return other
}

// F16: both tabs of a duplicated one work on through many rotations, and no family is lost.
func TestF16Duplicated(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		other := a.duplicate(alone)
		assert.Equal(t, "demo|alice", other.subject())
		both := []*app{a, other}
		for round := range 10 {
			age(both...)
			leader, follower := both[round%2], both[(round+1)%2]
			token := leader.token()
			same(t, token, follower.token(), "round %d", round)
			assert.Equal(t, round+1, a.refreshes())
			assert.Equal(t, round+2, follower.session().Generation)
		}
		a.kept(1)
		for _, tab := range both {
			tab.greeted("demo|alice")
			tab.reload(alone)
			assert.Equal(t, "demo|alice", tab.subject())
			age(tab)
		}
		a.kept(1)
	})
}

func TestF16AtOnce(t *testing.T) {
	for _, point := range points {
		t.Run(string(point), func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.signIn(alone)
				everybody := []*app{a, a.duplicate(alone)}
				everybody = append(everybody, everybody[1].duplicate(alone))
				for round := range 3 {
					age(everybody...)
					gate := held(t, point, everybody...)
					a.lockedOut(2)
					gate.Release()
					token := a.text("token")
					for _, tab := range everybody[1:] {
						same(t, token, tab.text("token"))
					}
					assert.Equal(t, round+1, a.refreshes())
				}
				a.kept(1)
			})
		})
	}
}

// One of them slept through several rotations.
func TestF16Slept(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		other := a.duplicate(alone)
		other.Freeze()
		for range 4 {
			age(a, other)
			a.token()
		}
		other.Thaw()
		same(t, a.token(), other.token())
		assert.Equal(t, 4, a.refreshes())
		a.kept(1)
	})
}

// The one that has the new token is gone, and the other was elsewhere when it would have heard of it. It knows that its own token was used,
// and doesn't send it: better one sign-in than a family revoked.
func TestF16SiblingGone(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		other := a.duplicate(alone)
		other.Goto(a.stack.AppURL() + home + "empty.html")
		age(a)
		a.token()
		a.Close()
		other.open(home)
		other.create(at(alone, 1))
		other.fails("login_required", "t.client.getTokenSilently()")
		other.fails("login_required", "t.client.getTokenSilently()")
		assert.Equal(t, 1, other.refreshes(), "the spent token wasn't sent")
		other.kept(1)
		other.signInAgain("alice", "wonderland", at(alone, 1))
		age(other)
		other.token()
		other.kept(1)
	})
}

// One dies in the middle of a renewal. The other finds the attempt, and replays it.
func TestF16SiblingDies(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, overlapping)
		a.signIn(alone)
		other := a.duplicate(alone)
		a.outlives(t, other)
	})
}

// Signing out in one is signing out in both: it is one family, and the provider has ended it.
func TestF16SignOut(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		other := a.duplicate(alone)
		other.Eval("t.events.length = 0")
		a.Eval("t.client.logout({openUrl: false})")
		other.becomes("s.status == 'signed-out'")
		other.endedOnce()
		assert.NotContains(t, other.Text("t.stored()"), "eyJ")
		assert.Zero(t, a.refreshes())
		a.kept(0, ledger.ByClient)
	})
}

// Rotation in one is heard by the other, without a call, whatever becomes of the one as it has its answer: nobody else has the new token.
func TestF16HearsOfRotation(t *testing.T) {
	for end, script := range map[string]string{
		"lives":                 "0",
		"is being closed":       "void dispatchEvent(new Event('pagehide'))",
		"has closed its client": "t.client.close()",
		"dies, having noted the generation": `{
			const { put } = IDBObjectStore.prototype;
			IDBObjectStore.prototype.put = function (value, key) {
				if (value.text?.includes('"gen":2')) BroadcastChannel.prototype.postMessage = () => {};
				return put.call(this, value, key);
			};
		}`,
	} {
		t.Run(end, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.signIn(alone)
				other := a.duplicate(alone)
				age(a, other)
				gate := held(t, fault.AfterCommit, other)
				other.Eval(script)
				gate.Release()
				a.becomes("s.generation == 2")
				other.Close()
				a.token()
				assert.Equal(t, 1, a.refreshes())
				a.kept(1)
			})
		})
	}
}
