package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// F1: tabs that share a store and renew at once. One request for each rotation, and all have its token.

func TestF01TwoTabs(t *testing.T) {
	for name, options := range map[string]string{"localstorage": shared, "custom": custom} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.signIn(options)
				all := append(a.tabs(1, options), a)
				for round := range 3 {
					before := a.token()
					age(all...)
					gate := held(t, fault.BeforeCommit, all...)
					a.lockedOut(1)
					gate.Release()
					after := a.text("token")
					assert.NotEqual(t, before, after)
					for _, tab := range all {
						same(t, after, tab.text("token"))
						same(t, after, tab.token())
						assert.Equal(t, round+2, tab.session().Generation)
					}
					assert.Equal(t, round+1, a.refreshes())
				}
				a.kept(1)
				a.atRest()
			})
		})
	}
}

func TestF01TwentyTabs(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(shared)
		others := a.tabs(19, shared)
		all := append(others, a)
		for round := range 2 {
			age(all...)
			gate := held(t, fault.AfterCommit, all...)
			a.lockedOut(19)
			gate.Release()
			token := a.text("token")
			for _, tab := range others {
				same(t, token, tab.text("token"))
			}
			assert.Equal(t, round+1, a.refreshes())
		}
		a.kept(1)
		a.atRest()
	})
}

// In one tab, too: one request serves all who ask for the same at once, and who asks for another token waits for his turn.
func TestF01OneTab(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		const callers = 20
		a := start(t, b, calm)
		a.signIn(options)
		for round := range 3 {
			age(a)
			gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
			for i := range callers {
				a.begin("whole "+itoa(i), "t.client.getTokenSilently()")
			}
			a.begin("narrow", "t.client.getTokenSilently({cacheMode: 'off', authorizationParams: {scope: 'openid email'}})")
			arrived(t, gate)
			a.lockedOut(1)
			gate.Release()
			token := a.text("whole 0")
			for i := range callers {
				same(t, token, a.text("whole "+itoa(i)))
			}
			a.text("narrow")
			assert.LessOrEqual(t, a.refreshes(), 2*(round+1))
		}
		a.kept(1)
		a.greeted("demo|alice")
		a.atRest()
	})
}

// One tab after the other, many times: each takes over what the other has, though it was never told to look.
func TestF01TakingTurns(t *testing.T) {
	for name, options := range map[string]string{"localstorage": shared, "custom": custom, "worker": inWorker} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.signIn(options)
				all := append(a.tabs(2, options), a)
				for round := range 6 {
					age(all...)
					leader := all[round%3]
					token := leader.token()
					for _, tab := range all {
						same(t, token, tab.token())
					}
					assert.Equal(t, round+1, a.refreshes())
				}
				a.kept(1)
			})
		})
	}
}

// One refresh token serves every token that is asked for, so two that differ must not be asked for with the same one. They differ in scope
// here, and in audience below.
func TestF01TwoKinds(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const narrow = "t.client.getTokenSilently({cacheMode: 'off', authorizationParams: {scope: 'openid email'}})"
		a := start(t, b, calm)
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		for range 3 {
			age(a, other)
			gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
			for _, tab := range []*app{a, other} {
				tab.begin("whole", "t.client.getTokenSilently()")
				tab.begin("narrow", narrow)
			}
			arrived(t, gate)
			a.lockedOut(1)
			gate.Release()
			for _, tab := range []*app{a, other} {
				tab.text("whole")
				tab.text("narrow")
			}
		}
		assert.LessOrEqual(t, a.refreshes(), 3*4)
		a.kept(1)
		a.greeted("demo|alice")
		other.greeted("demo|alice")
	})
}
