//go:build !js

package bridge

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
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

// TestMirror tries what stands between the module and the application's own cache.
func TestMirror(t *testing.T) {
	read(t, "internal/bridge/boundary", "js")
	node(t, scripts+"mirror.mjs", filepath.Join(loader(t, "tinygo"), "mirror.js"))
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

// TestNothingElseWaits holds flags.Asyncify to what it says: a function whose address is taken, and which may be called through it, never
// waits. A goroutine's first function is called by the scheduler, which knows that it may.
func TestNothingElseWaits(t *testing.T) {
	read(t, "internal", "storage", "pkce", "wasm", "tools/pack/flags")
	tools := tinygo(t)
	text, err := run(t, nil, tools.WasmOpt, compiledTinyGo(t, tools, "./wasm", "leaking"), "-S", "-o", "-")
	require.NoError(t, err)

	const name = `\$("[^"]+"|[^\s()]+)`
	functions, calls := regexp.MustCompile(`(?m)^ \(func `+name), regexp.MustCompile(`\(call `+name)
	callers := map[string][]string{}
	starts := functions.FindAllStringSubmatchIndex(text, -1)
	for i, start := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		for _, call := range calls.FindAllStringSubmatch(text[start[0]:end], -1) {
			callers[call[1]] = append(callers[call[1]], text[start[2]:start[3]])
		}
	}
	const pause = "internal/task.Pause"
	waits := map[string]bool{pause: true}
	for queue := []string{pause}; len(queue) > 0; queue = queue[1:] {
		for _, caller := range callers[queue[0]] {
			if !waits[caller] {
				waits[caller] = true
				queue = append(queue, caller)
			}
		}
	}
	require.Greater(t, len(waits), 10)

	table := regexp.MustCompile(`(?m)^ \(elem .*\)$`).FindString(text)
	taken := regexp.MustCompile(name).FindAllStringSubmatch(table, -1)
	require.Greater(t, len(taken), 10, table)
	for _, function := range taken {
		if waits[function[1]] {
			assert.Contains(t, function[1], "$gowrapper", "this function waits, and may be called through a func value")
		}
	}
}
