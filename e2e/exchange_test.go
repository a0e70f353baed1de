package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

const exchanges = "urn:ietf:params:oauth:grant-type:token-exchange"

// RFC 8693: an access token for what the application has from elsewhere, here its own ID token. The session takes no part in it.
func TestTokenExchange(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm, func(c *stack.Config) { c.Audiences = []string{other} })
		a.signIn("{ahead: 0, backgroundRenewal: false}")
		token := a.token()
		before := a.Text("t.stored()")
		a.Eval("t.events.length = 0")
		a.Eval(`(async () => {
			t.traded = await t.client.exchangeToken({
				subject_token: (await t.client.getIdTokenClaims()).__raw, subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
				resource: '` + other + `', scope: 'read:messages',
			});
		})()`)
		var traded map[string]any
		a.Eval("t.traded", &traded)
		assert.Equal(t, "Bearer", traded["token_type"])
		assert.Equal(t, "read:messages", traded["scope"])
		assert.InDelta(t, 300, traded["expires_in"], 30)
		assert.NotContains(t, traded, "id_token")
		assert.NotContains(t, traded, "refresh_token")
		var claims map[string]any
		a.Eval("JSON.parse(atob(t.traded.access_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')))", &claims)
		assert.Equal(t, other, claims["aud"])
		assert.Equal(t, "demo|alice", claims["sub"])

		assert.Equal(t, before, a.Text("t.stored()"), "nothing is kept")
		assert.Equal(t, token, a.token())
		assert.True(t, a.Bool("t.events.length == 0"), "and nothing told")
		assert.Zero(t, a.refreshes())
		assert.Equal(t, 1, a.stack.Ledger().Requests(exchanges))
	})
}

// What fails is typed, repeats no token (this provider does), and signs nobody out.
func TestTokenExchangeFails(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0, backgroundRenewal: false}")
		a.Allow("status of 400")
		a.Allow("net::ERR_")
		const subject = "{subject_token: 'canary-subject', subject_token_type: 'urn:ietf:params:oauth:token-type:id_token'}"
		e := a.fails("token_endpoint_error", "t.client.exchangeToken("+subject+")")
		assert.Equal(t, "invalid_grant", e.Error)
		assert.NotContains(t, e.Message+e.Description+e.Cause, "canary")
		assert.False(t, e.Retryable)

		a.stack.Faults().Cut(fault.BeforeCommit, 3) // a browser may send it again by itself
		assert.True(t, a.fails("network", "t.client.exchangeToken("+subject+")").Retryable)
		a.stack.Faults().Clear()
		for _, options := range []string{"", "{}", "{subject_token: 'canary-subject'}", "{...(" + subject + "), client_secret: 'canary'}"} {
			assert.NotContains(t, a.fails("config_invalid", "t.client.exchangeToken("+options+")").Message, "canary")
		}
		a.greeted("demo|alice")
	})
}
