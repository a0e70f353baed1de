package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

const (
	coreModule   = "postern.wasm"
	fullModule   = "postern.full.wasm"
	memoryInPage = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', useWorker: false}"
)

// modules are the names of those that the page has fetched since it was loaded, each as often as it has.
func (a *app) modules() string {
	a.Helper()
	return a.Text("performance.getEntriesByType('resource').map(e => e.name.split('/').pop()).filter(name => name.endsWith('.wasm')).join(' ')")
}

// mainJob is what nearly every page does, and all that many do.
func (a *app) mainJob(t *testing.T, module string) {
	a.signIn(alone)
	a.greeted("demo|alice")
	age(a)
	a.greeted("demo|alice")
	assert.Equal(t, 1, a.refreshes())
	assert.Equal(t, "demo|alice", a.Text("t.client.fetch(t.settings.issuer + '/userinfo').then(r => r.json()).then(me => me.sub)"))
	assert.Equal(t, module, a.modules())
	a.reload("{ahead: 301000, backgroundRenewal: false}") // as the clock stands
	assert.Equal(t, "demo|alice", a.subject())
	a.Eval("t.client.logout({openUrl: false})")
	assert.Equal(t, "", a.subject())
	assert.Equal(t, module, a.modules())
}

func TestMainJobTakesTheCore(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) { start(t, b, calm).mainJob(t, coreModule) })
}

// A browser without JavaScript Promise Integration is given the full module, and never asks for the core.
func TestMainJobInAnOlderBrowser(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		if b.Compiler == "go" {
			t.Skip("Go's core runs in every browser")
		}
		a := start(t, b, calm)
		a.BeforeScripts("delete WebAssembly.Suspending; delete WebAssembly.promising;")
		a.open(home)
		a.mainJob(t, fullModule)
		a.signIn(alone)
		assert.Equal(t, "demo|alice", a.Text("t.client.fetchUserInfo().then(u => u.sub)"))
		assert.Equal(t, fullModule, a.modules())
	})
}

// What the core lacks has the full module fetched, once, and done there.
func TestRareVerbsTakeTheFullModule(t *testing.T) {
	for verb, test := range map[string]struct{ call, result string }{
		"fetch, where the API wants another sign-in": {"t.client.fetch(t.settings.audience + '/step-up').catch(({code}) => code)", "step_up_required"},
		"fetchUserInfo": {"t.client.fetchUserInfo().then(u => u.sub)", "demo|alice"},
		"exchangeToken": {`t.client.getIdTokenClaims().then(c => t.client.exchangeToken({subject_token: c.__raw,
			subject_token_type: 'urn:ietf:params:oauth:token-type:id_token', resource: '` + other + `', scope: 'read:messages'})).then(r => r.token_type)`, "Bearer"},
		"initiateLogin": {"new Promise((openUrl, no) => { t.client.initiateLogin('?iss=' + encodeURIComponent(t.settings.issuer), {openUrl}).catch(no); })" +
			".then(to => new URL(to).pathname)", "/authorize"},
		"handleFrontChannelLogout": {"t.client.handleFrontChannelLogout('?iss=' + encodeURIComponent(t.settings.issuer) + '&sid=guessed').then(String)", "false"},
	} {
		t.Run(verb, func(t *testing.T) {
			each(t, map[string]string{"in the page": alone, "in a worker": inWorker}, func(t *testing.T, b build, options string) {
				a := start(t, b, calm, func(c *stack.Config) { c.Audiences = []string{other} })
				a.Allow("status of 401") // the API's challenge
				a.signIn("{...(" + options + "), apiOrigins: [t.settings.audience]}")
				assert.Equal(t, coreModule, a.modules())
				for range 2 {
					assert.Equal(t, test.result, a.Text(test.call))
				}
				assert.Equal(t, coreModule+" "+fullModule, a.modules())
				assert.Equal(t, "demo|alice", a.subject(), "the session goes on")
				age(a)
				a.greeted("demo|alice")
				assert.Equal(t, 1, a.refreshes())
			})
		})
	}
}

// A signed answer is the vault's to open, be it in the page or in a worker, and is still there for the full module.
func TestSignedResponseTakesTheFullModule(t *testing.T) {
	each(t, map[string]string{"in the page": sealed, "in a worker": "{...(" + sealed + "), cacheLocation: 'memory'}"}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, 1, a.exchanges())
		a.greeted("demo|alice")
	})
}

// Whoever binds tokens to a key needs the full module from the start: the core isn't fetched first.
func TestDPoPSparesTheCore(t *testing.T) {
	each(t, map[string]string{"in the page": "{useDpop: true}", "in a worker": "{useDpop: true, cacheLocation: 'memory'}"}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.create(options)
		assert.Equal(t, "", a.subject())
		assert.Equal(t, fullModule, a.modules())
	})
}

