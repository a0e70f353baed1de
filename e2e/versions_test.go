package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// deployed is the build, but for a file of the version that came after it.
func deployed(t *testing.T, b build, file, from, to string) (dir string) {
	t.Helper()
	dir = copyOf(t, b)
	path := filepath.Join(dir, file)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), from)
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(string(content), from, to)), 0o600))
	for _, suffix := range []string{".br", ".gz"} {
		require.NoError(t, os.Remove(path+suffix))
	}
	return dir
}

// A site is deployed anew while a page is open, or a copy of the module was left behind when the package was updated. The error names the file; no code of
// one version runs with another's, and what the page has already goes on.
func TestFilesOfTwoVersions(t *testing.T) {
	const script = `"0.1.0"`
	for file, test := range map[string]struct{ version, options, call string }{
		"postern.full.wasm":   {"postern 0.1.0", "{}", "t.client.fetchUserInfo()"},
		"postern.more.js":     {script, "{}", "t.client.fetch('/nothing/here')"},
		"postern.diagnose.js": {script, "{}", "t.client.diagnose().then(() => {})"},
	} {
		t.Run(file, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				dir := deployed(t, b, file, test.version, strings.Replace(test.version, "0.1.0", "0.2.0", 1))
				a := start(t, b, calm, func(c *stack.Config) { c.Dist = dir })
				a.signIn(test.options)
				e := a.fails("wasm_unavailable", test.call)
				assert.Contains(t, e.Description, "version, 0.1.0")
				assert.False(t, e.Retryable, "only a reload brings files of one version")
				a.greeted("demo|alice")
			})
		})
	}
	for file, test := range map[string]struct{ version, options string }{
		"postern.wasm":      {"postern 0.1.0", "{}"},
		"postern.worker.js": {script, "{cacheLocation: 'memory'}"},
	} {
		t.Run(file, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				dir := deployed(t, b, file, test.version, strings.Replace(test.version, "0.1.0", "0.2.0", 1))
				a := start(t, b, func(c *stack.Config) { c.Dist = dir })
				assert.Contains(t, a.fails("wasm_unavailable", "t.create("+test.options+")").Description, "version, 0.1.0")
			})
		})
	}
}
