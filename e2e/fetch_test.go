package e2e

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

const calls = "apiOrigins: [t.settings.audience], backgroundRenewal: false"

// reply is what came of a call of fetch.
type reply struct {
	Status int
	Body   struct{ Sub, ACR, TokenType, Method, Body string }
}

// refusal asks the API's /refuse for a 401 with this challenge, which is JavaScript.
func refusal(challenge string) string {
	return "t.client.fetch(t.settings.audience + '/refuse?challenge=' + encodeURIComponent(" + challenge + "))"
}

// fetched runs an expression that makes a Response.
func (a *app) fetched(expression string) (r reply) {
	a.Helper()
	a.Eval("("+expression+").then(async (r) => { if (!(r instanceof Response) || r.bodyUsed) throw r; return {status: r.status, body: await r.json()}; })", &r)
	return r
}

func TestFetch(t *testing.T) {
	eachFetch(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.Allow("the server responded with a status of 401")
		a.create(options)
		a.fails("login_required", "t.client.fetch(t.settings.audience + '/me')")
		a.signIn(options)
		r := a.fetched("t.client.fetch(t.settings.audience + '/me?q=1', {headers: {Accept: 'application/json'}})")
		assert.Equal(t, 200, r.Status)
		assert.Equal(t, "demo|alice Bearer GET", r.Body.Sub+" "+r.Body.TokenType+" "+r.Body.Method)
		assert.Equal(t, 200, a.fetched("t.client.fetch(new URL('/me', t.settings.audience))").Status)

		// A token that the API refuses is renewed, once for all who were refused, and the request sent again with its body.
		a.stack.Faults().ExpireAccessTokens()
		var all []reply
		a.Eval(`Promise.all([
			t.client.fetch(t.settings.audience + '/me', {method: 'post', body: 'one'}),
			t.client.fetch(new Request(t.settings.audience + '/me', {method: 'POST', body: 'two'})),
			t.client.fetch(new Request(t.settings.audience + '/me', {method: 'POST', body: 'no'}), {body: new Blob(['three'])}),
		]).then((all) => Promise.all(all.map(async (r) => ({status: r.status, body: await r.json()}))))`, &all)
		for i, body := range []string{"one", "two", "three"} {
			assert.Equal(t, 200, all[i].Status)
			assert.Equal(t, "POST "+body, all[i].Body.Method+" "+all[i].Body.Body)
		}
		assert.Equal(t, 1, a.refreshes())

		// One that the API refuses for ever is the application's to see, as is what no other token mends.
		r = a.fetched(refusal(`'Bearer error="invalid_token"'`))
		assert.Equal(t, 401, r.Status)
		assert.Equal(t, 2, a.refreshes())
		r = a.fetched(refusal(`'Bearer error="insufficient_scope"'`))
		assert.Equal(t, 401, r.Status)
		for _, challenge := range []string{`Bearer error="x`, `Bearer error=a, error=b`} {
			text, err := json.Marshal(challenge)
			require.NoError(t, err)
			a.fails("challenge_malformed", refusal(string(text)))
		}
		assert.Equal(t, 2, a.refreshes())

		// What the browser says of an abort, and of a network that fails, is the browser's own.
		name := func(expression string) string { return a.Text("(" + expression + ").then(() => '', (e) => e.name)") }
		assert.Equal(t, "AbortError", name("t.client.fetch(t.settings.audience + '/me', {signal: AbortSignal.abort()})"))
		assert.Equal(t, "TypeError", name("t.client.fetch(t.settings.audience + '/me', {method: 'TRACE'})"))
		a.fails("config_invalid", "t.client.fetch('http://[')")
		a.Eval("t.client.close()")
		a.fails("client_closed", "t.client.fetch(t.settings.audience + '/me')")
	})
}

// A Request may stand in init's place, as for the platform's fetch, and wins over one that is the address; unlike there its body goes over HTTP/1.1 too, and
// again.
func TestFetchRequestAsInit(t *testing.T) {
	eachFetch(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.Allow("the server responded with a status of 401")
		a.signIn(options)
		post := func(address string) {
			t.Helper()
			r := a.fetched("t.client.fetch(" + address + ", new Request(location.origin, {method: 'POST', body: 'one'}))")
			assert.Equal(t, 200, r.Status)
			assert.Equal(t, "POST one", r.Body.Method+" "+r.Body.Body)
		}
		post("t.settings.audience + '/me'")
		post("new Request(t.settings.audience + '/me', {method: 'PUT', body: 'two'})")
		a.stack.Faults().ExpireAccessTokens()
		post("t.settings.audience + '/me'")
		assert.Equal(t, 1, a.refreshes())
		r := a.fetched("t.client.createFetcher().fetchWithAuth(t.settings.audience + '/me', new Request(location.origin))")
		assert.Equal(t, "GET", r.Body.Method)
		assert.Equal(t, "AbortError", a.Text("t.client.fetch(t.settings.audience + '/me', new Request(location.origin, {signal: AbortSignal.abort()})).then(() => '', (e) => e.name)"))
	})
}

