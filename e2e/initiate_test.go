package e2e

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// from is the query with which another page sends the user here to sign in (OpenID Connect Core section 4).
func (a *app) from(issuer, target string) string {
	return "?" + url.Values{"iss": {issuer}, "login_hint": {"alice"}, "target_link_uri": {target}}.Encode()
}

func TestInitiateLogin(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.open(home + a.from(a.stack.IssuerURL(), a.stack.AppURL()+"/e2e/?view=inbox#message-3"))
		a.create("")
		a.begin("login", "t.client.initiateLogin()")
		a.WaitFor("document.querySelector('#username')")
		assert.Equal(t, "alice", a.Text("document.querySelector('#username').value"), "the hint")
		a.authenticate("alice", "wonderland")
		a.answer("allow")
		a.ready()
		a.create("")
		assert.Equal(t, "/e2e/?view=inbox#message-3", a.Text("t.client.handleRedirectCallback().then((r) => r.appState.returnTo)"))
		assert.Equal(t, "demo|alice", a.subject())
	})
}

func TestInitiateLoginRefuses(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		a.Eval("t.here = true")
		for code, query := range map[string]string{
			"issuer_mismatch":  a.from("https://evil.example", "/"),
			"redirect_blocked": a.from(a.stack.IssuerURL(), "https://evil.example/"),
			"callback_invalid": a.from(a.stack.IssuerURL(), "/") + "&login_hint=bob",
		} {
			e := a.fails(code, "t.client.initiateLogin('"+query+"')")
			assert.NotContains(t, e.Message, "evil")
		}
		a.fails("issuer_mismatch", "t.client.initiateLogin()")
		a.fails("callback_invalid", "t.client.initiateLogin('https://[')")
		assert.True(t, a.Bool("t.here"), "nobody left")
		a.noFrame()
	})
}

// A page that sends the user here again and again is stopped as any other loop is.
func TestInitiateLoginLoops(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { calm(c) })
		a.known(alone)
		const again = "{ahead: 120000, backgroundRenewal: false}"
		address := home + a.from(a.stack.IssuerURL(), "")
		for range 4 {
			a.open(address)
			a.create(again)
			a.begin("login", "t.client.initiateLogin()")
			a.WaitFor("window.t && !t.client && location.search.includes('code=')")
		}
		a.open(address)
		a.create(again)
		a.fails("login_loop", "t.client.initiateLogin()")
	})
}
