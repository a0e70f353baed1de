//go:build !js

package bridge

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// pack builds the product as it ships and returns its module.
func pack(t *testing.T, compiler string) string {
	t.Helper()
	dir := t.TempDir()
	_, err := run(t, nil, "go", "run", "./tools/pack", "-compiler", compiler, "-out", dir)
	module := filepath.Join(dir, "postern.wasm")
	if err != nil { // over the size budget, which is another test's business, it is written all the same
		require.FileExists(t, module, err)
	}
	return module
}

var stores = []string{"sessionstorage", "memory", "custom"}

// TestProductGo runs every verb of the product a thousand times with Go's build.
func TestProductGo(t *testing.T) {
	read(t, "internal", "storage", "pkce", "wasm", "js", "tools/pack")
	module, js := pack(t, "go"), loader(t, "go")
	node(t, scripts+"product.mjs", js, module, "go", "sessionstorage")
}

// TestProductTinyGo runs them with the release: the handles live before and after must be as many. Then it lets instances end, one way
// and another, and expects the session to go on.
func TestProductTinyGo(t *testing.T) {
	read(t, "internal", "storage", "pkce", "wasm", "js", "tools/pack")
	tinygo(t)
	module, js := pack(t, "tinygo"), loader(t, "tinygo")
	for _, store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			node(t, scripts+"product.mjs", js, module, "tinygo", store)
		})
	}
	t.Run("little memory", func(t *testing.T) {
		t.Parallel()
		node(t, "--wasm-max-mem-pages=100", scripts+"product.mjs", js, module, "tinygo", "sessionstorage")
	})
}

// TestNothingElseWaits runs the product with asyncify's assertions, which stop the module where something waits that flags.Asyncify says
// can't: without them, the module would run on with its goroutines confused.
func TestNothingElseWaits(t *testing.T) {
	read(t, "internal", "storage", "pkce", "wasm", "js", "tools/pack")
	module := compileTinyGo(t, tinygo(t), "./wasm", "leaking", "--pass-arg=asyncify-asserts")
	js := loader(t, "tinygo")
	for _, store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			node(t, scripts+"product.mjs", js, module, "tinygo", store)
		})
	}
}