func TestMonitorTakesTheFullModule(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, _ := watch(t, b)
		assert.Equal(t, coreModule+" "+fullModule, a.modules())
	})
}

// A renewal that is at the provider when the full module takes over ends in the core: one request, one event, and everybody has its token.
func TestRenewalWhileTheFullModuleTakesOver(t *testing.T) {
	each(t, map[string]string{"sessionstorage": alone, "memory": memoryInPage, "in a worker": inWorker}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		age(a)
		a.Eval("t.events.length = 0")
		gate := held(t, fault.BeforeCommit, a)
		a.begin("user", "t.client.fetchUserInfo()")
		a.WaitFor("performance.getEntriesByType('resource').some(e => e.name.endsWith('" + fullModule + "'))")
		a.begin("another", "t.client.getTokenSilently()")
		gate.Release()
		for _, name := range []string{"user", "another", "token"} {
			require.Nil(t, a.end(name).Error, name)
		}
		assert.Equal(t, a.text("token"), a.text("another"))
		assert.Equal(t, a.text("token"), a.token())
		assert.Equal(t, 1, a.refreshes())
		assert.Equal(t, 2, a.session().Generation)
		assert.InDelta(t, 1, a.number("t.told('token').length"), 0)
		assert.Equal(t, []string{"clock_skew"}, a.warned(), "the test's clock, of which each instance tells, and the page is told once")

		age(a)
		a.greeted("demo|alice")
		assert.Equal(t, 2, a.refreshes())
		assert.Empty(t, a.stack.Ledger().Revocations())
	})
}

// Who forgot to serve the full module is told so by what needs it, and by nothing else.
func TestFullModuleMissing(t *testing.T) {
	each(t, map[string]string{"sessionstorage": alone, "memory": memoryInPage, "in a worker": inWorker}, func(t *testing.T, b build, options string) {
		dir := copyOf(t, b)
		for _, suffix := range []string{"", ".br", ".gz"} {
			require.NoError(t, os.Remove(filepath.Join(dir, fullModule+suffix)))
		}
		a := start(t, b, calm, func(c *stack.Config) { c.Dist = dir })
		a.signIn(options)
		a.Allow("status of 404")
		for range 2 {
			e := a.fails("wasm_unavailable", "t.client.fetchUserInfo()")
			assert.Contains(t, e.Description, fullModule)
			assert.Contains(t, e.Description, "404")
			assert.Equal(t, "demo|alice", a.subject())
			age(a)
			a.greeted("demo|alice")
		}
		assert.Equal(t, 2, a.refreshes())
		restore(t, b, dir, fullModule)
		assert.Equal(t, "demo|alice", a.Text("t.client.fetchUserInfo().then(u => u.sub)"))
		assert.Equal(t, "demo|alice", a.subject())
	})
}

// wasmUrl names the core, beside which the full module is, or the full one, which does it all.
func TestWhereTheModulesAre(t *testing.T) {
	for name, fetched := range map[string]string{coreModule: coreModule + " " + fullModule, fullModule: fullModule} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, func(c *stack.Config) { c.Mounts["/elsewhere/"] = b.Dir })
				options := "{...(" + alone + "), wasmUrl: '/elsewhere/" + name + "'}"
				a.signIn(options)
				assert.Equal(t, name, a.modules())
				assert.Equal(t, "demo|alice", a.Text("t.client.fetchUserInfo().then(u => u.sub)"))
				assert.Equal(t, fetched, a.modules())
				assert.True(t, a.Bool("performance.getEntriesByType('resource').filter(e => e.name.endsWith('.wasm')).every(e => e.name.includes('/elsewhere/'))"))
			})
		})
	}
}

// preload takes both modules' hashes. With the core's alone the full one is refused, and the core goes on.
func TestHashes(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn(alone)
		preload := func(names string) {
			a.open(home)
			a.Eval(`(async () => {
				const { files } = await (await fetch('/postern/build-info.json')).json();
				await t.lib.preload({integrity: [` + names + `].map(name => files[name].integrity).join(' ')});
			})()`)
			a.create(alone)
		}
		preload("'" + coreModule + "', '" + fullModule + "'")
		assert.Equal(t, "demo|alice", a.Text("t.client.fetchUserInfo().then(u => u.sub)"))
		preload("'" + coreModule + "'")
		a.Allow("integrity")
		assert.Contains(t, a.fails("wasm_unavailable", "t.client.fetchUserInfo()").Description, "integrity")
		a.greeted("demo|alice")
		assert.Equal(t, coreModule, a.Text("performance.getEntriesByType('resource').filter(e => e.name.endsWith('/"+coreModule+"')).map(e => e.name.split('/').pop()).join(' ')"))
	})
}
