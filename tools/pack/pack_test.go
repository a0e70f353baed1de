package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// product is the smallest tree that packs.
func product(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":               "module product\n\ngo 1.26\n",
		"wasm/main.go":         "package main\n\nfunc main() { println(\"hello\") }\n",
		"js/module.js":         "import { load } from './abi.js';\nexport const start = () => load({ _ticket: 1, _pendingEvent: 2 });\nexport const more = () => import('./postern.diagnose.js');\n",
		"js/global.js":         "export { start } from './module.js';\n",
		"js/abi.js":            "export const load = (o) => 'tinygo' + o._ticket + o._pendingEvent;\n",
		"js/abi_go.js":         "import 'wasm_exec';\nexport const load = (o) => new globalThis.Go().run(o._ticket);\n",
		"js/diagnose.js":       "export const diagnose = () => {};\n",
		"js/index.d.ts":        "export {};\n",
		"js/callback.html":     "<!doctype html>",
		"js/frontchannel.html": "<!doctype html>",
		"js/monitor.js":        "export const monitor = () => {};\n",
		"js/worker.js":         "export {};\n",
		"js/more.js":           "export {};\n",
		"js/frontchannel.js":   "import './postern.js';\n",
		"npm/package.json":     `{"name": "product", "version": "1.2.3"}`,
		"npm/README.md":        "product\n",
		"CHANGELOG.md":         "1.2.3\n",
		"LICENSE":              "MIT\n",
		"js/inline.js":         "import module from 'postern.full.wasm';\nexport { start } from './module.js';\nexport const hex = module;\n",
		"js/inline.d.ts":       "export {};\n",
		"js/global.d.ts":       "export {};\n",
		"js/auth0.js":          "export { start } from './postern.js';\n",
		"js/auth0.d.ts":        "export {};\n",
		"js/react.js":          "import 'react';\n",
		"js/react.d.ts":        "export {};\n",
	} {
		edit(t, root, name, content)
	}
	return root
}

func edit(t *testing.T, root, name, content string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
}

func goHere(t *testing.T) goCompiler {
	t.Helper()
	goroot, version, err := goEnv(context.Background(), ".")
	require.NoError(t, err)
	return goCompiler{goroot: goroot, goVersion: version}
}

func TestGoBuild(t *testing.T) {
	root, out, with := product(t), t.TempDir(), goHere(t)

	files, err := build(context.Background(), root, with)
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(files[coreName], []byte("\x00asm")))
	for _, name := range modules {
		assert.True(t, bytes.HasSuffix(files[name], []byte("\x00\x0e\x0dpostern 1.2.3")), "the version, by which a script knows its own")
	}
	assert.Contains(t, string(files["postern.js"]), "importObject", "Go's support file should be bundled")
	assert.Contains(t, string(files["postern.js"]), "_pendingEvent")
	assert.NotContains(t, string(files["postern.js"]), "tinygo")
	assert.True(t, strings.HasPrefix(string(files["postern.global.js"]), `var postern=`), "the global name")
	assert.Contains(t, string(files["inline.js"]), hex.EncodeToString(files[fullName]), "the module inside")

	again, err := build(context.Background(), root, with)
	require.NoError(t, err)
	assert.Equal(t, files, again, "the same source should make the same bytes")

	for _, name := range modules { // the race detector makes a minute of compressing all of them
		files[name] = files[name][:64<<10]
	}
	first, err := write(out, files, with, "inputs")
	require.NoError(t, err)
	assert.Equal(t, "1.2.3", first.Version)
	read, err := readInfo(out)
	require.NoError(t, err)
	assert.Equal(t, first, read)
	assert.True(t, read.intact(out))
	require.NoError(t, report(io.Discard, read), "no budget for Go's build")

	for suffix, open := range map[string]func(io.Reader) (io.Reader, error){
		".gz": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		".br": func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	} {
		packed, err := os.ReadFile(filepath.Join(out, coreName+suffix))
		require.NoError(t, err)
		reader, err := open(bytes.NewReader(packed))
		require.NoError(t, err)
		unpacked, err := io.ReadAll(reader)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(files[coreName], unpacked), suffix)
	}
}

