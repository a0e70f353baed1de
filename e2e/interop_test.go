package e2e

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// interop installs the other provider, once for all tests.
var interop = sync.OnceValues(func() (string, error) {
	return setup.Interop(context.Background(), "..", os.Stderr)
})

// foreign is a provider of somebody else's making, in a process of its own.
type foreign struct {
	issuer string
	tell   func(app string) // where the app is; it answers from then on
}

// startForeign starts oidc-provider. Its address is known before the app's is, as the app's policy has to name it.
func startForeign(t *testing.T) *foreign {
	t.Helper()
	installed, err := interop()
	require.NoError(t, err, "the browser tests need Node.js and npm, for a provider to work with that isn't ours")
	script, err := os.ReadFile(filepath.Join("interop", "provider.mjs"))
	require.NoError(t, err)
	// Node looks for packages beside a script, and for one that is none in the directory where it runs.
	cmd := exec.Command("node", "--input-type=module", "--eval", string(script))
	cmd.Dir = installed
	input, err := cmd.StdinPipe()
	require.NoError(t, err)
	output, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = input.Close() // which ends it
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(complaints.String())
		}
	})
	lines := bufio.NewScanner(output)
	read := func() string {
		t.Helper()
		require.True(t, lines.Scan(), "oidc-provider has ended: it wants Node.js 20 or newer")
		return lines.Text()
	}
	return &foreign{issuer: read(), tell: func(app string) {
		t.Helper()
		_, err := fmt.Fprintln(input, app)
		require.NoError(t, err)
		require.Equal(t, "ready", read())
	}}
}

// foreignLogin signs in at oidc-provider as Carol, and stops where the answer comes back.
func (a *app) foreignLogin(options string) {
	a.Helper()
	a.login(options)
	a.asCarol()
}

// asCarol answers the other provider's questions, which come one by one.
func (a *app) asCarol() {
	a.Helper()
	a.Fill("input[name=login]", "carol")
	a.Fill("input[name=password]", "anything")
	a.Click("button[type=submit]")
	a.WaitFor("document.querySelector('input[name=prompt][value=consent]')")
	a.Click("button[type=submit]")
	a.ready()
}

// allowForeign is the app's policy with another provider in it.
func allowForeign(other *foreign) func(*stack.Config) {
	return func(c *stack.Config) {
		c.CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:; frame-src 'self' " + other.issuer + "; connect-src 'self' " + other.issuer
	}
}

// It wants a nonce in each proof, at its token endpoint and at UserInfo, and revokes the grant where a refresh token comes twice.
func TestInteropDPoP(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		other := startForeign(t)
		a := start(t, b, allowForeign(other))
		a.Allow("status of 40") // the challenges
		other.tell(a.stack.AppURL() + home)
		options := "{issuer: '" + other.issuer + "', clientId: 'postern-interop', useDpop: true, backgroundRenewal: false, " +
			"authorizationParams: {audience: '', scope: 'openid profile email', prompt: 'consent'}}"
		a.create(options)
		a.foreignLogin("")
		a.create(options)
		a.Eval("t.client.handleRedirectCallback()")
		require.Equal(t, "carol", a.subject())
		for generation := 2; generation <= 5; generation++ {
			if generation == 4 {
				a.reload(options) // which forgets the nonces
			}
			a.Eval("t.client.getTokenSilently({cacheMode: 'off'})")
			assert.Equal(t, generation, a.session().Generation)
			assert.Equal(t, "carol", a.Text("t.client.fetchUserInfo().then(user => user.sub)"))
		}
		assert.Equal(t, "DPoP", a.Text("t.client.getTokenSilently({detailedResponse: true}).then(r => r.token_type)"))
	})
}

