package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/peers"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// startAuth0 signs in with auth0-spa-js in its worker mode. It starts the worker by a plain text, which Trusted Types forbid, so the policy has none.
func startAuth0(t *testing.T, b build, script string) *victim {
	t.Helper()
	dir, err := peers.Fetch(t.Context(), "..", peers.Auth0, os.Stderr)
	require.NoError(t, err)
	v := target(t, b, func(c *stack.Config) {
		c.Mounts["/peers/auth0/"] = filepath.Join(dir, "dist")
		c.RedirectPaths = append(c.RedirectPaths, home+"auth0.html")
		c.CSP = "default-src 'none'; img-src data:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' http://localhost:*"
	})
	v.BeforeScripts(script)
	v.open(home + "auth0.html")
	v.WaitFor("t.peer")
	v.create("")
	v.callbackURL("")
	v.WaitFor("t.peer")
	v.create("")
	return v
}

// The peer keeps the refresh token from poisoned pages and from strange addresses as Postern does.
func TestAdversaryAuth0(t *testing.T) {
	v := startAuth0(t, made[0], thief)
	v.Eval("t.client.handleRedirectCallback().then(() => {})")
	v.Eval("t.client.getTokenSilently({ cacheMode: 'off' })")
	assert.Equal(t, 1, v.refreshes())
	access, refresh := v.places()
	assert.NotEmpty(t, access)
	assert.Empty(t, refresh)

	v.Eval(`Promise.all(['/evil', '/evil/oauth/token', '/oauth/token/../../evil'].map((path) => new Promise((resolve) => {
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = resolve;
		t.client.worker.postMessage({
			type: 'refresh', timeout: 5000, auth: { audience: t.settings.audience, scope: 'openid profile email read:messages offline_access' }, useFormData: true,
			fetchUrl: t.settings.issuer + path, fetchOptions: { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'grant_type=refresh_token' },
		}, [port2]);
	}))).then(() => {})`)
	assert.Empty(t, v.sentToEvil())
}

// Its options are read with what they inherit: a prototype that is polluted while the client is made gives it another store, and with that no worker.
func TestAdversaryAuth0Pollution(t *testing.T) {
	v := startAuth0(t, made[0], "")
	v.Eval(`(async () => {
		globalThis.asked = [];
		const kept = new Map();
		const cache = { get: (key) => kept.get(key), set: (key, value) => { kept.set(key, value); asked.push(JSON.stringify(value)); }, remove: (key) => kept.delete(key), allKeys: () => [...kept.keys()] };
		Object.defineProperty(Object.prototype, 'cache', { value: cache, configurable: true, writable: true });
		try { await t.create(); } finally { delete Object.prototype.cache; }
		await t.client.handleRedirectCallback();
	})()`)
	access, refresh := v.stolen(v.Text("asked.join(' ')"))
	assert.True(t, access)
	assert.True(t, refresh)
}
