package consumers

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// start starts the provider, the API and the application's own origin.
func start(t *testing.T, c stack.Config) string {
	t.Helper()
	c.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := stack.Start(context.WithoutCancel(t.Context()), c)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s.AppURL() + "/"
}

// built serves what a tool has made. The policy is the demo's strict one where csp is "".
func (a app) built(csp string) string {
	a.Helper()
	return start(a.T, stack.Config{Demo: filepath.Join(a.dir, "dist"), CSP: csp})
}

// loose is for tools that put scripts into the page.
const loose = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; frame-ancestors 'self'"

// served puts the tool's own server behind the application's origin, which the provider knows.
func (a app) served(command ...string) string {
	a.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(a, err)
	address := listener.Addr().String()
	require.NoError(a, listener.Close())
	_, port, err := net.SplitHostPort(address)
	require.NoError(a, err)

	cmd := exec.Command(filepath.Join(a.dir, "node_modules", ".bin", command[0]), append(command[1:], "--host", "127.0.0.1", "--strictPort", "--port", port)...)
	cmd.Dir = a.dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(a, cmd.Start())
	a.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if a.Failed() {
			a.Logf("%v: %s", command, out.String())
		}
	})
	require.Eventually(a, func() bool {
		response, err := http.Get("http://" + address + "/")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, time.Minute, 20*time.Millisecond, "%v doesn't answer", command)
	return start(a.T, stack.Config{App: httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address}), CSP: loose})
}

// job is what an application is for: in, a call to the API, a reload, out. It returns from where the core was fetched, "" if it wasn't; then the full module
// must be to be had as well.
func job(t *testing.T, home string) (module string) {
	t.Helper()
	tab := browser.Open(t)
	// An application fails before it is signed in, or is what it should be.
	is := func(who string) {
		t.Helper()
		const shown = "document.querySelector('#who')?.textContent"
		tab.WaitFor(shown + " == " + chromium.Quote(who) + " || " + shown + "?.startsWith('failed')")
		require.Equal(t, who, tab.Text(shown))
	}
	tab.Goto(home)
	is("nobody")
	tab.Click("#in")
	tab.Fill("#username", "alice")
	tab.Fill("#password", "wonderland")
	tab.Click("#sign-in")
	tab.Click("#allow")
	is("Alice Liddell")
	assert.Equal(t, home, tab.URL(), "the address bar should be clean")
	assert.Equal(t, "demo|alice", tab.Text("document.querySelector('#answer').textContent"), "what the API says of the token")
	tab.Reload()
	is("Alice Liddell")
	const modules = "performance.getEntriesByType('resource').map((e) => e.name).filter((name) => name.endsWith('.wasm'))"
	module = tab.Text(modules + "[0] ?? ''")
	if module != "" {
		assert.True(t, tab.Bool(modules+".length == 1"), "this takes the core alone")
	}
	tab.Click("#answer")
	tab.WaitFor("document.querySelector('#answer').textContent == 'alice@example.com'")
	if module != "" {
		assert.True(t, tab.Bool(modules+".length == 2"), "what the tool made of postern.full.wasm")
	}
	tab.Click("#out")
	is("nobody")
	tab.Reload()
	is("nobody")
	return module
}
