package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// watched is a provider with session management, in front of one that has none: session_state in its answers, and a frame that knows whether that
// is still the state of its session.
type watched struct {
	mu     sync.Mutex
	state  string
	answer string // in the place of the frame's own
	asked  int    // how often the frame was asked
	silent int    // how often prompt=none was
}

// provider puts w before the stack's own, and lets its frame be shown.
func (w *watched) provider(c *stack.Config) {
	registered(c)
	w.state = "state-1"
	c.CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *; img-src data:; frame-src 'self' http://localhost:*; frame-ancestors 'self'"
	c.Front = func(issuer http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) { w.serve(out, r, issuer) })
	}
}

const checkSession = `<!doctype html><title>Session</title><script>
	onmessage = async ({ data, source, origin }) => {
		const now = await (await fetch('/session-state')).text();
		const answers = /^[a-z]+$/.test(now) ? now : data === 'postern-demo ' + now ? 'unchanged' : data.startsWith('postern-demo ') ? 'changed' : 'error';
		source.postMessage(answers, origin);
	};
</script>`

func (w *watched) serve(out http.ResponseWriter, r *http.Request, issuer http.Handler) {
	w.mu.Lock()
	state, answer := w.state, w.answer
	switch {
	case r.URL.Path == "/session-state":
		w.asked++
	case r.URL.Query().Get("prompt") == "none":
		w.silent++
	}
	w.mu.Unlock()
	switch r.URL.Path {
	case "/check-session":
		out.Header().Set("Content-Type", "text/html")
		_, _ = out.Write([]byte(checkSession))
		return
	case "/session-state":
		if answer == "" {
			answer = state
		}
		_, _ = out.Write([]byte(answer))
		return
	}
	recorded := httptest.NewRecorder()
	issuer.ServeHTTP(recorded, r)
	body := recorded.Body.Bytes()
	for name, values := range recorded.Header() {
		out.Header()[name] = values
	}
	if to := recorded.Header().Get("Location"); strings.Contains(to, "code=") {
		out.Header().Set("Location", to+"&session_state="+state)
	}
	if strings.HasPrefix(r.URL.Path, "/.well-known/") && recorded.Code == http.StatusOK {
		var m map[string]any
		if json.Unmarshal(body, &m) == nil {
			m["check_session_iframe"] = m["issuer"].(string) + "/check-session"
			body, _ = json.Marshal(m)
			out.Header().Del("Content-Length")
		}
	}
	out.WriteHeader(recorded.Code)
	_, _ = out.Write(body)
}

// becomes changes the state of the provider's session, or what its frame says.
func (w *watched) becomes(state, answer string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state, w.answer = state, answer
}

func (w *watched) counts() (asked, silent int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked, w.silent
}

// asks waits until the frame has been asked so often.
func (w *watched) asks(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool { asked, _ := w.counts(); return asked >= n }, time.Minute, 20*time.Millisecond)
}

const (
	watching = "{ahead: 0, backgroundRenewal: false, monitorSession: true, silentRedirectUri: new URL('/postern/callback.html', location).href}"
	known    = "JSON.parse(Object.entries({...sessionStorage}).find(([key]) => key.startsWith('postern:monitor:'))?.[1] ?? '{}')"
)

// watch signs in and waits until the frame has said once that nothing has changed.
func watch(t *testing.T, b build) (*app, *watched) {
	w := &watched{}
	a := start(t, b, w.provider)
	a.signIn(watching)
	a.WaitFor(known + ".known && " + known + ".state == 'state-1'")
	return a, w
}

func (a *app) frames() int {
	a.Helper()
	return int(a.number("document.querySelectorAll('iframe').length"))
}

