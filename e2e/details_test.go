package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// RFC 9396: what was granted is what is told, and not what was asked for; the provider here adds the account that a payment is made from. It is
// the same after a reload and after a renewal, and pushed requests carry it too.
func TestAuthorizationDetails(t *testing.T) {
	for name, par := range map[string]bool{"in the address": false, "pushed": true} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm, func(c *stack.Config) { c.RequirePAR = par })
				const options = "{ahead: 0, backgroundRenewal: false, authorizationParams: {authorization_details: [{type: 'payment', payee: 'Zoë & Co', amount: {value: '12.50'}}]}}"
				a.signIn(options)
				granted := func() (got []map[string]any) {
					a.Eval("t.client.getTokenSilently({detailedResponse: true}).then((response) => response.authorization_details)", &got)
					return got
				}
				want := []map[string]any{{
					"type": "payment", "payee": "Zoë & Co", "amount": map[string]any{"value": "12.50"}, "account": "DE00 1234",
				}}
				assert.Equal(t, want, granted())
				a.reload(options)
				assert.Equal(t, want, granted())
				assert.Zero(t, a.refreshes())
				age(a)
				assert.Equal(t, want, granted())
				assert.Equal(t, 1, a.refreshes())
				a.fails("config_invalid", "t.client.getTokenSilently({authorizationParams: {authorization_details: [{type: 'payment'}]}})")
			})
		})
	}
}

// What the provider refuses comes back as its own error.
func TestAuthorizationDetailsRefused(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm, func(c *stack.Config) { c.RequirePAR = true })
		a.Allow("status of 400")
		a.create("{}")
		for _, details := range []string{"[{type: 'payment'}]", "[{type: 'unheard-of'}]"} {
			e := a.fails("authorization_failed", "t.client.loginWithRedirect({authorizationParams: {authorization_details: "+details+"}})")
			assert.Equal(t, "invalid_authorization_details", e.Error)
		}
		for _, details := range []string{"[]", "{type: 'payment'}", "[{payee: 'x'}]", "'[]'"} {
			a.fails("config_invalid", "t.client.loginWithRedirect({authorizationParams: {authorization_details: "+details+"}})")
		}
	})
}
