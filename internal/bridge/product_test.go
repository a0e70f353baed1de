//go:build !js

package bridge

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// pack builds the product as it ships and returns where.
func pack(t *testing.T, compiler string) string {
	t.Helper()
	dir := t.TempDir()
	_, err := run(t, nil, "go", "run", "./tools/pack", "-compiler", compiler, "-out", dir)
	if err != nil { // over the size budget, which is another test's business, it is written all the same
		require.FileExists(t, filepath.Join(dir, "build-info.json"), err)
	}
	return dir
}

// TestMirror tries what stands between the module and the application's own cache.
func TestMirror(t *testing.T) {
	read(t, "internal/bridge/boundary", "js")
	node(t, "full", scripts+"mirror.mjs", filepath.Join(loader(t, "tinygo"), "mirror.js"))
}

var stores = []string{"sessionstorage", "memory", "custom"}

// TestProductGo runs every verb of the product a thousand times with Go's build.
func TestProductGo(t *testing.T) {
	read(t, "internal", "storage", "pkce", "wasm", "js", "tools/pack")
	node(t, "full", scripts+"product.mjs", loader(t, "go"), pack(t, "go"), "go", "full", "sessionstorage")
}

// TestProductTinyGo runs them with the release: the handles live before and after must be as many. Then it lets instances end, one way
// and another, and expects the session to go on. The core's run has the full module take over where the core lacks a verb.
func TestProductTinyGo(t *testing.T) {
	read(t, "internal", "storage", "pkce", "wasm", "js", "tools/pack")
	tinygo(t)
	packed, js := pack(t, "tinygo"), loader(t, "tinygo")
	for _, edition := range []string{"core", "full"} {
		product := func(store string, options ...string) func(*testing.T) {
			return func(t *testing.T) {
				t.Parallel()
				node(t, edition, append(options, scripts+"product.mjs", js, packed, "tinygo", edition, store)...)
			}
		}
		for _, store := range stores {
			t.Run(edition+" "+store, product(store))
		}
		t.Run(edition+" with little memory", product("sessionstorage", "--wasm-max-mem-pages=100"))
	}
}
