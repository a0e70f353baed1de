package e2e

import (
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// byWorker has the worker send what client.fetch is asked to.
const byWorker = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', fetchInWorker: true, apiOrigins: [t.settings.audience]}"

// eachFetch runs a test with client.fetch in the page and in the worker, and with every build.
func eachFetch(t *testing.T, test func(t *testing.T, b build, options string)) {
	t.Helper()
	each(t, map[string]string{"in the page": "{" + calls + "}", "in the worker": byWorker}, test)
}

// annex is an API under /annex of the provider's origin, which is an allowed one: what the demo's own doesn't do.
type annex struct {
	mux  http.ServeMux
	mu   sync.Mutex
	seen []*http.Request
}

// front is a stack's Front.
func (x *annex) front(issuer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/annex/") {
			issuer.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Headers", "Authorization, DPoP, Content-Type, X-Own")
		h.Set("Access-Control-Allow-Methods", "*")
		h.Set("Access-Control-Expose-Headers", "X-Count, X-Type")
		if r.Method == http.MethodOptions {
			return
		}
		x.mu.Lock()
		x.seen = append(x.seen, r)
		x.mu.Unlock()
		x.mux.ServeHTTP(w, r)
	})
}

func (x *annex) requests() []*http.Request {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]*http.Request(nil), x.seen...)
}

// arrive waits until so many requests have come.
func (a *app) arrive(x *annex, n int) {
	a.Helper()
	require.Eventually(a, func() bool { return len(x.requests()) >= n }, time.Minute, 10*time.Millisecond)
}

// heard waits until a server has heard that whoever asked it is gone.
func heard(t *testing.T, gone <-chan bool) {
	t.Helper()
	select {
	case <-gone:
	case <-time.After(time.Minute):
		require.Fail(t, "the request is still there")
	}
}

// echoes answers with what was sent, but for what authorizes it.
func echoes(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("X-Own"), body)
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), "boundary=")
	fmt.Fprint(w, " "+kind)
}

// What comes back is what fetch itself brings: each request is sent by both, and the answers are told apart in nothing.
func TestDelegateIsFetch(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		x := &annex{}
		x.mux.HandleFunc("/annex/echo", echoes)
		x.mux.HandleFunc("/annex/status/204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
		x.mux.HandleFunc("/annex/status/404", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Count", "2")
			http.Error(w, "nothing", 404)
		})
		x.mux.HandleFunc("/annex/there", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/annex/echo?redirected", http.StatusFound)
		})
		x.mux.HandleFunc("/annex/bytes", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write([]byte{0, 255, 128, 1})
		})
		x.mux.HandleFunc("/annex/cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		a := start(t, b, calm, func(c *stack.Config) { c.Front = x.front })
		a.Allow("the server responded with a status of 404")
		a.lossy()
		a.signIn(byWorker)
		a.Eval(`t.both = async (path, make = () => ({})) => {
			const url = t.settings.issuer + '/annex/' + path;
			const form = (text) => text.replace(/----\w+|formdata-\w+/gi, 'boundary');
			const tell = async (by) => {
				try {
					const init = make(), r = await (init.request ? by(new Request(url, init.request), init.init) : by(url, init));
					const second = r.clone();
					const bytes = r.body ? [...new Uint8Array(await r.arrayBuffer())] : null;
					return JSON.stringify([r instanceof Response, second instanceof Response, r.status, r.ok, r.statusText, r.url, r.redirected, r.type, [...r.headers].filter(([name]) => name !== 'date'),
						second.url, second.type, form(await second.text()), bytes?.length ?? 0]);
				} catch (e) { return e.name; }
			};
			const [one, two] = [await tell((input, init) => {
				const request = new Request(input, init);
				request.headers.set('Authorization', 'Bearer x');
				return fetch(request);
			}), await tell((...args) => t.client.fetch(...args))];
			return one === two ? one : 'not ' + one + ' but ' + two;
		}`)
		for call, want := range map[string]string{
			"'echo', () => ({method: 'put', body: 'text', headers: {'X-Own': 'yes'}})":                                              "PUT yes text text/plain;charset=UTF-8",
			"'echo', () => ({method: 'POST', body: new URLSearchParams({a: 'b c'})})":                                               "POST  a=b+c application/x-www-form-urlencoded",
			"'echo', () => ({method: 'POST', body: new Blob(['blob'], {type: 'x/y'})})":                                             "POST  blob x/y",
			"'echo', () => ({method: 'POST', body: new TextEncoder().encode('bytes')})":                                             "POST  bytes ",
			"'echo', () => ({method: 'POST', body: new TextEncoder().encode('buffer').buffer})":                                     "POST  buffer ",
			"'echo', () => { const body = new FormData(); body.set('f', new Blob(['file']), 'n'); return {method: 'POST', body}; }": "filename=",
			"'echo', () => ({request: {method: 'POST', body: 'asked', headers: {'X-Own': 'req'}}})":                                 "POST",
			"'echo', () => ({method: 'DELETE'})":                                                                                    "DELETE",
			"'echo', () => ({cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', keepalive: true})":              "GET",
			"'status/204'":                          "204",
			"'status/404'":                          `"x-count","2"`,
			"'there'":                               "echo?redirected",
			"'there', () => ({redirect: 'manual'})": "opaqueredirect",
			"'there', () => ({redirect: 'error'})":  "TypeError",
			"'bytes'":                               ",4]",
			"'cut'":                                 "TypeError",
			"'echo', () => ({method: 'GET', body: 'x'})": "TypeError",
			"'echo', () => ({mode: 'navigate'})":         "TypeError",
		} {
			got := a.Text("t.both(" + call + ")")
			assert.NotContains(t, got, "not ", call)
			assert.Contains(t, got, want, call)
		}
		for _, r := range x.requests() {
			assert.Contains(t, r.Header.Get("Authorization"), "Bearer ")
		}
	})
}

