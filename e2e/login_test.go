package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// The whole job, as a user sees it and as the servers do.
func TestSignInAndOut(t *testing.T) {
	for _, user := range []struct{ name, password, fullName string }{
		{"alice", "wonderland", "Alice Liddell"},
		{"bob", "builder", "Bob Cratchit"},
	} {
		t.Run(user.name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b)
				a.create("{ahead: 0}")
				assert.Equal(t, "", a.subject())
				a.signInAs(user.name, user.password, "{ahead: 0}")
				assert.Equal(t, user.fullName, a.Text("t.client.getUser().then(u => u.name)"))
				assert.Equal(t, 1, a.exchanges())
				assert.Zero(t, a.refreshes())
				a.greeted("demo|" + user.name)

				// The token is used for half its minute, then it is renewed.
				first := a.token()
				assert.Equal(t, first, a.token())
				assert.Equal(t, 1, a.session().Generation)
				a.Eval("t.ahead = 31000")
				second := a.token()
				assert.NotEqual(t, first, second)
				assert.Equal(t, 2, a.session().Generation)
				assert.Equal(t, 1, a.refreshes())
				a.greeted("demo|" + user.name)

				a.reload("{ahead: 31000}")
				assert.Equal(t, "demo|"+user.name, a.subject())
				assert.Equal(t, second, a.token())
				assert.Equal(t, 1, a.refreshes(), "a reload asks for nothing")
				assert.Equal(t, 1, a.stack.Ledger().MaxUses())

				a.logout("")
				a.create("")
				assert.Equal(t, "", a.subject())
				assert.Equal(t, 1, a.revoked(ledger.ByClient), "the provider has ended the refresh token")
				a.login("")
				a.WaitFor("document.querySelector('#password')") // the provider has ended its own session
			})
		})
	}
}

// greeted asks the API who it is that calls.
func (a *app) greeted(subject string) {
	a.Helper()
	var me struct {
		Status int
		Sub    string
	}
	a.Eval("t.api('/me')", &me)
	assert.Equal(a, http.StatusOK, me.Status)
	assert.Equal(a, subject, me.Sub)
}

func TestWrongPassword(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("status of 401")
		a.create("")
		a.login("")
		a.authenticate("alice", "looking-glass")
		a.WaitFor("document.querySelector('#problem')")
		a.authenticate("alice", "wonderland")
		a.answer("allow")
		a.finish("")
		assert.Equal(t, "demo|alice", a.subject())
	})
}

func TestUserRefuses(t *testing.T) {
	for name, refuse := range map[string]func(*app){
		"login": func(a *app) { a.answer("cancel") },
		"consent": func(a *app) {
			a.authenticate("alice", "wonderland")
			a.answer("deny")
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b)
				a.create("")
				a.login("{appState: {from: 'the checkout', items: [1, 2]}}")
				refuse(a)
				a.ready()
				a.create("")
				e := a.fails("access_denied", "t.client.handleRedirectCallback()")
				assert.Equal(t, "access_denied", e.Error)
				assert.NotEmpty(t, e.Description)
				assert.False(t, e.Retryable)
				assert.JSONEq(t, `{"from": "the checkout", "items": [1, 2]}`, string(e.AppState))
				a.clean()
				assert.Zero(t, a.exchanges())
				assert.Equal(t, "", a.subject())

				a.login("")
				if name == "login" {
					a.authenticate("alice", "wonderland")
				}
				a.answer("allow")
				a.finish("")
				assert.Equal(t, "demo|alice", a.subject(), "the next try is a new one")
			})
		})
	}
}

// A deep link survives the way to the provider and back, in the application's own state.
func TestDeepLink(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const state = `{"returnTo": "/e2e/?view=inbox#message-3", "draft": "äöü \u2028 \"quoted\"", "list": [1, null, true, {"deep": {}}]}`
		a := start(t, b)
		a.create("")
		a.callbackURL("{appState: " + state + "}")
		a.create("")
		var result struct {
			AppState     any    `json:"appState"`
			ResponseType string `json:"response_type"`
		}
		a.Eval("t.client.handleRedirectCallback()", &result)
		assert.Equal(t, "code", result.ResponseType)
		var want any
		a.Eval("("+state+")", &want)
		assert.Equal(t, want, result.AppState)
	})
}

// Signed in at the provider already, a user isn't asked again, and an application can insist that they are.
func TestSecondSignIn(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		a.Eval("t.client.logout({openUrl: false})")
		a.login("")
		a.finish("")
		assert.Equal(t, "demo|alice", a.subject())

		a.login("{authorizationParams: {prompt: 'login', login_hint: 'bob'}}")
		a.WaitFor("document.querySelector('#username')")
		assert.Equal(t, "bob", a.Text("document.querySelector('#username').value"))
		a.authenticate("bob", "builder")
		a.answer("allow")
		a.finish("")
		assert.Equal(t, "demo|bob", a.subject(), "another user takes the place of the first")
		a.greeted("demo|bob")
	})
}

// openUrl takes the navigation over.
func TestOpenURL(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		var url string
		a.Eval(`(async () => {
			let seen;
			await t.client.loginWithRedirect({fragment: 'form', openUrl: async (url) => { seen = url; }});
			return seen;
		})()`, &url)
		assert.Contains(t, url, a.stack.IssuerURL()+"/authorize?")
		assert.Contains(t, url, "code_challenge_method=S256")
		assert.Contains(t, url, "#form")
		assert.Equal(t, a.stack.AppURL()+home, a.URL())
	})
}

// An unknown client is the developer's mistake: the provider says so on a page of its own, since nothing vouches for where to return to.
func TestUnknownClient(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("status of 4")
		a.create("{clientId: 'nobody'}")
		a.login("")
		a.WaitFor("document.querySelector('#problem')")
		a.Back(1)
		a.reload("")
		assert.Equal(t, "", a.subject())
	})
}

func TestProviderDown(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("ERR_CONNECTION_REFUSED")
		assert.NoError(t, a.stack.StopIssuer())
		a.create("")
		assert.Equal(t, "", a.subject())
		assert.True(t, a.fails("discovery_failed", "t.client.loginWithRedirect()").Retryable)
		assert.Equal(t, a.stack.AppURL()+home, a.URL())

		assert.NoError(t, a.stack.StartIssuer())
		a.login("") // the same client
		a.authenticate("alice", "wonderland")
		a.answer("allow")
		a.finish("")
		first := a.token()

		assert.NoError(t, a.stack.StopIssuer())
		a.reload("{ahead: 0}")
		assert.Equal(t, "demo|alice", a.subject(), "what was stored needs no provider")
		assert.Equal(t, first, a.token())
		a.reload("{ahead: 61000}")
		assert.Equal(t, "demo|alice", a.subject())
		var o outcome
		a.Eval("t.outcome(t.client.getTokenSilently())", &o)
		if assert.NotNil(t, o.Error) {
			assert.Contains(t, []string{"network", "discovery_failed"}, o.Error.Code)
			assert.True(t, o.Error.Retryable)
		}
		assert.Equal(t, "demo|alice", a.subject())

		assert.NoError(t, a.stack.StartIssuer())
		a.Eval("t.ahead += 5000") // two failures in a row: a page leaves the provider alone for a moment
		assert.NotEqual(t, first, a.token())
		assert.Equal(t, 1, a.stack.Ledger().MaxUses())
	})
}

// ES256 and a provider that answers slowly are nothing special.
func TestOtherAlgorithm(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.Algorithm = "ES256" })
		a.signIn("{ahead: 0}")
		a.Eval("t.ahead = 31000")
		a.token()
		a.greeted("demo|alice")
	})
}
