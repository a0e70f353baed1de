//go:build !js

package layers

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// source type-checks packages of this module from their files, as TinyGo sees them, and takes all others from what Go compiled: Go itself
// can't compile files that are for TinyGo only.
type source struct {
	t        *testing.T
	fset     *token.FileSet
	packages map[string]Package
	compiled types.Importer
	checked  map[string]*types.Package
	lookups  []string
}

func newSource(t *testing.T, packages []Package) *source {
	var foreign []string
	for _, p := range packages {
		if _, own := short(p.ImportPath); !own && p.ImportPath != "unsafe" {
			foreign = append(foreign, p.ImportPath)
		}
	}
	list, err := goWasm.goList(append([]string{"-export"}, foreign...)...)
	require.NoError(t, err)
	exported := byPath(list)
	s := &source{t: t, fset: token.NewFileSet(), packages: byPath(packages), checked: make(map[string]*types.Package)}
	s.compiled = importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exported[path].Export) })
	return s
}

// Import implements types.Importer.
func (s *source) Import(path string) (*types.Package, error) {
	if _, own := short(path); !own {
		return s.compiled.Import(path)
	}
	if done := s.checked[path]; done != nil {
		return done, nil
	}
	p := s.packages[path]
	var files []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(s.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		require.NoError(s.t, err)
		files = append(files, file)
	}
	pkg, lookups := s.check(path, files)
	s.checked[path] = pkg
	s.lookups = append(s.lookups, lookups...)
	return pkg, nil
}

// check type-checks files and returns the lookups among them that break the rule.
func (s *source) check(path string, files []*ast.File) (*types.Package, []string) {
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	conf := types.Config{Importer: s, Sizes: types.SizesFor("gc", "wasm")}
	pkg, err := conf.Check(path, s.fset, files, info)
	require.NoError(s.t, err)
	var at []string
	for _, file := range files {
		for _, lookup := range untracked(info, file) {
			at = append(at, place(s.fset, lookup))
		}
	}
	return pkg, at
}

// TinyGo doesn't tell its garbage collector about what a map lookup returned: when the entry is deleted or overwritten, the value is freed
// while it is in use. What a function returns is safe. So a lookup is a function of its own, or a slice does the map's work.
func TestMapLookupsAreAccessors(t *testing.T) {
	inCore, err := core.goList("-deps", "./wasm")
	require.NoError(t, err)
	var lookups []string
	for _, packages := range [][]Package{shippedPackages(t), inCore} {
		s := newSource(t, packages)
		for _, p := range packages {
			if _, own := short(p.ImportPath); own {
				_, err := s.Import(p.ImportPath)
				require.NoError(t, err)
			}
		}
		require.NotEmpty(t, s.checked)
		lookups = append(lookups, s.lookups...)
	}
	for _, at := range lookups {
		t.Errorf("%s: the value of this map lookup holds a pointer, which TinyGo's garbage collector doesn't see; let a function return it "+
			"and do nothing else", at)
	}
}

// The check itself is held to a file in which every line that must be flagged says so.
func TestUntracked(t *testing.T) {
	s := newSource(t, []Package{{ImportPath: "strings"}, {ImportPath: "syscall/js"}})
	path := filepath.Join(root, "internal", "layers", "testdata", "maps", "maps.go")
	file, err := parser.ParseFile(s.fset, path, nil, parser.SkipObjectResolution|parser.ParseComments)
	require.NoError(t, err)
	var want []int
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if comment.Text == "// flagged" {
				want = append(want, s.fset.Position(comment.Pos()).Line)
			}
		}
	}
	require.Greater(t, len(want), 10)

	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	conf := types.Config{Importer: s}
	_, err = conf.Check("maps", s.fset, []*ast.File{file}, info)
	require.NoError(t, err)
	var got []int
	for _, lookup := range untracked(info, file) {
		got = append(got, s.fset.Position(lookup.Pos()).Line)
	}
	assert.Equal(t, want, got)
}