// An answer comes piece by piece, and an abort ends it, whenever it comes: in the page at once, and at the server.
func TestDelegateStreams(t *testing.T) {
	eachFetch(t, func(t *testing.T, b build, options string) {
		x := &annex{}
		next, gone := make(chan bool), make(chan bool, 10)
		x.mux.HandleFunc("/annex/slow", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery == "" {
				fmt.Fprint(w, "one")
				_ = http.NewResponseController(w).Flush()
			}
			select {
			case <-next:
				fmt.Fprint(w, "two")
			case <-r.Context().Done():
				gone <- true
			}
		})
		a := start(t, b, calm, func(c *stack.Config) { c.Front = x.front })
		a.signIn(options)
		a.Eval(`{
			const decoder = new TextDecoder();
			t.slow = async (path = '', init) => { t.response = await t.client.fetch(t.settings.issuer + '/annex/slow' + path, init); t.reader = t.response.body.getReader(); };
			t.read = async () => { try { const { value, done } = await t.reader.read(); return done ? 'done' : decoder.decode(value); } catch (e) { return e.name ?? e; } };
		}`)
		a.Eval("t.slow()")
		assert.Equal(t, "one", a.Text("t.read()"), "before the rest is there")
		next <- true
		assert.Equal(t, "two", a.Text("t.read()"))
		assert.Equal(t, "done", a.Text("t.read()"))

		a.Eval("t.slow()")
		a.Eval("t.reader.cancel()")
		heard(t, gone)

		a.Eval("(t.abort = new AbortController(), t.slow('', {signal: t.abort.signal}))")
		assert.Equal(t, "one", a.Text("t.read()"))
		a.Eval("t.abort.abort()")
		assert.Equal(t, "AbortError", a.Text("t.read()"))
		heard(t, gone)

		a.Eval("(t.abort = new AbortController(), void (t.pending = t.slow('?silent', {signal: t.abort.signal}).then(() => 'answered', (e) => e.name ?? e)))")
		a.arrive(x, 4)
		a.Eval("t.abort.abort('a reason')")
		assert.Equal(t, "a reason", a.Text("t.pending"))
		heard(t, gone)
		assert.Equal(t, "AbortError", a.Text("t.slow('', {signal: AbortSignal.abort()}).catch((e) => e.name)"))
		assert.Len(t, x.requests(), 4)
	})
}

//go:embed pages/sticky.js
var sticky string

