package e2e

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// framing lets the provider frame pages of the app, and has a page that does so: what a provider shows when its user signs out there.
func framing(c *stack.Config) {
	calm(c)
	c.CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *; img-src data:; frame-ancestors 'self' http://localhost:*"
	c.Front = func(issuer http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/ended" {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte("<!doctype html><title>You are signed out</title><link rel=icon href=data:,><iframe hidden src='" + r.URL.Query().Get("tell") + "'></iframe>"))
				return
			}
			issuer.ServeHTTP(w, r)
		})
	}
}

// endedBy is the address of frontchannel.html as a provider opens it.
func (a *app) endedBy(issuer, sid string) string {
	return a.stack.AppURL() + "/postern/frontchannel.html?" + url.Values{"iss": {issuer}, "sid": {sid}}.Encode()
}

func (a *app) sid() string {
	a.Helper()
	sid := a.Text("t.client.getIdTokenClaims().then((c) => c.sid)")
	require.NotEmpty(a, sid)
	return sid
}

// The user signs out at the provider in one tab; every tab of the application, and what no tab has open, hears of it.
func TestFrontChannelLogout(t *testing.T) {
	for _, where := range []string{"memory", "sessionstorage", "localstorage"} {
		t.Run(where, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				options := "{ahead: 0, backgroundRenewal: false, cacheLocation: '" + where + "'}"
				a := start(t, b, framing)
				a.signIn(options)
				sid, secrets := a.sid(), a.secrets()
				provider := a.Sibling()
				provider.Goto(a.stack.IssuerURL() + "/ended?tell=" + url.QueryEscape(a.endedBy(a.stack.IssuerURL(), sid)))
				a.WaitFor("t.client.session().status == 'signed-out'")
				assert.Equal(t, "", a.subject())
				// The page says that nobody is signed in before the store is wiped, and the token is revoked after that.
				require.Eventually(t, func() bool { return a.revoked(ledger.ByClient) == 1 }, time.Minute, 20*time.Millisecond, "the refresh token")
				a.nothingStored(secrets)
			})
		})
	}
}

// Nobody has the application open: the session that is stored ends all the same, and its refresh token with it.
func TestFrontChannelLogoutOfAClosedPage(t *testing.T) {
	for _, where := range []string{"sessionstorage", "localstorage"} {
		t.Run(where, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				options := "{ahead: 0, backgroundRenewal: false, cacheLocation: '" + where + "'}"
				a := start(t, b, framing)
				a.signIn(options)
				ended := a.endedBy(a.stack.IssuerURL(), a.sid())
				a.Goto(ended)
				a.WaitFor("document.title == 'Signed out'")
				assert.Equal(t, 1, a.revoked(ledger.ByClient))
				a.open(home)
				a.create(options)
				assert.Equal(t, "", a.subject())
				a.Goto(ended)
				a.WaitFor("document.title.startsWith('Nothing')")
			})
		})
	}
}

// Anybody can open the page. Who doesn't know the session's name signs nobody out.
func TestFrontChannelLogoutForged(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const options = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage'}"
		a := start(t, b, framing)
		a.signIn(options)
		a.Eval("t.events.length = 0")
		sid := a.sid()
		forger := a.Sibling()
		for _, address := range []string{
			a.endedBy(a.stack.IssuerURL(), "guessed"), a.endedBy("https://evil.example", sid), a.endedBy("no address", sid), a.endedBy(a.stack.IssuerURL(), ""),
			a.endedBy(a.stack.IssuerURL(), sid) + "&sid=" + sid, a.stack.AppURL() + "/postern/frontchannel.html",
		} {
			forger.Goto(address)
			forger.WaitFor("document.title.startsWith('Nothing')")
			// Heard before it, so judged before it.
			a.Eval("t.client.getUser()")
		}
		assert.Equal(t, "demo|alice", a.subject())
		assert.True(t, a.Bool("t.told('session').length == 0"))
		assert.Zero(t, a.revoked(ledger.ByClient))
		a.greeted("demo|alice")
	})
}
