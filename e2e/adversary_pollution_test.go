package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pollution is what a bug in any library of the page lets an attacker do: every object seems to have these values. Each is something that an option of a
// client or of a call could be. Whoever uses one has asked for it.
const pollution = `{
	globalThis.asked = [];
	const trap = (name) => (...args) => { asked.push(name + ' ' + args.map(String).join(' ')); };
	const evil = location.origin + '/evil/';
	const values = {
		issuer: evil, domain: 'evil.example', clientId: 'evil', metadata: { issuer: evil, token_endpoint: evil }, audience: evil, scope: 'openid evil',
		redirect_uri: evil, authorizationParams: { audience: evil, scope: 'openid evil' }, apiOrigins: [evil], cacheLocation: 'localstorage',
		wasmUrl: evil + 'postern.wasm', workerUrl: evil + 'worker.js', integrity: 'sha256-evil', baseUrl: evil, useWorker: false, useDpop: true,
		cache: { get: trap('cache.get'), set: trap('cache.set'), remove: trap('cache.remove') },
		openUrl: trap('openUrl'), logger: trap('logger'), fetch: trap('fetch'), returnTo: '/evil', appState: { returnTo: '/evil' }, method: 'DELETE',
		signal: AbortSignal.abort(), timeoutInSeconds: 1e-9, cacheMode: 'off', detailedResponse: true, dpopNonceId: 'evil', headers: { evil },
		monitorSession: true, popup: { close() {} }, closePopup: false, verifyIdTokenSignature: false, nowProvider: () => { asked.push('nowProvider'); return 0; },
	};
	globalThis.polluted = async (run) => {
		for (const [name, value] of Object.entries(values)) Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
		try { return await run(); } finally { for (const name of Object.keys(values)) delete Object.prototype[name]; }
	};
}`

// Prototype pollution changes no option, no address, no call, and not where the worker and the module come from.
func TestAdversaryPollution(t *testing.T) {
	for name, options := range map[string]string{"in the page": alone, "in a worker": inWorker} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				v := target(t, b)
				v.BeforeScripts(pollution)
				v.open(home)
				v.create(options)
				v.callbackURL("")
				v.Eval("t.given = t.options(" + options + ")")
				var got struct {
					Token, Renewed, Login, Initiated, Storage, Blocked, Application string
					Status, Wrapped                                                 int
				}
				// What is given is the application's; {} is what it leaves out.
				v.Eval(`polluted(async () => {
					await t.lib.preload({});
					t.client = t.watch(new t.lib.Client(t.given));
					await t.client.checkSession({});
					await t.client.handleRedirectCallback();
					const token = await t.client.getTokenSilently({}), got = { token };
					t.ahead += 301000;
					got.renewed = await t.client.getTokenSilently({ scope: undefined });
					got.status = (await t.client.fetch(t.settings.issuer + '/userinfo', {})).status;
					got.wrapped = (await t.client.createFetcher({}).fetchWithAuth(t.settings.issuer + '/userinfo', {})).status;
					await t.client.loginWithRedirect({ openUrl: (url) => { got.login = url; } });
					await t.client.initiateLogin(location.origin + location.pathname + '?iss=' + t.settings.issuer, { openUrl: (url) => { got.initiated = url; } });
					globalThis.open = () => null;
					got.blocked = await t.client.loginWithPopup({}, {}).catch((e) => e.code);
					got.application = JSON.stringify(t.options({}));
					got.storage = t.client.session().storage;
					return { ...got };
				})`, &got)
				assert.Empty(t, v.values("asked"))
				assert.Empty(t, v.values("performance.getEntriesByType('resource').map((e) => e.name).filter((name) => name.includes('evil'))"))
				assert.Empty(t, v.sentToEvil())
				assert.NotContains(t, got.Login+got.Initiated+v.Text("JSON.stringify({...sessionStorage})"), "evil")
				assert.Equal(t, "popup_blocked", got.Blocked)
				assert.Contains(t, got.Application, "evil", "the application's own code, which spreads what it isn't given")
				assert.Equal(t, v.access[0], got.Token)
				require.Len(t, v.access, 2)
				assert.Equal(t, v.access[1], got.Renewed)
				assert.Equal(t, []int{200, 200}, []int{got.Status, got.Wrapped})
				assert.Equal(t, map[string]string{alone: "sessionstorage", inWorker: "worker"}[options], got.Storage)
				_, refresh := v.stolen(v.Text("t.stored()"))
				assert.Equal(t, options == alone, refresh)
			})
		})
	}
}