// An engine that hands no streams to a worker, or from one: bodies cross whole.
func TestDelegateWithoutStreams(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.BeforeScripts(sticky)
		a.open(home)
		options := "{..." + byWorker + ", workerUrl: '/e2e/sticky-worker.js'}"
		a.signIn(options)
		assert.Equal(t, "demo|alice", a.fetched("t.client.fetch(t.settings.audience + '/me')").Body.Sub)
		r := a.fetched("t.client.fetch(t.settings.audience + '/me', {method: 'POST', body: new Blob(['a stream']).stream(), duplex: 'half'})")
		assert.Equal(t, "POST a stream", r.Body.Method+" "+r.Body.Body)
	})
}

// A worker that ends takes its requests along, and says so.
func TestDelegateWorkerEnds(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		x := &annex{}
		gone := make(chan bool, 1)
		x.mux.HandleFunc("/annex/slow", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery != "" {
				fmt.Fprint(w, "one")
				_ = http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
			gone <- true
		})
		a := spied(t, b, ofItsOwn, func(c *stack.Config) { c.Front = x.front })
		a.signIn(byWorker)
		a.begin("call", "t.client.fetch(t.settings.issuer + '/annex/slow')")
		a.arrive(x, 1)
		a.Eval("spied.workers[0].terminate()")
		e := a.failed("internal", "the request", a.end("call"))
		assert.False(t, e.Retryable, "it may have been done")
		heard(t, gone)
		a.fails("login_required", "t.client.fetch(t.settings.issuer + '/annex/slow')")

		a.signInAgain("alice", "wonderland", byWorker)
		a.Eval("t.client.fetch(t.settings.issuer + '/annex/slow?body').then(async (r) => { t.reader = r.body.getReader(); await t.reader.read(); })")
		a.Eval("t.client.logout({openUrl: false})")
		a.Eval("t.client.close()")
		assert.Equal(t, "TypeError", a.Text("t.reader.read().catch((e) => e.name)"), "a body ends with its worker")
		heard(t, gone)
	})
}

// What would bring an access token into the page says why it doesn't.
func TestDelegateGivesNoToken(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, demanding)
		a.Allow("the server responded with a status of 40")
		for _, options := range []string{"{fetchInWorker: true}", "{cacheLocation: 'memory', useWorker: false, fetchInWorker: true}", "{cacheLocation: 'memory', fetchInWorker: 1}"} {
			e := a.fails("config_invalid", "t.create("+options+")")
			assert.Contains(t, e.Message, "fetchInWorker")
		}
		options := "{..." + byWorker + ", useDpop: true}"
		a.signIn(options)
		for _, call := range []string{
			"getTokenSilently()", "getTokenSilently({cacheMode: 'cache-only'})", "getTokenSilently({detailedResponse: true})", "getTokenWithPopup()",
			"exchangeToken({subject_token: 'x', subject_token_type: 'urn:x'})", "createFetcher({fetch})",
		} {
			e := a.fails("config_invalid", "t.client."+call)
			assert.Contains(t, e.Message, "fetchInWorker", call)
		}

		// DPoP: the first has no nonce, and each request a proof of its own.
		r := a.fetched("t.client.fetch(t.settings.audience + '/me?q=1', {method: 'POST', body: 'x'})")
		assert.Equal(t, "200 DPoP POST x", fmt.Sprintf("%d %s %s %s", r.Status, r.Body.TokenType, r.Body.Method, r.Body.Body))
		assert.NotEmpty(t, a.Text("t.client.getDpopNonce(t.settings.audience)"))
		a.stack.Faults().ExpireAccessTokens()
		assert.Equal(t, 200, a.fetched("t.client.createFetcher({baseUrl: t.settings.audience}).fetchWithAuth('/me')").Status)
		assert.Equal(t, 1, a.refreshes())
		assert.Equal(t, "demo|alice", a.Text("t.client.fetchUserInfo().then((u) => u.sub)"))
		a.Eval("t.client.checkSession({cacheMode: 'off'})")
		assert.Equal(t, 2, a.refreshes())
		require.Equal(t, "demo|alice", a.subject())
	})
}
