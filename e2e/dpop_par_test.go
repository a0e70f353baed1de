package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// The key is named in a request that is pushed, too, and tokens of a hidden frame are bound to it as those of a login are.
func TestDPoPPushedAndSilent(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, demanding, func(c *stack.Config) { c.RequirePAR = true })
		a.Allow("the server responded with a status of 40")
		a.signIn(dpop)
		a.Eval("sessionStorage.clear()")
		a.reload("{backgroundRenewal: false, useDpop: true, useRefreshTokensFallback: true}")
		a.Eval("t.client.checkSession()")
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, "DPoP", a.Text("t.client.getTokenSilently({detailedResponse: true}).then(r => r.token_type)"))
		a.fresh()
		assert.Equal(t, 2, a.session().Generation)
	})
}