// The token goes to the origins that were named, to the page's and to the provider's. What an address means is for the browser to say.
func TestFetchOrigins(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("the server responded with a status of 404")
		a.signIn("{backgroundRenewal: false}")
		for _, address := range []string{
			"t.settings.audience + '/me'", "'https://evil.example/'", "'//evil.example/'", `'/\\evil.example/'`, `'\\\\evil.example'`,
			"'http://localhost.evil.example:' + location.port", "location.origin + '@evil.example/'", "'data:,x'", "'javascript:x'", "new Request('https://evil.example/')",
			"{url: location.origin, toString: () => 'https://evil.example/'}",
			"'https:evil.example'", "'/\t/evil.example/'", "URL.createObjectURL(new Blob(['x'])).replace(location.origin, 'https://evil.example')",
		} {
			a.fails("origin_not_allowed", "t.client.fetch("+address+")")
		}
		assert.Equal(t, 404, a.statusOf("t.client.fetch('/nothing/here')"))
		assert.Equal(t, 200, a.statusOf("t.client.fetch(t.settings.issuer + '/userinfo')"))
		for _, list := range []string{"['https://a.example/']", "['http://a.example']", "'https://a.example'", "['*']", "[7]"} {
			a.fails("config_invalid", "t.lib.createClient(t.options({apiOrigins: "+list+"}))")
		}
	})
}

func (a *app) statusOf(expression string) (status int) {
	a.Helper()
	a.Eval("("+expression+").then((r) => r.status)", &status)
	return status
}

// An API that wants its nonces, and whose 200 brings the next.
func TestFetchDPoP(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, demanding)
		a.Allow("the server responded with a status of 40")
		a.signIn("{" + calls + ", useDpop: true}")
		a.Eval("t.requests = () => performance.getEntriesByType('resource').filter((e) => e.name.startsWith(t.settings.audience)).length")
		for i, want := range []string{"2", "3", "4"} { // the first had no nonce
			r := a.fetched("t.client.fetch(t.settings.audience + '/me?q=1', {method: 'POST', body: 'x'})")
			assert.Equal(t, 200, r.Status)
			assert.Equal(t, "DPoP POST x", r.Body.TokenType+" "+r.Body.Method+" "+r.Body.Body)
			assert.Equal(t, want, a.Text("String(t.requests())"), "request %d", i)
		}
		a.stack.Faults().ExpireAccessTokens()
		assert.Equal(t, 200, a.fetched("t.client.fetch(t.settings.audience + '/me')").Status)
		assert.Equal(t, "6", a.Text("String(t.requests())"))
		assert.Equal(t, 1, a.refreshes())

		// auth0-spa-js's way.
		a.Eval("t.api = t.client.createFetcher({baseUrl: t.settings.audience + '/', dpopNonceId: 'orders'})")
		for _, want := range []string{"8", "9"} { // nonces of its own
			assert.Equal(t, 200, a.fetched("t.api.fetchWithAuth('/me', undefined, {scope: 'read:messages'})").Status)
			assert.Equal(t, want, a.Text("String(t.requests())"))
			a.Eval("t.client.setDpopNonce('stale', t.settings.audience)")
		}
		assert.Equal(t, 200, a.fetched("t.api.fetchWithAuth(t.settings.audience + '/me')").Status)
		a.fails("origin_not_allowed", "t.client.createFetcher({baseUrl: 'https://evil.example'}).fetchWithAuth('/me')")

		// A body that is a stream is sent once; what the API wants is known for the next time.
		assert.Equal(t, "401 1", a.Text(`(async () => {
			let sends = 0;
			const {fetchWithAuth} = t.client.createFetcher({fetch: async () => {
				sends++;
				return new Response('', {status: 401, headers: {'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'next'}});
			}});
			const response = await fetchWithAuth(t.settings.audience + '/me', {method: 'POST', body: new Blob(['x']).stream(), duplex: 'half'});
			return response.status + ' ' + sends;
		})()`))
		assert.Equal(t, "next", a.Text("t.client.getDpopNonce(t.settings.audience)"))
	})
}

// RFC 9470: the API wants another sign-in, and the error says which.
func TestFetchStepUp(t *testing.T) {
	eachFetch(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.Allow("the server responded with a status of 401")
		a.signIn(options)
		a.fails("step_up_required", "t.client.fetch(t.settings.audience + '/step-up')")
		a.login("await t.client.fetch(t.settings.audience + '/step-up').catch(({authorizationParams}) => ({authorizationParams}))")
		a.authenticate("alice", "wonderland")
		a.finish(options)
		r := a.fetched("t.client.fetch(t.settings.audience + '/step-up')")
		assert.Equal(t, 200, r.Status)
		assert.Equal(t, stack.ACRFresh, r.Body.ACR)
		assert.Zero(t, a.refreshes())
		a.fails("login_loop", refusal(`'Bearer error="insufficient_user_authentication", acr_values="`+stack.ACRFresh+`"'`))
	})
}
