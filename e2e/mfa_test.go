package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
)

var mfaRequired = fault.Reply{
	Status: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/json"}},
	Body: `{"error":"mfa_required","error_description":"Multifactor authentication required","mfa_token":"canary-mfa"}`,
}

// Auth0 answers a renewal with mfa_required where it wants another factor. The user stays signed in, nothing is tried again by itself, and a login
// brings the token.
func TestMFARequired(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("status of 403")
		const options = "{ahead: 0, backgroundRenewal: false, useRefreshTokensFallback: true}"
		a.signIn(options)
		age(a)
		a.stack.Faults().Answer(1, mfaRequired)
		e := a.fails("mfa_required", "t.client.getTokenSilently()")
		assert.Equal(t, "mfa_required", e.Error)
		assert.False(t, e.Retryable)
		assert.NotContains(t, e.Message+e.Description+e.Cause, "canary")
		assert.Equal(t, "demo|alice", a.subject())
		a.noFrame()
		assert.Equal(t, 1, a.refreshes())

		a.login("{authorizationParams: {prompt: 'login'}}")
		a.WaitFor("document.querySelector('#username')")
		a.authenticate("alice", "wonderland")
		a.finish(options)
		a.greeted("demo|alice")
		assert.Equal(t, 1, a.refreshes())
	})
}

func TestMFARequiredAtSignIn(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("status of 403")
		a.create(alone)
		a.callbackURL("")
		a.stack.Faults().Answer(1, mfaRequired)
		a.create(alone)
		a.fails("mfa_required", "t.client.handleRedirectCallback()")
		assert.Equal(t, "", a.subject())
		assert.Equal(t, 1, a.exchanges())
	})
}
