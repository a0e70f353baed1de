package consumers

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// source is what a build reads, and what builds it.
var source = []string{"go.mod", "go.sum", "CHANGELOG.md", "LICENSE", "pkce", "storage", "internal", "wasm", "js", "npm", "tools"}

// Built again, from a copy of the source in another place and with nothing of TinyGo's kept from before, the package is the same to the byte. So
// whoever has the source can check by build-info.json, which is a part of it, that what is published was made of that source.
func TestReproducible(t *testing.T) {
	made, err := builds.Choose(root, "", os.Stderr)
	require.NoError(t, err)
	elsewhere := filepath.Join(t.TempDir(), "a place", "of its own")
	for _, name := range source {
		copyTo(t, filepath.Join(root, name), filepath.Join(elsewhere, name))
	}
	// The compilers themselves may be the same; what they keep of earlier builds may not.
	tools, err := os.ReadDir(setup.Dir(root))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(setup.Dir(elsewhere), 0o755))
	for _, tool := range tools {
		if tool.IsDir() && tool.Name() != "cache" {
			require.NoError(t, os.Symlink(filepath.Join(setup.Dir(root), tool.Name()), filepath.Join(setup.Dir(elsewhere), tool.Name())))
		}
	}
	for _, b := range made {
		t.Run(b.Name, func(t *testing.T) {
			out, compiler := filepath.Join(t.TempDir(), "out"), b.Compiler
			if compiler == "tinygo" {
				compiler = "auto" // as dist was made
			}
			cmd := exec.CommandContext(t.Context(), "go", "run", "./tools/pack", "-compiler", compiler, "-out", out)
			cmd.Dir = elsewhere
			said, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", said)
			files, err := os.ReadDir(out)
			require.NoError(t, err)
			require.Equal(t, inputs(t, b.Dir), inputs(t, out), "%s was made of another source: build it again first", b.Dir)
			for _, file := range files {
				// Not Equal: a difference in a module is nothing to print.
				same := read(t, filepath.Join(out, file.Name())) == read(t, filepath.Join(b.Dir, file.Name()))
				assert.True(t, same, "%s of the second build is another file", file.Name())
			}
			there, err := os.ReadDir(b.Dir)
			require.NoError(t, err)
			assert.Len(t, files, len(there))
			if b.Dir == filepath.Join(root, "dist") {
				again, err := pack(t.Context(), out, t.TempDir())
				require.NoError(t, err)
				assert.True(t, read(t, tarball) == read(t, again), "the archive to publish is another")
			}
		})
	}
}

// inputs is the hash of what a build was made of.
func inputs(t *testing.T, dir string) string {
	t.Helper()
	var info struct{ Inputs string }
	require.NoError(t, json.Unmarshal([]byte(read(t, filepath.Join(dir, "build-info.json"))), &info))
	require.NotEmpty(t, info.Inputs)
	return info.Inputs
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	require.NoError(t, err)
	if info.IsDir() {
		require.NoError(t, os.CopyFS(to, os.DirFS(from)))
		return
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
	require.NoError(t, os.WriteFile(to, []byte(read(t, from)), 0o644))
}
