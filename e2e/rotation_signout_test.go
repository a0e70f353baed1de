package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// F11: the user signs out while a renewal is under way, in the same tab or in another. The sign-out wins: what comes back is given up, never
// stored, and the provider hears that the family is over.
func TestF11SignOutRacesRenewal(t *testing.T) {
	for name, options := range map[string]string{"sessionstorage": alone, "localstorage": shared, "custom": custom, "worker": inWorker} {
		for _, elsewhere := range []bool{false, true} {
			if elsewhere && name == "sessionstorage" {
				continue
			}
			for _, point := range points {
				t.Run(name+map[bool]string{true: " in another tab ", false: " here "}[elsewhere]+string(point), func(t *testing.T) {
					eachBuild(t, func(t *testing.T, b build) {
						a := start(t, b, calm)
						a.Allow("status of 400") // the family may be revoked before the renewal gets there
						a.signIn(options)
						renewing, leaving := a, a
						all := []*app{a}
						if elsewhere {
							renewing = a.tabs(1, options)[0]
							renewing.Allow("status of 400")
							all = append(all, renewing)
						}
						secrets := a.secrets()
						age(all...)
						for _, tab := range all {
							tab.Eval("t.events.length = 0")
						}
						gate := held(t, point, renewing)
						leaving.Eval("t.client.logout({openUrl: false})")
						assert.Equal(t, "", leaving.subject())
						gate.Release()
						renewing.failed("login_required", "the renewal", renewing.end("token"))
						for _, tab := range all {
							tab.endedOnce()
							tab.nothingStored(secrets)
							assert.NotContains(t, tab.Text("t.stored()"), "eyJ", "neither an ID token nor an access token")
						}
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

// The renewal waits for its turn when the user signs out: it must not begin at all.
func TestF11SignOutBeforeItsTurn(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		others := a.tabs(2, shared)
		age(a, others[0], others[1])
		gate := held(t, fault.AfterCommit, others[0])
		renew(others[1])
		a.lockedOut(1)
		a.Eval("t.client.logout({openUrl: false})")
		gate.Release()
		for _, tab := range others {
			tab.failed("login_required", "the renewal", tab.end("token"))
			assert.Equal(t, "", tab.subject())
		}
		assert.Equal(t, 1, a.refreshes())
		a.kept(1, ledger.ByClient)
	})
}

// The same in one tab, whose second call asks for another token than its first.
func TestF11SignOutBeforeItsTurnInOneTab(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		age(a)
		gate := held(t, fault.AfterCommit, a)
		a.begin("another", "t.client.getTokenSilently({authorizationParams: {scope: 'openid email'}})")
		a.lockedOut(1)
		a.Eval("t.client.logout({openUrl: false})")
		gate.Release()
		a.failed("login_required", "the renewal", a.end("token"))
		a.failed("login_required", "the one that waited", a.end("another"))
		assert.Equal(t, "", a.subject())
		assert.Equal(t, 1, a.refreshes())
		a.kept(1, ledger.ByClient)
	})
}

// A sign-in right after the sign-out is another family: what the first one's renewal brings doesn't touch it.
func TestF11SignInAfterwards(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		age(other)
		gate := held(t, fault.AfterCommit, other)
		a.Eval("t.client.logout({openUrl: false})")
		a.signInAgain("alice", "wonderland", at(shared, 1))
		token := a.token()
		gate.Release()
		if o := other.end("token"); o.Error != nil {
			assert.Equal(t, "login_required", o.Error.Code)
		}
		same(t, token, a.token())
		assert.Equal(t, "demo|alice", a.subject())
		age(a)
		a.token()
		a.greeted("demo|alice")
		a.kept(1, ledger.ByClient)
	})
}
