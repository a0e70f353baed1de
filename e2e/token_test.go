package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

func TestCacheModes(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const cacheOnly = "t.client.getTokenSilently({cacheMode: 'cache-only'}).then(token => token ?? 'none')"
		a := start(t, b)
		a.create("{ahead: 0}")
		assert.Equal(t, "none", a.Text(cacheOnly))
		a.fails("login_required", "t.client.getTokenSilently()")
		a.fails("config_invalid", "t.client.getTokenSilently({cacheMode: 'of'})")
		a.fails("config_invalid", "t.client.getTokenSilently({ignoreCache: true})")
		assert.Zero(t, a.stack.Ledger().Requests(""))

		a.signIn("{ahead: 0}")
		first := a.token()
		assert.Equal(t, first, a.Text(cacheOnly))
		assert.Equal(t, first, a.Text("t.client.getTokenSilently({cacheMode: 'on'})"))
		assert.Zero(t, a.refreshes())
		second := a.Text("t.client.getTokenSilently({cacheMode: 'off'})")
		assert.NotEqual(t, first, second)
		assert.Equal(t, 1, a.refreshes())
		assert.Equal(t, second, a.token())
		a.Eval("t.ahead = 61000")
		assert.Equal(t, "none", a.Text(cacheOnly))
		assert.Equal(t, 1, a.refreshes())
	})
}

func TestDetailedResponse(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		var answer map[string]any
		a.Eval("t.client.getTokenSilently({detailedResponse: true})", &answer)
		assert.Equal(t, a.token(), answer["access_token"])
		assert.Equal(t, a.Text("t.client.getIdTokenClaims().then(c => c.__raw)"), answer["id_token"])
		assert.Equal(t, "Bearer", answer["token_type"])
		assert.InDelta(t, 50, answer["expires_in"], 10)
		assert.Equal(t, "openid profile email read:messages offline_access", answer["scope"])
		assert.Len(t, answer, 5, "and no refresh token")
	})
}

// An access token for less than the login was granted.
func TestNarrowerScope(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("status of 400")
		a.signIn("")
		whole := a.token()
		assert.Equal(t, whole, a.Text("t.client.getTokenSilently({authorizationParams: {scope: 'openid email'}})"),
			"the token that is there covers it")
		var narrow struct {
			Token string `json:"access_token"`
			Scope string
		}
		a.Eval("t.client.getTokenSilently({authorizationParams: {scope: 'openid email'}, cacheMode: 'off', detailedResponse: true})", &narrow)
		assert.Equal(t, "openid email", narrow.Scope)
		assert.NotEqual(t, whole, narrow.Token)
		assert.Equal(t, whole, a.token(), "which leaves the whole one as it was")
		assert.Equal(t, 1, a.refreshes())

		e := a.fails("token_endpoint_error", "t.client.getTokenSilently({authorizationParams: {scope: 'openid write:messages'}})")
		assert.Equal(t, "invalid_scope", e.Error)
		assert.Equal(t, "demo|alice", a.subject(), "asking for too much ends no session")
		assert.Equal(t, whole, a.token())
	})
}

func TestTenAtOnce(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		a.Eval("t.ahead = 61000")
		gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
		a.begin("all", "Promise.all(Array.from({length: 10}, () => t.client.getTokenSilently()))")
		arrived(t, gate)
		gate.Release()
		o := a.end("all")
		require.Nil(t, o.Error)
		var tokens []string
		require.NoError(t, json.Unmarshal(o.Value, &tokens))
		for _, token := range tokens {
			assert.Equal(t, a.token(), token)
		}
		assert.Equal(t, 1, a.refreshes())
		assert.Equal(t, 2, a.session().Generation)
	})
}

// A signal abandons the wait and not the renewal, which others wait for as well.
func TestAbort(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		a.Eval("t.ahead = 61000")
		gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
		a.Eval("t.stop = new AbortController()")
		a.begin("first", "t.client.getTokenSilently({signal: t.stop.signal})")
		a.begin("second", "t.client.getTokenSilently()")
		arrived(t, gate)
		a.Eval("t.stop.abort()")
		a.failed("aborted", "the first", a.end("first"))
		gate.Release()
		assert.Nil(t, a.end("second").Error)
		assert.Equal(t, 1, a.refreshes())
		a.fails("aborted", "t.client.getTokenSilently({signal: t.stop.signal, cacheMode: 'off'})")
		a.fails("aborted", "t.client.checkSession({signal: t.stop.signal})")
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, 1, a.refreshes(), "a signal that has been aborted begins nothing")
	})
}

// The session renews itself without any call, in good time and no more often than it must.
func TestBackgroundRenewal(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.AccessTokenLifetime = 4 * time.Second })
		a.signIn("")
		a.WaitFor("t.client.session().generation >= 3")
		tokens := a.refreshes()
		assert.GreaterOrEqual(t, tokens, 2)
		assert.LessOrEqual(t, tokens, 4)
		var events []map[string]any
		a.Eval("t.told('token')", &events)
		assert.GreaterOrEqual(t, len(events), 2)
		assert.Equal(t, 1, a.stack.Ledger().MaxUses())
		a.greeted("demo|alice")

		a.Eval("t.client.close()")
		before := a.refreshes()
		a.Eval("(t.client = t.watch(new t.lib.Client(t.options({backgroundRenewal: false})))).checkSession()")
		a.token()
		assert.LessOrEqual(t, a.refreshes(), before+1)
	})
}

// A provider without refresh tokens, or an application that wants none.
func TestWithoutRefreshToken(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0, useRefreshTokens: false}")
		assert.Zero(t, a.session().Generation)
		a.greeted("demo|alice")
		a.Eval("t.ahead = 61000")
		a.fails("missing_refresh_token", "t.client.getTokenSilently()")
		assert.Equal(t, "demo|alice", a.subject())
		assert.Zero(t, a.refreshes())
	})
}

// useRefreshTokens decides about the scope alone: some providers send a refresh token without it, and it is used like any other.
func TestRefreshTokenUnasked(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.RefreshAlways = true })
		a.signIn("{ahead: 0, useRefreshTokens: false}")
		assert.Equal(t, 1, a.session().Generation)
		first := a.token()
		a.Eval("t.ahead = 61000")
		assert.NotEqual(t, first, a.token())
		assert.Equal(t, 1, a.refreshes())
		assert.Equal(t, "openid profile email read:messages", a.Text("t.client.getTokenSilently({detailedResponse: true}).then(r => r.scope)"))
		a.logout("")
		assert.Equal(t, 1, a.revoked(ledger.ByClient))
	})
}

// checkSession never rejects because nobody is signed in, and renews where it must.
func TestCheckSession(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("{ahead: 0}")
		a.Eval("t.client.checkSession()")
		assert.Equal(t, "", a.subject())
		a.signIn("{ahead: 0}")
		a.Eval("t.client.checkSession()")
		assert.Zero(t, a.refreshes())
		a.reload("{ahead: 61000}")
		assert.Equal(t, 1, a.refreshes(), "createClient has renewed what had expired")
		a.token()
		assert.Equal(t, 1, a.refreshes())
	})
}
