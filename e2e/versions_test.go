package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// deployed is the build, but for a file of the version that came after it.
func deployed(t *testing.T, b build, file string) (dir, version string) {
	t.Helper()
	dir = copyOf(t, b)
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	require.NoError(t, err)
	var manifest struct{ Version string }
	require.NoError(t, json.Unmarshal(text, &manifest))
	version = manifest.Version
	said := `"` + version + `"` // by a script
	if filepath.Ext(file) == ".wasm" {
		said = "postern " + version
	}

	rewrite(t, filepath.Join(dir, file), func(content []byte) []byte {
		require.Contains(t, string(content), said)
		return bytes.ReplaceAll(content, []byte(said), []byte(strings.ReplaceAll(said, version, "9"+version[1:])))
	})
	return dir, version
}

// A site is deployed anew while a page is open, or a copy of the module was left behind when the package was updated. No code of one version runs with
// another's, and what the page has already goes on.
func TestFilesOfTwoVersions(t *testing.T) {
	for file, test := range map[string]struct {
		call     string
		signedIn bool // and stays so
	}{
		"postern.wasm":        {"t.create()", false},
		"postern.worker.js":   {"t.create({cacheLocation: 'memory'})", false},
		"postern.full.wasm":   {"t.client.fetchUserInfo()", true},
		"postern.more.js":     {"t.client.fetch('/nothing/here')", true},
		"postern.diagnose.js": {"t.client.diagnose().then(() => {})", true},
	} {
		t.Run(file, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				dir, version := deployed(t, b, file)
				a := start(t, b, calm, func(c *stack.Config) { c.Dist = dir })
				if test.signedIn {
					a.signIn("{}")
				}
				e := a.fails("wasm_unavailable", test.call)
				assert.Contains(t, e.Description, "version, "+version)
				if test.signedIn {
					assert.False(t, e.Retryable, "only a reload brings files of one version")
					a.greeted("demo|alice")
				}
			})
		})
	}
}