// Something has changed at the provider, and its user is the same: the session goes on, and so does the watch.
func TestMonitorSameUser(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, w := watch(t, b)
		_, silent := w.counts()
		assert.Zero(t, silent)
		w.becomes("state-2", "")
		a.WaitFor(known + ".known && " + known + ".state == 'state-2'")
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, 2, a.exchanges())
		a.greeted("demo|alice")
		_, silent = w.counts()
		assert.Equal(t, 1, silent)

		a.reload(watching)
		a.WaitFor("document.querySelector('iframe')")
		assert.Equal(t, "demo|alice", a.subject())
		a.Eval("t.client.logout({openUrl: false})")
		a.WaitFor("!document.querySelector('iframe')")
		assert.True(t, a.Bool("!("+known+".state)"), "nothing is left of it")
	})
}

// The user has signed out at the provider.
func TestMonitorSignedOut(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, w := watch(t, b)
		secrets := a.secrets()
		a.stack.ForgetSignIns()
		w.becomes("nobody-1", "")
		a.WaitFor("t.client.session().status == 'signed-out'")
		assert.Equal(t, "", a.subject())
		a.nothingStored(secrets)
		a.WaitFor("!document.querySelector('iframe')")
	})
}

// "error" must not become a question to the provider (Session Management 1.0 section 3.1), nor does what somebody else says, or a browser that hides
// the provider's cookies from its frame.
func TestMonitorBelievesNothingElse(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a, w := watch(t, b)
		a.Eval("window.postMessage('changed', '*')")
		asked, _ := w.counts()
		w.asks(t, asked+2)
		_, silent := w.counts()
		assert.Zero(t, silent, "a message of the page itself")

		w.becomes("state-1", "error")
		a.WaitFor("!document.querySelector('iframe')")
		_, silent = w.counts()
		assert.Zero(t, silent)
		assert.Equal(t, "demo|alice", a.subject())
	})
	t.Run("blocked", func(t *testing.T) {
		eachBuild(t, func(t *testing.T, b build) {
			w := &watched{}
			a := start(t, b, w.provider, func(*stack.Config) { w.becomes("state-1", "changed") })
			a.create("{logs: true}")
			a.signIn(watching[:len(watching)-1] + ", logs: true}")
			a.WaitFor("t.told('warning').some((w) => w.code == 'third_party_cookies_blocked')")
			_, silent := w.counts()
			assert.Zero(t, silent)
			assert.Equal(t, "demo|alice", a.subject(), "a browser that hides cookies signs nobody out")
			assert.Zero(t, a.frames())
		})
	})
}

// A page that nobody sees asks nothing; one that is closed has no frame; and who didn't ask for it has neither frame nor file.
func TestMonitorRests(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		w := &watched{}
		a := start(t, b, w.provider)
		a.BeforeScripts(`
			globalThis.ticking = new Set();
			const { setInterval: set, clearInterval: clear } = globalThis;
			globalThis.setInterval = (...args) => { const id = set(...args); ticking.add(id); return id; };
			globalThis.clearInterval = (id) => { ticking.delete(id); clear(id); };
			let hidden = false;
			Object.defineProperty(document, 'visibilityState', {get: () => hidden ? 'hidden' : 'visible'});
			globalThis.hide = (so) => { hidden = so; document.dispatchEvent(new Event('visibilitychange')); };
		`)
		a.open(home)
		a.signIn(watching)
		a.WaitFor(known + ".known && ticking.size == 1")
		a.Eval("hide(true)")
		assert.True(t, a.Bool("ticking.size == 0"), "nothing asks any more")
		asked, _ := w.counts()
		a.Eval("hide(false)")
		w.asks(t, asked+2)
		a.Eval("t.client.close()")
		a.WaitFor("!document.querySelector('iframe') && ticking.size == 0")

		a.open(home)
		a.create("{ahead: 0, backgroundRenewal: false}")
		assert.Equal(t, "demo|alice", a.subject())
		assert.Zero(t, a.frames())
		assert.True(t, a.Bool("!performance.getEntriesByType('resource').some((e) => e.name.endsWith('monitor.js'))"))
	})
}
