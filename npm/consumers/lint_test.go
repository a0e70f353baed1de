package consumers

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// What the tools of the package's users will say of it: the manifest by publint, every entry's types by attw, for ES modules alone.
func TestLint(t *testing.T) {
	dir, err := setup.PackageLint(t.Context(), root, os.Stderr)
	require.NoError(t, err)
	for _, command := range [][]string{
		{"publint", "run", tarball, "--strict"},
		// These are addresses, for pages and scripts to fetch; nobody imports them, and they have no types.
		{"attw", tarball, "--profile", "esm-only", "--no-definitely-typed", "--format", "ascii", "--exclude-entrypoints", "postern.wasm", "postern.full.wasm", "callback.html", "frontchannel.html",
			"postern.diagnose.js", "postern.monitor.js", "postern.more.js", "postern.worker.js", "postern.frontchannel.js"},
	} {
		out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "node_modules", ".bin", command[0]), command[1:]...).CombinedOutput()
		require.NoError(t, err, "%s: %s", command[0], out)
	}
}
