package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// spy lets script that was there before the SDK see all that passes between the page and its workers, and all that the page requests. It is
// what an attacker would do who isn't first.
const spy = `{
	globalThis.spied = { messages: [], requests: [], workers: [] };
	const { Worker, SharedWorker, fetch } = globalThis;
	const note = (data) => spied.messages.push(JSON.stringify(data, (_, v) => (v instanceof WebAssembly.Module ? 'module' : v)));
	globalThis.Worker = class extends Worker {
		constructor(...args) {
			super(...args);
			spied.workers.push(this);
			this.addEventListener('message', ({ data }) => note(data));
		}
		postMessage(data, transfer) {
			note(data);
			super.postMessage(data, transfer);
		}
	};
	globalThis.SharedWorker = SharedWorker && class extends SharedWorker {
		constructor(...args) {
			super(...args);
			const { port } = this, post = port.postMessage.bind(port);
			spied.workers.push(port);
			port.addEventListener('message', ({ data }) => note(data));
			port.postMessage = (data, transfer) => {
				note(data);
				post(data, transfer);
			};
		}
	};
	globalThis.fetch = (url, init) => {
		spied.requests.push(String(url?.url ?? url));
		return fetch(url, init);
	};
}`

// ofItsOwn makes a browser of this one that has no shared workers, as Chromium on Android long hadn't: each tab's vault is in a worker of its own.
const ofItsOwn = "delete globalThis.SharedWorker;"

// refused is one that lets nobody have them who may store nothing.
const refused = "globalThis.SharedWorker = class { constructor() { throw new DOMException('no', 'SecurityError'); } };"

// eachWorker runs a test with the vault in a worker of either kind, and with every build.
func eachWorker(t *testing.T, test func(t *testing.T, b build, browser string)) {
	t.Helper()
	for name, browser := range map[string]string{"shared": "", "of its own": ofItsOwn, "refused": refused} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) { test(t, b, browser) })
		})
	}
}

// spied opens the page with the spy in it, after a script that makes the browser what it is to be.
func spied(t *testing.T, b build, browser string, configure ...func(*stack.Config)) *app {
	a := start(t, b, append([]func(*stack.Config){calm}, configure...)...)
	a.BeforeScripts(browser + spy)
	a.open(home)
	return a
}

// gaveAway says whether a refresh token of these sessions stands in text. The ledger knows them by their hashes.
func (a *app) gaveAway(text string) (found bool) {
	issued := map[string]bool{}
	for _, e := range a.stack.Ledger().Entries() {
		issued[e.Issued] = e.Issued != ""
	}
	require.NotEmpty(a, issued)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("-_.~", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		found = found || issued[ledger.Hash(word)]
	}
	return found
}

// The refresh token never comes into the page, nor does the page send a token request.
func TestWorkerKeepsTheRefreshToken(t *testing.T) {
	eachWorker(t, func(t *testing.T, b build, browser string) {
		a := spied(t, b, browser)
		a.signIn(inWorker)
		first := a.token()
		for range 2 {
			age(a)
			assert.NotEqual(t, first, a.token())
		}
		assert.Equal(t, 2, a.refreshes())
		assert.Equal(t, 3, a.session().Generation)
		assert.Equal(t, "worker", a.session().Storage)
		assert.InDelta(t, 1, a.number("spied.workers.length"), 0, "one worker")

		seen := a.Text("JSON.stringify(spied.messages)")
		assert.True(t, strings.Contains(seen, "id_token"), "the spy works: it sees what the page is given")
		assert.False(t, a.gaveAway(seen+a.Text("t.stored()")))
		assert.NotContains(t, a.Text("spied.requests.join(' ')"), "/token")
		a.kept(1)

		a.Eval("t.client.logout({openUrl: false})")
		assert.Equal(t, "", a.subject())
		a.signInAgain("alice", "wonderland", at(alone, 2))
		assert.True(t, a.gaveAway(a.Text("t.stored()")), "in a store of the page's, it would be found")
	})
}

