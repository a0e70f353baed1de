//go:build !js

package layers

import (
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// eachFile calls visit with the path, from the root, of every file that somebody wrote by hand.
func eachFile(t *testing.T, visit func(path string)) {
	t.Helper()
	count := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if strings.HasPrefix(name, ".") || slices.Contains([]string{"node_modules", "testdata", "dist", "dist-go"}, name) {
				return fs.SkipDir
			}
			return nil
		}
		count++
		inside, err := filepath.Rel(root, path)
		visit(filepath.ToSlash(inside))
		return err
	}))
	require.Greater(t, count, 30, "is this the repository?")
}

// nameless are words that a file is called by when nobody knows what it is about.
var nameless = []string{"util", "utils", "utility", "utilities", "common", "helper", "helpers", "manager", "managers", "misc"}

func isNameless(path string) bool {
	words := strings.FieldsFunc(strings.ToLower(path), func(c rune) bool { return strings.ContainsRune("/_-.", c) })
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(nameless, word) })
}

func TestFileNames(t *testing.T) {
	eachFile(t, func(path string) {
		assert.False(t, isNameless(path), "%s: a file is a verb or a message, and is called by it", path)
	})
	for path, want := range map[string]bool{
		"internal/oauth/token.go": false, "internal/utils/token.go": true, "js/helpers.js": true, "storage/manager_test.go": true,
		"internal/session/token-utils.go": true, "js/commonjs.js": false,
	} {
		assert.Equal(t, want, isNameless(path), path)
	}
}

func TestGoFilesStayShort(t *testing.T) {
	eachFile(t, func(path string) {
		if strings.HasSuffix(path, ".go") {
			content, err := os.ReadFile(filepath.Join(root, path))
			require.NoError(t, err)
			assert.LessOrEqual(t, strings.Count(string(content), "\n"), 400, "%s has more lines than anybody reads", path)
		}
	})
}

// needsBrowser reports whether a file imports syscall/js.
func needsBrowser(t *testing.T, path string) bool {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	require.NoError(t, err)
	for _, spec := range file.Imports {
		if spec.Path.Value == `"syscall/js"` {
			return true
		}
	}
	return false
}

// A file that imports syscall/js stands aside by its name or its build constraint, so that everything builds and is tested without a browser.
func TestBrowserFilesStandAside(t *testing.T) {
	seen := 0
	eachFile(t, func(path string) {
		full := filepath.Join(root, path)
		if !strings.HasSuffix(path, ".go") || !needsBrowser(t, full) {
			return
		}
		seen++
		for _, goos := range []string{"linux", "darwin", "windows"} {
			assert.False(t, builtNatively(t, full, goos), "%s imports syscall/js: call it _js.go, or give it a constraint on js or tinygo", path)
		}
	})
	assert.Positive(t, seen)
}

func builtNatively(t *testing.T, path, goos string) bool {
	context := build.Default
	context.GOOS, context.GOARCH, context.BuildTags = goos, "amd64", nil
	built, err := context.MatchFile(filepath.Dir(path), filepath.Base(path))
	require.NoError(t, err)
	return built
}

func TestBuiltNatively(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct {
		constraint string
		want       bool
	}{
		"page_js.go": {"", false}, "page.go": {"", true}, "a.go": {"//go:build js", false}, "b.go": {"//go:build tinygo", false},
		"c.go": {"//go:build js && !tinygo", false}, "d.go": {"//go:build !js", true}, "e.go": {"//go:build js || linux", true},
		"f_js_test.go": {"", false}, "page_tinygo.go": {"", true}, "js.go": {"", true},
	} {
		full := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(full, []byte(test.constraint+"\n\npackage x\n\nimport _ \"syscall/js\"\n"), 0o600))
		assert.True(t, needsBrowser(t, full), name)
		assert.Equal(t, test.want, builtNatively(t, full, "linux"), name)
	}
}