// The whole job with node-oidc-provider: what works with our own provider alone may work by a mistake on both sides.
func TestInteropOIDCProvider(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		other := startForeign(t)
		a := start(t, b, allowForeign(other))
		other.tell(a.stack.AppURL() + home)
		// It gives a refresh token to a web client only where the user is asked for it each time (OpenID Connect Core section 11).
		options := "{ahead: 0, issuer: '" + other.issuer + "', clientId: 'postern-interop', " +
			"authorizationParams: {audience: '', scope: 'openid profile email', prompt: 'consent'}}"

		a.create(options)
		require.Equal(t, "", a.subject())
		a.foreignLogin("{appState: {page: 7}}")
		a.create(options)
		var result struct {
			AppState struct{ Page int } `json:"appState"`
		}
		a.Eval("t.client.handleRedirectCallback()", &result)
		assert.Equal(t, 7, result.AppState.Page)
		require.Equal(t, "carol", a.subject())
		a.clean()
		assert.Equal(t, 1, a.session().Generation)

		userinfo := func() (sub string) {
			a.Eval(`(async () => {
				const response = await fetch('`+other.issuer+`/me', {headers: {Authorization: 'Bearer ' + await t.client.getTokenSilently()}});
				return (await response.json()).sub;
			})()`, &sub)
			return sub
		}
		assert.Equal(t, "carol", userinfo())

		// Renewed, with rotation: the provider revokes the grant where a token comes twice.
		first := a.token()
		tokens := a.secrets()
		for generation := 2; generation <= 4; generation++ {
			a.Eval("t.ahead += 31000")
			renewed := a.token()
			assert.NotEqual(t, first, renewed)
			first = renewed
			assert.Equal(t, generation, a.session().Generation)
			assert.Equal(t, "carol", userinfo())
		}
		assert.NotEqual(t, tokens[2], a.secrets()[2], "another refresh token")

		a.reload(strings.Replace(options, "ahead: 0", "ahead: 93000", 1)) // a clock set back would be a reason to renew
		assert.Equal(t, "carol", a.subject())
		assert.Equal(t, first, a.token())

		// Sign-out revokes, and ends the provider's own session where the user says so.
		tokens = a.secrets()
		a.Eval("void t.client.logout({logoutParams: {returnTo: location.origin + location.pathname, state: 'bye'}})")
		a.Click("button[name=logout]")
		a.ready()
		back, err := url.Parse(a.URL())
		require.NoError(t, err)
		assert.Equal(t, "bye", back.Query().Get("state"))
		a.open(home)
		a.create(options)
		assert.Equal(t, "", a.subject())
		a.nothingStored(tokens)
		assert.Equal(t, "invalid_grant", a.Text(`fetch('`+other.issuer+`/token', {method: 'POST', body: new URLSearchParams({
			grant_type: 'refresh_token', client_id: 'postern-interop', refresh_token: '`+tokens[2]+`'})}).then(r => r.json()).then(r => r.error)`))
		a.Allow("status of 400")
		a.login("")
		a.WaitFor("document.querySelector('input[name=login]')")
	})
}

// Its signed answers (JARM), and its tokens for one resource of several (RFC 8707): it refuses a token request that names two.
func TestInteropSignedAnswerAndResources(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		provider := startForeign(t)
		a := start(t, b, func(c *stack.Config) {
			c.CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:; connect-src 'self' " + provider.issuer
		})
		provider.tell(a.stack.AppURL() + home)
		const first, second = "https://first.example", "urn:second"
		options := "{ahead: 0, backgroundRenewal: false, useMrrt: true, issuer: '" + provider.issuer + "', clientId: 'postern-interop', authorizationParams: " +
			"{audience: '', scope: 'openid read', prompt: 'consent', response_mode: 'jwt', resource: ['" + first + "', '" + second + "']}}"
		a.create(options)
		a.login("")
		a.asCarol()
		assert.NotEmpty(t, a.query().Get("response"))
		assert.Empty(t, a.query().Get("code"))
		a.create(options)
		a.Eval("t.client.handleRedirectCallback()")
		require.Equal(t, "carol", a.subject())
		assert.Empty(t, a.query())

		assert.Equal(t, first, a.Text("t.audienceOf()"))
		assert.Equal(t, second, a.Text("t.audienceOf(undefined, '"+second+"')"))
		assert.Equal(t, 2, a.session().Generation)
		assert.Equal(t, first, a.Text("t.audienceOf(undefined, '"+first+"')"))
		a.Eval("t.ahead += 31000")
		assert.Equal(t, first, a.Text("t.audienceOf()"), "the refresh says for which")
		assert.Equal(t, 3, a.session().Generation)
	})
}
