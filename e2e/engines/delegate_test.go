package engines

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

const byWorker = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', fetchInWorker: true, apiOrigins: [t.settings.audience]}"

// The worker sends what client.fetch is asked to, with what each engine can hand over; and a redirect to another origin takes no token along.
func TestFetchInWorker(t *testing.T) {
	left := make(chan string, 10)
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization")
		if r.Method == http.MethodGet {
			left <- r.Header.Get("Authorization")
		}
	}))
	defer stranger.Close()
	gone := make(chan bool, 10)
	each(t, false, func(a *app) {
		a.signIn(byWorker)
		me := "t.client.fetch(t.settings.audience + '/me'"
		assert.Equal(a, "demo|alice Bearer", a.text(me+").then((r) => r.json()).then((b) => b.sub + ' ' + b.tokenType)"))
		a.stack.Faults().ExpireAccessTokens()
		assert.Equal(a, "200 POST a body", a.text(me+", {method: 'POST', body: new Blob(['a body'])}).then(async (r) => { const b = await r.json(); return r.status + ' ' + b.method + ' ' + b.body; })"))
		assert.Equal(a, 1, a.refreshes())
		assert.Equal(a, "a=b", a.text(me+", {method: 'POST', body: new URLSearchParams({a: 'b'})}).then((r) => r.json()).then((b) => b.body)"))
		assert.Contains(a, a.text("(() => { const body = new FormData(); body.set('f', 'field'); return "+me+", {method: 'POST', body}); })().then((r) => r.json()).then((b) => b.body)"), "field")
		assert.Equal(a, "config_invalid", a.text("t.client.getTokenSilently().catch((e) => e.code)"))

		slow := "t.client.fetch(t.settings.issuer + '/slow', {signal: (t.abort = new AbortController()).signal})"
		a.begin("slow", slow+".catch((e) => e.name)")
		require.True(a, <-gone, "it has come")
		a.eval("t.abort.abort()")
		assert.Contains(a, a.end("slow"), "AbortError")
		require.False(a, <-gone, "and is gone")
		assert.Equal(a, "onetwo", a.text("t.client.fetch(t.settings.issuer + '/pieces').then((r) => r.text())"))

		assert.Equal(a, "200", a.text("t.client.fetch(t.settings.issuer + '/away').then((r) => String(r.status))"))
		select {
		case authorization := <-left:
			assert.Empty(a, authorization)
		case <-time.After(time.Minute):
			assert.Fail(a, "the redirect was not followed")
		}
	}, func(c *stack.Config) {
		c.CSP = "script-src 'self' 'wasm-unsafe-eval'"
		c.Front = func(issuer http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				h := w.Header()
				switch r.URL.Path {
				case "/slow", "/pieces", "/away":
					h.Set("Access-Control-Allow-Origin", "*")
					h.Set("Access-Control-Allow-Headers", "Authorization")
				default:
					issuer.ServeHTTP(w, r)
					return
				}
				switch {
				case r.Method == http.MethodOptions:
				case r.URL.Path == "/slow":
					gone <- true
					<-r.Context().Done()
					gone <- false
				case r.URL.Path == "/pieces":
					fmt.Fprint(w, "one")
					_ = http.NewResponseController(w).Flush()
					fmt.Fprint(w, "two")
				default:
					http.Redirect(w, r, stranger.URL, http.StatusFound)
				}
			})
		}
	})
}
