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
func TestReactClient(t *testing.T) {
	a := install(t, "react")
	a.npm("run", "client")
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, a.built("")))
}

// auth0-react's own source, where the name @auth0/auth0-spa-js leads to postern/auth0.
func TestReactAlias(t *testing.T) {
	a := install(t, "react")
	a.npm("run", "alias")
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, a.built("")))
	scripts, err := filepath.Glob(filepath.Join(a.dir, "dist", "assets", "*.js"))
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	for _, script := range scripts {
		assert.False(t, strings.Contains(read(t, script), "auth0.is.authenticated"), "%s has auth0-spa-js inside", script)
	}
}

// What the names are and do where there is no browser.
func TestAuth0Names(t *testing.T) {
	a := install(t, "react")
	cmd := exec.CommandContext(t.Context(), "node", "names.mjs")
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
