package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// RFC 9126: a provider that takes no request from the address bar gets it beforehand.
func TestPushedAuthorizationRequest(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm, func(c *stack.Config) { c.RequirePAR = true })
		a.signIn(alone)
		age(a)
		a.token()
		assert.Equal(t, 1, a.refreshes())
		a.Eval("sessionStorage.clear()")
		a.reload("{ahead: 0, useRefreshTokensFallback: true}")
		a.Eval("t.client.checkSession()")
		assert.Equal(t, "demo|alice", a.subject(), "in the hidden frame as well")

	})
}
