package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// What an application may say of how its user signs in, and what the provider makes of it.
func TestLoginParameters(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.create(alone)
		a.login("{authorizationParams: {login_hint: 'bob', acr_values: '" + stack.ACRFresh + "'}}")
		assert.Equal(t, "bob", a.Text("document.querySelector('#username').value"))
		a.authenticate("bob", "builder")
		a.answer("allow")
		a.finish(alone)
		assert.Equal(t, stack.ACRFresh, a.Text("t.client.getIdTokenClaims().then((claims) => claims.acr)"))

		// Whoever is signed in at the provider is asked all the same, and their answer is fresh.
		before := a.number("t.client.getIdTokenClaims().then((claims) => claims.auth_time)")
		a.login("{authorizationParams: {max_age: 0}}")
		a.WaitFor("document.querySelector('#password')")
		a.authenticate("bob", "builder")
		a.finish(alone)
		assert.GreaterOrEqual(t, a.number("t.client.getIdTokenClaims().then((claims) => claims.auth_time)"), before)
		assert.Equal(t, "demo|bob", a.subject())
	})
}

// The rest reaches the provider as it is written.
func TestLoginParametersArrive(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		a.Eval("t.client.loginWithRedirect({openUrl: (url) => { t.url = new URL(url); }, authorizationParams: {" +
			"ui_locales: 'de-CH en', screen_hint: 'signup', organization: 'org_1', invitation: 't&c', claims: {userinfo: {email: null}}, display: 'popup'}})")
		for name, want := range map[string]string{
			"ui_locales": "de-CH en", "screen_hint": "signup", "organization": "org_1", "invitation": "t&c", "claims": `{"userinfo":{"email":null}}`,
			"display": "popup",
		} {
			assert.Equal(t, want, a.Text("t.url.searchParams.getAll("+chromium.Quote(name)+").join()"))
		}
		for _, params := range []string{"acr_values: ['a']", "organization: 5", "claims: 'email'", "max_age: -1", "max_age: NaN"} {
			a.fails("config_invalid", "t.client.loginWithRedirect({authorizationParams: {"+params+"}})")
		}
	})
}
