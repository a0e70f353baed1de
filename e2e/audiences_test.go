package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// manyAudiences is a client whose refresh token is for two APIs, and whose login named both (RFC 8707).
const (
	other         = "https://other.example"
	manyAudiences = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage', useMrrt: true, " +
		"authorizationParams: {audience: undefined, resource: [t.settings.audience, '" + other + "']}}"
)

// F1 with two audiences: whoever asks for one API's token gets that one's and nobody else's, however many ask at once, and no refresh token is
// used twice. (nextjs-auth0 answered one with another's: CVE-2025-67490.)
func TestF01TwoAudiences(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm, func(c *stack.Config) { c.Audiences = []string{other} })
		a.signIn(manyAudiences)
		tabs := append(a.tabs(1, manyAudiences), a)
		for range 3 {
			age(tabs...)
			gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
			for _, tab := range tabs {
				tab.begin("api", "t.audienceOf(t.settings.audience)")
				tab.begin("other", "t.audienceOf('"+other+"')")
			}
			arrived(t, gate)
			a.lockedOut(1)
			gate.Release()
			for _, tab := range tabs {
				assert.Equal(t, a.stack.APIURL(), tab.text("api"))
				assert.Equal(t, other, tab.text("other"))
			}
		}
		assert.LessOrEqual(t, a.refreshes(), 3*2*len(tabs))
		a.kept(1)
		a.greeted("demo|alice")
	})
}

// RFC 8707: the user consents to two resources at once, and each gets a token of its own. The login's is for the first.
func TestResources(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm, func(c *stack.Config) { c.Audiences = []string{other} })
		a.signIn(manyAudiences)
		assert.Equal(t, a.stack.APIURL(), a.Text("t.audienceOf()"))
		assert.Zero(t, a.refreshes())
		assert.Equal(t, other, a.Text("t.audienceOf(undefined, '"+other+"')"))
		assert.Equal(t, a.stack.APIURL(), a.Text("t.audienceOf(undefined, t.settings.audience)"), "which the login has brought")
		a.reload(manyAudiences)
		assert.Equal(t, other, a.Text("t.audienceOf(undefined, '"+other+"')"))
		assert.Equal(t, 1, a.refreshes())
		age(a)
		assert.Equal(t, other, a.Text("t.audienceOf(undefined, ['"+other+"'])"))
		assert.Equal(t, a.stack.APIURL(), a.Text("t.audienceOf()"))
		assert.Equal(t, 3, a.refreshes())
		assert.Equal(t, other, a.Text("t.told('token').map(({audience}) => audience).find((name) => name == '"+other+"')"))
		a.Allow("status of 400")
		e := a.fails("token_endpoint_error", "t.audienceOf(undefined, 'https://third.example')")
		assert.Equal(t, "invalid_target", e.Error)
		a.greeted("demo|alice")
	})
}

// A token for two resources, and a refresh token that serves no other.
func TestOneTokenForTwoResources(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm, func(c *stack.Config) { c.Audiences = []string{other} })
		a.signIn("{ahead: 0, authorizationParams: {audience: undefined, resource: [t.settings.audience, '" + other + "']}}")
		for range 2 {
			assert.Equal(t, a.stack.APIURL()+" "+other, a.Text("t.audienceOf()"))
			age(a)
		}
		assert.Equal(t, 1, a.refreshes())
		a.fails("config_invalid", "t.audienceOf(undefined, '"+other+"')")
	})
}

// A popup may sign in for another resource than the client's, whose token it then brings.
func TestPopupForAnotherResource(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, registered, func(c *stack.Config) { c.Audiences = []string{other} })
		a.create(inPopup)
		opened := a.Opened("t.begin('popup', async () => t.client.getTokenWithPopup({authorizationParams: {audience: null, resource: '" + other + "'}}))")
		opened.Ends()
		opened.Allow("favicon.ico")
		window := &app{opened, a.stack}
		window.WaitFor("document.querySelector('#username')")
		window.consent()
		o := a.end("popup")
		require.Nil(t, o.Error, "%+v", o.Error)
		assert.Equal(t, other, a.Text("t.audienceOf(undefined, '"+other+"')"))
		a.fails("missing_refresh_token", "t.client.getTokenSilently()")
	})
}
