package consumers

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
)

// postern/react as an application has it: under StrictMode, which renders and mounts everything twice, and below a Suspense boundary that throws
// the first tree away with the provider in it.
func TestReact(t *testing.T) {
	a := install(t, "react")
	a.npm("run", "build")
	home := a.built("")
	tab := browser.Open(t)
	is := func(tab *chromium.Tab, who string) {
		t.Helper()
		const shown = "document.querySelector('#who')?.textContent"
		tab.WaitFor(shown + " == " + chromium.Quote(who) + " || " + shown + "?.startsWith('failed')")
		require.Equal(t, who, tab.Text(shown))
	}

	tab.Goto(home)
	is(tab, "nobody")
	assert.True(t, tab.Bool("seen.suspended > 0"), "nothing should have been shown before the session was known")
	assert.False(t, tab.Bool("seen.statuses.includes('loading')"), "what waits for ready should never see the status loading")
	tab.Click("#in")
	tab.Fill("#username", "alice")
	tab.Fill("#password", "wonderland")
	tab.Click("#sign-in")
	tab.Click("#allow")
	is(tab, "Alice Liddell")
	tab.WaitFor("seen.returned.length > 0")
	assert.Equal(t, `[{"returnTo":"/#there"}]`, tab.Text("JSON.stringify(seen.returned)"), "a redirect ends once, under StrictMode too")
	assert.Equal(t, home+"#there", tab.URL())
	assert.Equal(t, "signed-in", tab.Text("document.querySelector('#status').textContent"))
	tab.Click("#ask")
	tab.WaitFor("document.querySelector('#answer').textContent == 'demo|alice'")

	tab.Reload()
	is(tab, "Alice Liddell")
	assert.Equal(t, "[]", tab.Text("JSON.stringify(seen.returned)"))

	other := tab.Sibling()
	other.Goto(home)
	is(other, "Alice Liddell")
	other.Click("#out")
	is(other, "nobody")
	is(tab, "nobody")
	assert.Equal(t, "signed-out", tab.Text("document.querySelector('#status').textContent"))

	assert.True(t, tab.Bool("seen.listening == 2"), "two components listen: what StrictMode mounted first should have let go of the client")
	tab.Eval("unmount()")
	tab.WaitFor("seen.listening == 0")
	tab.WaitFor("!document.querySelector('#who')")
}

// An answer in the fragment is one, and what else stands there isn't.
func TestReactFragment(t *testing.T) {
	a := install(t, "react")
	a.npm("run", "build")
	home := a.built("")
	tab := browser.Open(t)
	tab.Goto(home + "#state=CA")
	tab.WaitFor("document.querySelector('#who')?.textContent == 'nobody'")
	tab.Click("#fragment")
	tab.Fill("#username", "alice")
	tab.Fill("#password", "wonderland")
	tab.Click("#sign-in")
	tab.Click("#allow")
	tab.WaitFor("document.querySelector('#who')?.textContent == 'Alice Liddell'")
	tab.WaitFor("seen.returned.length > 0")
	assert.Equal(t, home+"#here", tab.URL())
}

// What the provider refuses is shown, and the address bar is clean of it; a reload starts anew.
func TestReactError(t *testing.T) {
	a := install(t, "react")
	a.npm("run", "build")
	home := a.built("")
	tab := browser.Open(t)
	tab.Goto(home)
	tab.Click("#refused")
	tab.WaitFor("document.querySelector('#who')?.textContent == 'failed: login_required'")
	assert.Equal(t, home, tab.URL())
	assert.Equal(t, "[]", tab.Text("JSON.stringify(seen.returned)"))
	tab.Reload()
	tab.WaitFor("document.querySelector('#who')?.textContent == 'nobody'")
}

// On a server nobody is signed in, nothing is thrown, and a component that waits isn't waited for without end.
func TestReactServer(t *testing.T) {
	a := install(t, "react")
	cmd := exec.CommandContext(t.Context(), "node", "server.mjs")
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Contains(t, string(out), "<p>loading")
}
