package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/ledger"
)

// What happens in one tab of a shared store reaches the others, through on('session') and without any call.
func TestTabsHear(t *testing.T) {
	for name, options := range map[string]string{"localstorage": shared, "custom": custom, "worker": inWorker} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.create(options)
				others := a.tabs(2, options)
				for _, tab := range others {
					assert.Equal(t, "", tab.subject())
				}
				a.signIn(options)
				for _, tab := range others {
					tab.becomes("s.status == 'signed-in' && s.user.sub == 'demo|alice'")
					same(t, a.token(), tab.token())
				}

				age(a, others[0], others[1])
				token := others[0].token()
				a.becomes("s.generation == 2")
				others[1].becomes("s.generation == 2")
				same(t, token, a.token())
				assert.Equal(t, 1, a.refreshes())

				for _, tab := range append(others, a) {
					tab.Eval("t.events.length = 0")
				}
				others[1].Eval("t.client.logout({openUrl: false})")
				for _, tab := range append(others, a) {
					tab.becomes("s.status == 'signed-out'")
					tab.endedOnce()
				}
				a.kept(1, ledger.ByClient)

				others[0].signInAgain("alice", "wonderland", options)
				a.becomes("s.status == 'signed-in'")
				a.greeted("demo|alice")
				a.atRest()
			})
		})
	}
}

// Within a second. The fastest of five counts: the machine may be busy.
func TestTabsHearSoon(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		fastest := 1e9
		for round := range 5 {
			other.Eval("void (t.heard = new Promise((resolve) => { const stop = t.client.on('session', (s) => { if (s.status == 'signed-out') { stop(); resolve(Date.now()); } }); }))")
			begun := a.number("(() => { const now = Date.now(); t.client.logout({openUrl: false}); return now; })()")
			fastest = min(fastest, other.number("t.heard")-begun)
			age(a, other) // another minute: this is no login loop
			a.signInAgain("alice", "wonderland", at(shared, round+1))
			other.becomes("s.status == 'signed-in'")
		}
		assert.Less(t, fastest, 1000.0)
	})
}

// Clients of other providers' clients, or of other stores, hear nothing.
func TestTabsOfOthersHearNothing(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		strangers := a.tabs(2, "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage', clientId: 'another'}")
		strangers = append(strangers, a.tabs(1, "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory'}")...)
		for _, tab := range strangers {
			tab.Eval("t.events.length = 0")
		}
		age(a)
		a.token()
		a.Eval("t.client.logout({openUrl: false})")
		for _, tab := range strangers {
			assert.Equal(t, "", tab.subject())
			assert.InDelta(t, 0, tab.number("t.events.length"), 0)
		}
	})
}

// The page that hears what it has done itself.
func TestTabsNoEcho(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		a.Eval("t.events.length = 0")
		age(a)
		a.token()
		other.becomes("s.generation == 2")
		age(other)
		other.token()
		a.becomes("s.generation == 3")
		assert.LessOrEqual(t, a.number("t.told('session').length"), 4.0) // generation and expiry may arrive one after the other
		assert.InDelta(t, 2, a.number("t.told('token').length"), 0)
		assert.Equal(t, 2, a.refreshes())
	})
}