func TestScriptsForTinyGo(t *testing.T) {
	root := product(t)
	code, err := bundle(root, scripts[0], tinygoCompiler{}, nil)
	require.NoError(t, err)
	assert.Contains(t, string(code), "tinygo")
	assert.Contains(t, string(code), "_pendingEvent", "Go spells it")
	assert.NotContains(t, string(code), "_ticket", "only ours")
	assert.NotContains(t, string(code), root)
	assert.Contains(t, string(code), `import("./postern.diagnose.js")`, "what few pages need should be fetched by who needs it")

	edit(t, root, "js/abi.js", "export const load = (o) => o === NaN;\n")
	_, err = bundle(root, scripts[0], tinygoCompiler{}, nil)
	assert.ErrorContains(t, err, "js/abi.js", "a warning should fail and say where")
}

func TestStalePackageIsNoticed(t *testing.T) {
	root, out, with := product(t), t.TempDir(), goHere(t)
	before, err := hashInputs(root, with)
	require.NoError(t, err)

	edit(t, root, "wasm/main_test.go", "package main\n")
	same, err := hashInputs(root, with)
	require.NoError(t, err)
	assert.Equal(t, before, same, "a test doesn't ship")

	edit(t, root, "internal/new/new.go", "package new\n")
	after, err := hashInputs(root, with)
	require.NoError(t, err)
	assert.NotEqual(t, before, after)
	other, err := hashInputs(root, tinygoCompiler{goVersion: with.goVersion})
	require.NoError(t, err)
	assert.NotEqual(t, after, other)

	files := map[string][]byte{"package.json": []byte("{}"), "old.js": []byte("1"), "kept.js": []byte("2")}
	_, err = write(out, files, with, after)
	require.NoError(t, err)
	delete(files, "old.js")
	info, err := write(out, files, with, after)
	require.NoError(t, err)
	assert.NoFileExists(t, filepath.Join(out, "old.js.br"), "what an earlier build left should go")
	assert.True(t, info.intact(out))

	edit(t, out, "kept.js", "3")
	assert.False(t, info.intact(out), "an edited file")
	edit(t, out, "kept.js", "2")
	require.NoError(t, os.Remove(filepath.Join(out, "kept.js.gz")))
	assert.False(t, info.intact(out), "a missing sibling")
}

func TestBudget(t *testing.T) {
	i := info{Tools: tools{Compiler: "TinyGo"}, Files: map[string]file{coreName: {Brotli: budget - 1}, "postern.js": {Brotli: 1}}}
	require.NoError(t, report(io.Discard, i))

	i.Files["postern.js"] = file{Brotli: 2}
	assert.ErrorContains(t, report(io.Discard, i), "1 bytes over")
	i.Tools.Compiler = "Go"
	require.NoError(t, report(io.Discard, i))

	delete(i.Files, "postern.js")
	assert.ErrorContains(t, report(io.Discard, i), "no size for postern.js")
}

func TestUnicodeTablesAreRefused(t *testing.T) {
	require.NoError(t, checkTables([]byte("\x00asm")))
	assert.ErrorContains(t, checkTables([]byte("\x00asm Cased_Letter")), `import _ "strings"`)
}

// TestManifest compares the npm package's manifest with what is built.
func TestManifest(t *testing.T) {
	text, err := os.ReadFile("../../npm/package.json")
	require.NoError(t, err)
	var manifest struct {
		Files   []string
		Scripts map[string]string
		Exports map[string]any
	}
	require.NoError(t, json.Unmarshal(text, &manifest))
	assert.Empty(t, manifest.Scripts, "installing it should run nothing")

	names := append([]string{infoName}, modules...)
	for _, c := range copies {
		names = append(names, c.name)
	}
	for _, s := range append(scripts, inline) {
		names = append(names, s.name)
	}
	for _, name := range names {
		switch name {
		case "package.json", "README.md", "LICENSE": // npm always takes these
			continue
		}
		assert.True(t, matchesAny(manifest.Files, name), "%s is built but not published", name)
	}
	for path, target := range manifest.Exports {
		targets, ok := target.(map[string]any)
		if !ok {
			targets = map[string]any{"default": target}
		}
		for _, to := range targets {
			assert.Contains(t, names, strings.TrimPrefix(to.(string), "./"), path)
		}
	}
}

func matchesAny(patterns []string, name string) bool {
	for _, pattern := range patterns {
		if ok, _ := filepath.Match(pattern, name); ok {
			return true
		}
	}
	return false
}
