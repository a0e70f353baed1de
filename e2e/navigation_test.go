package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/chromium"
)

// stays runs an expression that must fail with this code, and after which the page is where it was.
func (a *app) stays(code, expression string) {
	a.Helper()
	before := a.URL()
	a.Eval("t.here = true")
	a.fails(code, expression)
	assert.True(a, a.Bool("t.here"), "%s left the page", expression)
	assert.Equal(a, before, a.URL(), expression)
}

// The text of these endpoints looks like an address, and the browser's own parser has the last word.
func TestNavigationToNoAddress(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		for _, endpoint := range []string{
			"https://evil%2f.example/authorize", "https://exa%00mple/authorize", "https://as.example:99999/authorize",
			"https://[::/authorize", "https://%zz/authorize", "http://evil.example%2f.localhost/authorize", "http://evil.example%23.localhost/authorize",
		} {
			a.create("{metadata: {issuer: t.settings.issuer, token_endpoint: t.settings.issuer + '/token', jwks_uri: t.settings.issuer + '/jwks', authorization_endpoint: " + chromium.Quote(endpoint) + "}}")
			a.Eval("sessionStorage.clear()") // or so many logins would be a loop
			a.stays("redirect_blocked", "t.client.loginWithRedirect()")
		}
	})
}

// No address is known of which the rules and a browser read different origins. This browser does, to see who decides.
func TestNavigationElsewhere(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for _, elsewhere := range []string{"https://evil.example", "http://localhost:1", "null"} {
			a := start(t, b)
			a.create("")
			a.Eval(`{
				const Own = URL;
				globalThis.URL = class extends Own { get origin() { return this.search ? ` + chromium.Quote(elsewhere) + ` : super.origin; } };
			}`)
			a.stays("redirect_blocked", "t.client.loginWithRedirect()")
			a.stays("redirect_blocked", "t.client.logout({logoutParams: {returnTo: location.href}})")
		}
	})
}

// A returnTo that is no address of a site takes nobody anywhere, and who wanted to be signed out is.
func TestReturnToBlocked(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		secrets := a.secrets()
		for _, returnTo := range []string{`/\evil`, `\\evil`, `//evil`, "/\t/evil", `javascript:alert(1)`, `https:evil`, `///evil`} {
			a.stays("redirect_blocked", "t.client.logout({logoutParams: {returnTo: "+chromium.Quote(returnTo)+"}})")
			assert.Equal(t, "", a.subject(), returnTo)
			a.nothingStored(secrets)
		}
		a.signInAgain("alice", "wonderland", "")
		a.Eval("void t.client.logout({logoutParams: {returnTo: location.pathname}})")
		a.ready()
		assert.Equal(t, a.stack.AppURL()+home, a.URL(), "a path is one of this page")
	})
}

// A path that begins with two slashes, which alone would be the address of another site, stays a path; and an answer in the fragment goes.
func TestAddressBarStaysHere(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		for _, address := range []struct{ before, after, code string }{
			{"//evil.example/x?code=c&state=s&view=1", "//evil.example/x?view=1", "state_mismatch"},
			{"///evil?code=c&state=s", "///evil", "state_mismatch"},
			{"/\\evil?state=s&code=c#top", "//evil#top", "state_mismatch"}, // the browser turns the stroke round before anybody sees it
			{"/x?code=c&state=s#access_token=t", "/x", "callback_invalid"},
			{"/x#id_token=t&state=s", "/x", "callback_invalid"},
			{"/x#code=c&state=s", "/x", "state_mismatch"},
		} {
			a.Eval("history.replaceState(null, '', location.origin + " + chromium.Quote(address.before) + ")")
			a.fails(address.code, "t.client.handleRedirectCallback()")
			assert.Equal(t, a.stack.AppURL()+address.after, a.URL(), address.before)
		}
		for _, url := range []string{"http://[", "https://a b", "//", "https://:0/"} {
			a.fails("callback_invalid", "t.client.handleRedirectCallback("+chromium.Quote(url)+")")
		}
	})
}

// Without a secure context there is no crypto worth the name.
func TestInsecureContext(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.BeforeScripts("Object.defineProperty(globalThis, 'isSecureContext', {value: false})")
		a.open(home)
		a.fails("insecure_context", "t.create()")
		a.Eval("t.construct()")
		a.stays("insecure_context", "t.client.loginWithRedirect()")
	})
}

// An answer whose first piece isn't UTF-8 is none, however well it goes on.
func TestAnswerBeginsWithNonsense(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		before := a.secrets()
		a.Eval(`{
			const own = fetch;
			globalThis.fetch = async (url, init) => {
				if (!String(url).endsWith('/token')) return own(url, init);
				globalThis.fetch = own;
				const pieces = [new Uint8Array([0xff]), new TextEncoder().encode('{"access_token": "forged-access-token-of-nobody", "token_type": "Bearer"}')];
				return new Response(new ReadableStream({ pull: (c) => { pieces.length ? c.enqueue(pieces.shift()) : c.close(); } }),
					{ headers: { 'Content-Type': 'application/json' } });
			};
		}`)
		a.Eval("t.ahead = 61000")
		assert.NotEqual(t, "forged-access-token-of-nobody", a.token(), "the refresh token is sent once more, and answered by the provider")
		assert.Equal(t, 1, a.refreshes())
		assert.NotEqual(t, before[0], a.token())
	})
}