// Whoever has the worker in hand may ask it for tokens, and can send it nowhere else: its addresses were fixed before.
func TestWorkerTakesNoOrders(t *testing.T) {
	eachWorker(t, func(t *testing.T, b build, browser string) {
		var trespassed atomic.Int32
		a := spied(t, b, browser, func(c *stack.Config) {
			c.Front = func(issuer http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/evil") {
						trespassed.Add(1)
					}
					issuer.ServeHTTP(w, r)
				})
			}
		})
		a.signIn(inWorker)
		a.token()
		evil := a.stack.IssuerURL() + "/evil" // of the provider's own origin, so that it isn't the page's policy that stops it
		options := fmt.Sprintf(`{"issuer":%q,"clientId":"x","metadata":{"issuer":%[1]q,"authorization_endpoint":%[1]q,"token_endpoint":%[1]q,"jwks_uri":%[1]q}}`, evil)
		a.Eval("globalThis.order = (message) => spied.workers[0].postMessage(message)")
		a.Eval("order({module: null, open: location.origin + ' ' + " + chromium.Quote(options) + "})")
		for i, call := range []string{
			"", "open " + a.stack.AppURL() + " " + options, "create " + options, `metadata {"issuer":"` + evil + `"}`, "fetch " + evil, `push "` + evil + `"`,
			`exchange {"code":"c","code_verifier":"` + strings.Repeat("v", 43) + `","redirect_uri":"` + evil + `","token_endpoint":"` + evil + `"}`,
			`exchange {"code":"c"}`, `renew {"audience":"` + evil + `","endpoint":"` + evil + `"}`, "renew [", "heard " + chromium.Quote(`{"record":{"refresh_token":"`+evil+`"}}`),
			`heard "{\"ask\":0}"`, "__proto__ {}", "restore {}", strings.Repeat("x", 1<<20),
		} {
			a.Eval(fmt.Sprintf("order({n: %d, call: %s, ahead: NaN})", 1000+i, chromium.Quote(call)))
			a.WaitFor(fmt.Sprintf("spied.messages.some((m) => JSON.parse(m).n === %d && JSON.parse(m).answer)", 1000+i))
		}
		for _, junk := range []string{"null", "'text'", "{n: '1', call: 'restore {}'}", "{n: 1}", "[]", "new Map()", "{n: Infinity, call: {toString: 1}}"} {
			a.Eval("order(" + junk + ")")
		}
		assert.Zero(t, trespassed.Load())
		assert.False(t, a.gaveAway(a.Text("JSON.stringify(spied.messages)")))
		age(a)
		a.token()
		assert.Equal(t, "demo|alice", a.subject(), "nothing of it did any harm")
		a.kept(2) // the provider refused to renew it for the other audience
	})
}

// F10: a worker that ends. What is under way is told, and the next call starts another; the session was in the first one's memory.
func TestF10WorkerEnds(t *testing.T) {
	for name, kind := range map[string]struct{ browser, options, end string }{
		"shared":     {"", mortal, "spied.workers[0].postMessage('die')"},
		"of its own": {ofItsOwn, inWorker, "spied.workers[0].terminate()"},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := spied(t, b, kind.browser)
				a.signIn(kind.options)
				age(a)
				gate := held(t, fault.BeforeCommit, a)
				a.Eval(kind.end)
				e := a.failed("internal", "the renewal", a.end("token"))
				assert.True(t, e.Retryable)
				gate.Release()
				a.fails("login_required", "t.client.getTokenSilently()")
				assert.Equal(t, "", a.subject())
				assert.InDelta(t, 2, a.number("spied.workers.length"), 0)
				a.signInAgain("alice", "wonderland", kind.options)
				age(a)
				a.token()
			})
		})
	}
}

// A trap in the worker's module costs the call, not the session: F13. This is the worker itself, which isn't there or may not start.
func TestWorkerAbsent(t *testing.T) {
	for name, test := range map[string]struct{ options, csp string }{
		"no such file": {"{cacheLocation: 'memory', workerUrl: '/nowhere.js'}", ""},
		"not allowed":  {"{cacheLocation: 'memory'}", "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, func(c *stack.Config) { c.CSP = test.csp })
				a.Allow("404")
				a.Allow("worker")
				e := a.fails("wasm_unavailable", "t.create("+test.options+")")
				assert.Contains(t, e.Message, "postern.worker.js")
				a.create("{cacheLocation: 'memory', useWorker: false}")
				assert.Equal(t, "", a.subject())
			})
		})
	}
}

// A worker that is there, and whose module isn't, says so.
func TestWorkerWithoutModule(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := copyOf(t, b)
		a := start(t, b, func(c *stack.Config) { c.Dist = dir })
		a.Allow("404")
		a.Eval("t.lib.preload()") // the page has it already
		for _, suffix := range []string{"", ".br", ".gz"} {
			require.NoError(t, os.Remove(filepath.Join(dir, coreModule+suffix)))
		}
		e := a.fails("wasm_unavailable", "t.create("+inWorker+")")
		assert.Contains(t, e.Description, "the module is not at "+a.stack.AppURL()+"/postern/"+coreModule)
		assert.Contains(t, e.Description, "404")
		restore(t, b, dir, coreModule)
		a.create(inWorker)
		assert.Equal(t, "", a.subject())
	})
}

// A client that is closed keeps its session for the next one of the page, as React's StrictMode makes it, and leaves no worker behind without one.
func TestWorkerOutlivesItsClient(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := spied(t, b, ofItsOwn)
		a.signIn(inWorker)
		first := a.token()
		a.Eval("t.client.close()")
		a.create(inWorker)
		same(t, first, a.token())
		assert.InDelta(t, 1, a.number("spied.workers.length"), 0)
		a.Eval("t.client.logout({openUrl: false})")
		a.Eval("t.client.close()")
		a.create(inWorker)
		assert.Equal(t, "", a.subject())
		assert.InDelta(t, 2, a.number("spied.workers.length"), 0, "the first one was stopped")
	})
}

// One of two clients closes and, nobody being signed in, stops their worker. The other's next call starts another, and waits for nobody.
func TestWorkerOfTwoClients(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := spied(t, b, ofItsOwn)
		a.create(inWorker)
		a.Eval("void (t.first = t.client)")
		a.create(inWorker)
		a.fails("login_required", "t.client.getTokenSilently()")
		a.Eval("t.first.close()")
		a.fails("login_required", "t.client.getTokenSilently()")
		assert.InDelta(t, 2, a.number("spied.workers.length"), 0)
	})
}
