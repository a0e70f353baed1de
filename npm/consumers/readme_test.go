package consumers

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// quickstart is the first snippet of a kind under that heading of README.md: what a newcomer copies, and so what is run here.
func quickstart(t *testing.T, kind string) string {
	t.Helper()
	_, section, found := strings.Cut(read(t, filepath.Join(root, "README.md")), "\n## Quickstart\n")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	m := regexp.MustCompile("(?s)```" + kind + "\n(.*?)```").FindStringSubmatch(section)
	require.NotNil(t, m, kind)
	return m[1]
}

// filled replaces what a newcomer would. The provider isn't up before its page is made, so the page asks for what it has to say.
func filled(t *testing.T, code string, places ...string) string {
	t.Helper()
	for i := 0; i < len(places); i += 2 {
		require.Contains(t, code, places[i])
		code = strings.ReplaceAll(code, places[i], places[i+1])
	}
	return code
}

const settings = "const settings = await (await fetch('/config.json')).json();\n"

func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
}

func signIn(tab *chromium.Tab) {
	tab.Fill("#username", "alice")
	tab.Fill("#password", "wonderland")
	tab.Click("#sign-in")
	tab.Click("#allow")
}

func TestREADME(t *testing.T) {
	a := install(t, "vite")
	write(t, filepath.Join(a.dir, "main.js"), settings+filled(t, quickstart(t, "js"),
		"'https://login.example.com/'", "settings.issuer", "'YOUR_CLIENT_ID'", "settings.clientId",
		"'https://api.example.com'", "settings.audience", "'https://api.example.com/me'", "settings.audience + '/me'",
		"\n}\n", "\n  document.title = `${response.status} ${(await response.json()).sub}`;\n}\n",
	))
	a.npm("run", "build")
	home := a.built("")
	tab := browser.Open(t)
	tab.Goto(home)
	signIn(tab)
	tab.WaitFor("/demo/.test(document.title) || /^4/.test(document.title)")
	assert.Equal(t, "200 demo|alice", tab.Text("document.title"))
	assert.Equal(t, home, tab.URL(), "the address bar should be clean")
}

func TestREADMEScriptTag(t *testing.T) {
	demo := t.TempDir()
	page := filled(t, quickstart(t, "html"),
		"domain: 'tenant.eu.auth0.com'", "issuer: settings.issuer", "'YOUR_CLIENT_ID'", "settings.clientId",
		`<script type="module">`, `<script type="module">`+settings, "\n</script>\n", "\n  document.title = (await client.getUser())?.name ?? 'nobody';\n</script>\n")
	write(t, filepath.Join(demo, "index.html"), "<!doctype html>\n<link rel=\"icon\" href=\"data:,\">\n"+page)
	home := start(t, stack.Config{Demo: demo, Dist: filepath.Join(root, "dist"), CSP: "frame-ancestors 'self'"})
	tab := browser.Open(t)
	tab.Goto(home)
	tab.WaitFor("document.title == 'nobody'")
	tab.Click("#in")
	signIn(tab)
	tab.WaitFor("document.title == 'Alice Liddell'")
	tab.Click("#out")
	tab.WaitFor("document.title == 'nobody'")
}

func TestREADMEReact(t *testing.T) {
	a := install(t, "react")
	write(t, filepath.Join(a.dir, "main.jsx"), "import { createRoot } from 'react-dom/client';\n"+settings+filled(t, quickstart(t, "jsx"),
		"'https://login.example.com/'", "settings.issuer", "'YOUR_CLIENT_ID'", "settings.clientId",
	)+"createRoot(document.getElementById('root')).render(<App />);\n")
	a.npm("run", "build")
	home := a.built("")
	tab := browser.Open(t)
	const button = "document.querySelector('button')?.textContent"
	tab.Goto(home)
	tab.WaitFor(button + " == 'Sign in'")
	tab.Click("button")
	signIn(tab)
	tab.WaitFor(button + " == 'Sign out Alice Liddell'")
	assert.Equal(t, home, tab.URL(), "the address bar should be clean")
	tab.Click("button")
	tab.WaitFor(button + " == 'Sign in'")
}
