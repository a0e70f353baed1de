package consumers

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// auth0-react as it is published, given a client of postern/auth0.
func TestAuth0Client(t *testing.T) {
	a := install(t, "auth0")
	a.npm("run", "client")
	home := a.built("")
	refused(t, home)
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, home))
}

// auth0-react's own source, where the name @auth0/auth0-spa-js leads to postern/auth0.
func TestAuth0Alias(t *testing.T) {
	a := install(t, "auth0")
	a.npm("run", "alias")
	home := a.built("")
	refused(t, home)
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, home))
	scripts, err := filepath.Glob(filepath.Join(a.dir, "dist", "assets", "*.js"))
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	for _, script := range scripts {
		assert.False(t, strings.Contains(read(t, script), "auth0.is.authenticated"), "%s has auth0-spa-js inside", script)
	}
}

// refused signs somebody in who then says no: the application is told by auth0-spa-js's class, with what it had in hand when it left.
func refused(t *testing.T, home string) {
	t.Helper()
	tab := browser.Open(t)
	const shown = "document.querySelector('#who')?.textContent"
	tab.Goto(home)
	tab.WaitFor(shown)
	require.Equal(t, "nobody", tab.Text(shown))
	tab.Click("#in")
	tab.Fill("#username", "alice")
	tab.Fill("#password", "wonderland")
	tab.Click("#sign-in")
	tab.Click("#deny")
	tab.WaitFor(shown)
	assert.Equal(t, "failed: access_denied: /", tab.Text(shown))
}

// What the names are and do where there is no browser.
func TestAuth0Names(t *testing.T) {
	a := install(t, "auth0")
	cmd := exec.CommandContext(t.Context(), "node", "names.mjs")
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
