package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// kept counts what a page's clients have of it: listeners and open channels. kept.hold keeps the module from coming until kept.release().
const kept = `
	globalThis.kept = { count: 0 };
	for (const target of [window, document]) {
		const { addEventListener, removeEventListener } = target;
		target.addEventListener = function (...args) { kept.count++; return addEventListener.apply(this, args); };
		target.removeEventListener = function (...args) { kept.count--; return removeEventListener.apply(this, args); };
	}
	globalThis.BroadcastChannel = class extends BroadcastChannel {
		constructor(name) { super(name); kept.count++; }
		close() { super.close(); kept.count--; }
	};
	kept.fetch = fetch;
	window.fetch = async (...args) => {
		if (kept.hold && String(args[0]).includes(kept.hold)) await new Promise((release) => { kept.release = release; });
		return kept.fetch.apply(window, args);
	};
`

func startKept(t *testing.T, b build, configure ...func(*stack.Config)) *app {
	a := start(t, b, configure...)
	a.BeforeScripts(kept)
	a.open(home)
	return a
}

// createClient() that fails gives nobody anything to close, and an application calls it again and again until the user is online.
func TestFailedCreateClientLeavesNothing(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := startKept(t, b)
		before := a.number("kept.count")
		a.fails("config_invalid", "t.create({clientId: ''})")
		assert.InDelta(t, before, a.number("kept.count"), 0)
	})
}

// close() has nothing to reject with, whatever the client has come to.
func TestCloseOfWhatNeverBegan(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := startKept(t, b)
		a.Eval("t.construct({clientId: ''})")
		a.fails("config_invalid", "t.client.getUser()")
		a.Eval("t.client.close()")
	})
}

func TestCloseWhileModuleIsFetched(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := startKept(t, b)
		before := a.number("kept.count")
		a.Eval("kept.hold = 'postern.wasm'; t.construct(" + alone + ")")
		a.begin("user", "t.client.getUser()")
		a.WaitFor("!!kept.release")
		a.Eval("t.client.close()")
		assert.InDelta(t, before, a.number("kept.count"), 0)
		a.failed("client_closed", "the call under way", a.end("user"))
	})
}

// What a closed client has under way in the module comes to its end there, and opens no channel for it, which would stay open as long as the page.
func TestCloseDuringExchange(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := startKept(t, b)
		a.create(alone)
		a.callbackURL("")
		before := a.number("kept.count")
		gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
		a.Eval("t.construct(" + alone + ")")
		a.begin("callback", "t.client.handleRedirectCallback()")
		arrived(t, gate)
		a.Eval("t.client.close()")
		a.failed("client_closed", "the call under way", a.end("callback"))
		gate.Release()
		a.WaitFor("Object.keys(sessionStorage).some(key => key.startsWith('postern:session:'))")
		a.create(alone)
		assert.Equal(t, "demo|alice", a.subject())
		a.Eval("t.client.close()")
		assert.InDelta(t, before, a.number("kept.count"), 0)
	})
}

// A hidden frame goes with the client that asked in it, and doesn't stay until a provider that doesn't answer has had its minute.
func TestCloseWhileTheProviderIsAsked(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		gate := make(chan struct{})
		a := start(t, b, registered, func(c *stack.Config) {
			c.Front = func(issuer http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.Contains(r.URL.RawQuery, "prompt=none") {
						<-gate
					}
					issuer.ServeHTTP(w, r)
				})
			}
		})
		defer close(gate)
		a.Allow("net::ERR_ABORTED")
		a.signIn(byFrame)
		age(a)
		a.begin("token", "t.client.getTokenSilently()")
		a.WaitFor("!!document.querySelector('iframe')")
		a.Eval("t.client.close()")
		a.failed("client_closed", "the call under way", a.end("token"))
		a.WaitFor("!Object.keys(sessionStorage).some(key => key.startsWith('postern:login:'))")
		a.noFrame()
	})
}

// A call that is in the core when the full module takes over is the closed client's all the same.
func TestCloseAfterTheFullModuleTookOver(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		age(a)
		gate := held(t, fault.BeforeCommit, a)
		a.Eval("t.client.handleFrontChannelLogout('?iss=' + encodeURIComponent(t.settings.issuer) + '&sid=guessed')")
		assert.Equal(t, coreModule+" "+fullModule, a.modules())
		a.Eval("t.client.close()")
		a.failed("client_closed", "the call under way", a.end("token"))
		gate.Release()
	})
}

// A client that needs the full module, and is closed while that is fetched.
func TestCloseWhileFullModuleIsFetched(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := startKept(t, b, calm)
		a.create(alone)
		before := a.number("kept.count")
		a.Eval("kept.hold = 'postern.full.wasm'; t.other = new t.lib.Client(t.options({useDpop: true}))")
		a.begin("user", "t.other.getUser()")
		a.WaitFor("!!kept.release")
		a.Eval("t.other.close()")
		a.failed("client_closed", "the call under way", a.end("user"))
		assert.InDelta(t, before, a.number("kept.count"), 0)
		a.Eval("kept.release()")
		assert.Equal(t, "", a.subject())
	})
}
