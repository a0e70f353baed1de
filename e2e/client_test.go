package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

func TestUserAndClaims(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		assert.True(t, a.Bool("t.client.getUser().then(u => u === undefined)"))
		assert.True(t, a.Bool("t.client.getIdTokenClaims().then(c => c === undefined)"))
		a.signIn("")
		var user, claims map[string]any
		a.Eval("t.client.getUser()", &user)
		assert.Equal(t, "demo|alice", user["sub"])
		assert.Equal(t, "Alice Liddell", user["name"])
		assert.Equal(t, "alice@example.com", user["email"])
		assert.Equal(t, true, user["email_verified"])
		for _, name := range []string{"iss", "aud", "exp", "iat", "nonce", "auth_time", "acr", "__raw"} {
			assert.NotContains(t, user, name)
		}
		a.Eval("t.client.getIdTokenClaims()", &claims)
		assert.Equal(t, a.stack.IssuerURL(), claims["iss"])
		assert.Equal(t, stack.ClientID, claims["aud"])
		assert.Equal(t, stack.ACRPassword, claims["acr"])
		assert.Regexp(t, `^eyJ[\w-]+\.[\w-]+\.[\w-]+$`, claims["__raw"])
		assert.NotEmpty(t, claims["nonce"])
		for name, value := range user {
			assert.Equal(t, value, claims[name], name)
		}
	})
}

// session() is made for React's useSyncExternalStore: frozen, and the same object until something changes.
func TestSnapshot(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Eval("t.construct({ahead: 0})")
		assert.Equal(t, snapshot{Status: "signed-out", Deadlines: map[string]any{}, Storage: "sessionstorage"}, a.session(), "there from the start")
		a.signIn("{ahead: 0}")
		a.Eval(`{
			const frozen = (v) => typeof v != 'object' || v === null || Object.isFrozen(v) && Object.values(v).every(frozen);
			t.frozen = () => frozen(t.client.session());
			t.before = t.client.session();
		}`)
		s := a.session()
		assert.Equal(t, "signed-in", s.Status)
		assert.Equal(t, "Alice Liddell", s.User["name"])
		assert.Equal(t, 1, s.Generation)
		assert.InDelta(t, 60000, a.number("t.client.session().expiresAt - Date.now()"), 15000)
		assert.True(t, a.Bool("t.frozen()"))
		a.token()
		a.Eval("t.client.getUser()")
		a.Eval("t.client.checkSession()")
		assert.True(t, a.Bool("t.client.session() === t.before"))

		a.Eval("t.ahead = 61000")
		a.token()
		assert.False(t, a.Bool("t.client.session() === t.before"))
		assert.Equal(t, "1", a.Text("String(t.before.generation)"))
		assert.Equal(t, 2, a.session().Generation)
		assert.True(t, a.Bool("t.frozen()"))
	})
}

func (a *app) number(expression string) (n float64) {
	a.Helper()
	a.Eval(expression, &n)
	return n
}

func TestEvents(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("{ahead: 0}")
		a.callbackURL("")
		a.Eval("t.construct({ahead: 0})")
		a.Eval(`(async () => {
			t.order = [];
			t.stop = t.client.on('session', (s) => t.order.push(s === t.client.session()));
			t.client.on('token', () => { throw new Error('a listener of the application'); });
			await t.client.handleRedirectCallback();
		})()`)
		a.Allow("a listener of the application")
		var sessions []snapshot
		a.Eval("t.told('session')", &sessions)
		require.NotEmpty(t, sessions)
		assert.Equal(t, "signed-in", sessions[len(sessions)-1].Status)
		assert.True(t, a.Bool("t.order.length > 0 && t.order.at(-1)"), "the event and session() agree")

		type token struct {
			Audience, Scope string
			ExpiresAt       float64
			Generation      int
		}
		var tokens []token
		a.Eval("t.told('token')", &tokens)
		require.Len(t, tokens, 1)
		assert.Equal(t, token{
			a.stack.APIURL(), "openid profile email read:messages offline_access", float64(a.session().ExpiresAt), 1,
		}, tokens[0])
		a.Eval("t.stop(); t.order.length = 0; t.ahead = 61000")
		a.token()
		a.Eval("t.told('token')", &tokens)
		require.Len(t, tokens, 2)
		assert.Equal(t, 2, tokens[1].Generation)
		assert.True(t, a.Bool("t.order.length == 0"), "who has stopped listening hears nothing")

		a.Eval("t.events.length = 0")
		a.Eval("t.client.logout({openUrl: false})")
		a.Eval("t.told('session')", &sessions)
		require.Len(t, sessions, 1)
		assert.Equal(t, "signed-out", sessions[0].Status)
		assert.Zero(t, sessions[0].Generation)
		a.fails("config_invalid", "t.client.on('sesion', () => {})")
	})
}

// A listener may call the client.
func TestListenerCallsClient(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		a.Eval("t.client.on('token', () => t.begin('inner', () => t.client.getTokenSilently())); t.ahead = 61000")
		token := a.token()
		a.WaitFor("t.ended.inner")
		assert.Equal(t, token, a.text("inner"))
		assert.Equal(t, 1, a.refreshes())
	})
}

func TestClose(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
		a.Eval("t.ahead = 61000")
		a.begin("token", "t.client.getTokenSilently()")
		arrived(t, gate)
		a.Eval("t.events.length = 0")
		a.Eval("t.client.close()")
		a.failed("client_closed", "the call under way", a.end("token"))
		gate.Release()
		for _, call := range []string{
			"getTokenSilently()", "loginWithRedirect()", "handleRedirectCallback()", "checkSession()", "getUser()", "getIdTokenClaims()",
			"isAuthenticated()", "logout()", "revokeRefreshToken()", "initiateLogin()",
		} {
			a.fails("client_closed", "t.client."+call)
		}
		a.Eval("t.client.close()") // again

		a.create("{ahead: 61000}")
		a.token()
		assert.Equal(t, "demo|alice", a.subject(), "the session itself is still there")
		assert.True(t, a.Bool("t.told('warning').length == 0"))
	})
}

// Two clients of one page, of different providers' clients even, don't know of each other.
func TestTwoClients(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		a.Eval("t.lib.createClient(t.options({clientId: 'another'})).then(c => { t.other = c; })")
		assert.False(t, a.Bool("t.other.isAuthenticated()"))
		assert.True(t, a.Bool("t.client.isAuthenticated()"))
		a.Eval("t.other.logout({openUrl: false})")
		assert.True(t, a.Bool("t.client.isAuthenticated()"))
		a.Eval("t.other.close()")
		a.greeted("demo|alice")
	})
}

func TestConfiguration(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		var got map[string]string
		a.Eval("t.client.getConfiguration()", &got)
		assert.Equal(t, a.stack.IssuerURL(), got["issuer"])
		assert.Equal(t, stack.ClientID, got["clientId"])
		assert.True(t, a.Bool("Object.isFrozen(t.client.getConfiguration())"))
		a.Eval("new t.lib.Client({domain: 'tenant.eu.auth0.com', clientId: 'x'}).getConfiguration()", &got)
		assert.Equal(t, map[string]string{"issuer": "https://tenant.eu.auth0.com/", "domain": "tenant.eu.auth0.com", "clientId": "x"}, got)
	})
}

// nowProvider may answer later.
func TestLateClock(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{nowProvider: async () => Date.now() + t.ahead}")
		first := a.token()
		a.Eval("t.ahead = 61000; t.client.getUser()")
		a.WaitFor("t.client.getTokenSilently({cacheMode: 'cache-only'}).then(token => !token)")
		assert.NotEqual(t, first, a.token())
	})
}
