package e2e

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// logout signs out and waits until the provider has sent the user back. logoutParams are JavaScript beside returnTo.
func (a *app) logout(logoutParams string) {
	a.Helper()
	a.Eval("void t.client.logout({logoutParams: {returnTo: location.origin + location.pathname, ..." + orEmpty(logoutParams) + "}})")
	a.ready()
}

func orEmpty(object string) string {
	if object == "" {
		return "{}"
	}
	return object
}

// secrets are what must be gone after a sign-out, from every storage of the page.
func (a *app) secrets() (all []string) {
	a.Helper()
	a.Eval(`(async () => {
		const record = Object.entries({...sessionStorage, ...localStorage}).find(([key]) => key.includes('postern:session:'));
		return [
			await t.client.getTokenSilently({cacheMode: 'cache-only'}),
			(await t.client.getIdTokenClaims()).__raw,
			...(record ? [JSON.parse(record[1].slice(record[1].indexOf('{'))).refresh_token] : []),
		].filter(Boolean);
	})()`, &all)
	for _, secret := range all {
		require.Greater(a, len(secret), 20)
	}
	return all
}

func (a *app) nothingStored(secrets []string) {
	a.Helper()
	stored := a.Text("t.stored()")
	for _, secret := range secrets {
		assert.NotContains(a, stored, secret)
	}
}

func TestLogoutLocally(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		secrets := a.secrets()
		require.Len(t, secrets, 3)
		a.Eval("t.here = true")
		a.Eval("t.client.logout({openUrl: false})")
		assert.True(t, a.Bool("t.here"), "no navigation")
		assert.Equal(t, "", a.subject())
		a.nothingStored(secrets)
		a.fails("login_required", "t.client.getTokenSilently()")
		assert.Equal(t, 1, a.revoked(ledger.ByClient))
		a.reload("")
		assert.Equal(t, "", a.subject())
		assert.Zero(t, a.refreshes())
	})
}

func TestLogoutAddress(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		idToken := a.secrets()[1]
		address := func(options string) *url.URL {
			var text string
			a.Eval(`(async () => {
				let seen;
				await t.client.logout({openUrl: (url) => { seen = url; }, `+options+`});
				return seen;
			})()`, &text)
			u, err := url.Parse(text)
			require.NoError(t, err)
			assert.Equal(t, a.stack.IssuerURL()+"/logout", u.Scheme+"://"+u.Host+u.Path)
			return u
		}
		query := address("logoutParams: {returnTo: location.href, state: 'xyz', ui_locales: 'de'}").Query()
		assert.Equal(t, url.Values{
			"id_token_hint": {idToken}, "client_id": {stack.ClientID}, "post_logout_redirect_uri": {a.stack.AppURL() + home},
			"state": {"xyz"}, "ui_locales": {"de"},
		}, query)
		assert.Equal(t, "", a.subject())
		assert.Equal(t, a.stack.AppURL()+home, a.URL())
		assert.Equal(t, url.Values{"client_id": {stack.ClientID}}, address("").Query(), "nobody is signed in, so nothing hints at anybody")
		assert.Empty(t, address("clientId: null").Query())
	})
}

func TestLogoutReturns(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		a.Eval("void t.client.logout({logoutParams: {returnTo: location.origin + '/e2e/?view=inbox&sort=date'}})")
		a.ready()
		assert.Equal(t, "?view=inbox&sort=date", a.Text("location.search"))
		a.create("")
		assert.Equal(t, "", a.subject())

		a.signInAgain("alice", "wonderland", "")
		a.Eval("void t.client.logout()")
		a.WaitFor("document.querySelector('#message')?.textContent == 'You are signed out'")
	})
}

// Cognito announces an end_session_endpoint, and wants another parameter there: what logoutParams names goes along.
func TestLogoutOfCognito(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) {
			c.Front = func(issuer http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					query := r.URL.Query()
					switch uri := query.Get("logout_uri"); {
					case r.URL.Path != "/logout":
						issuer.ServeHTTP(w, r)
					case query.Get("client_id") != stack.ClientID || uri == "" || query.Has("post_logout_redirect_uri"):
						http.Error(w, "Required String parameter 'redirect_uri' is not present", http.StatusBadRequest)
					default:
						http.Redirect(w, r, uri, http.StatusFound)
					}
				})
			}
		})
		a.signIn("")
		a.Eval("void t.client.logout({logoutParams: {logout_uri: location.origin + '/e2e/?bye'}})")
		a.ready()
		assert.Equal(t, "?bye", a.Text("location.search"))
		assert.Equal(t, 1, a.revoked(ledger.ByClient))
		a.create("")
		assert.Equal(t, "", a.subject())
	})
}

// The state that went with the user comes back with them, once, and the quickstart's three lines finish it.
func TestLogoutState(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		a.logout("{state: 'departure'}")
		assert.Equal(t, "?state=departure", a.Text("location.search"))
		a.create("")
		var result map[string]any
		a.Eval("t.client.handleRedirectCallback()", &result)
		assert.Equal(t, map[string]any{"response_type": "code", "signedOut": true}, result)
		assert.Equal(t, a.stack.AppURL()+home, a.URL())
		assert.Equal(t, "", a.subject())

		a.signInAgain("alice", "wonderland", "")
		a.logout("{state: 'another'}")
		a.create("")
		a.fails("state_mismatch", "t.client.handleRedirectCallback(location.pathname + '?state=departure')")
		a.fails("callback_invalid", "t.client.handleRedirectCallback()")
		assert.Equal(t, a.stack.AppURL()+home, a.URL(), "cleaned all the same")
	})
}

// The provider's trouble never keeps anybody signed in here.
func TestLogoutWithoutProvider(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("ERR_CONNECTION_REFUSED")
		a.signIn("")
		secrets := a.secrets()
		require.NoError(t, a.stack.StopIssuer())
		a.reload("")
		assert.Equal(t, "demo|alice", a.subject())
		a.Eval("t.client.logout({openUrl: false})")
		assert.Equal(t, "", a.subject())
		a.nothingStored(secrets)
		a.reload("")
		assert.Equal(t, "", a.subject())
	})
}

func TestRevokeRefreshToken(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		token := a.token()
		a.Eval("t.client.revokeRefreshToken()")
		assert.Equal(t, 1, a.revoked(ledger.ByClient))
		assert.Equal(t, "demo|alice", a.subject(), "signed in until the access token ends")
		assert.Equal(t, token, a.token())
		assert.Zero(t, a.session().Generation)
		a.Eval("t.client.revokeRefreshToken()")
		assert.Len(t, a.stack.Ledger().Revocations(), 1)
		a.Eval("t.ahead = 61000")
		a.fails("missing_refresh_token", "t.client.getTokenSilently()")
		assert.Zero(t, a.refreshes())
	})
}
