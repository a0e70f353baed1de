//go:build !js

package layers

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/postern-auth/postern"

// root is the repository.
var root, _ = filepath.Abs("../..")

// Package is what go list says about one package.
type Package struct {
	ImportPath   string
	Dir          string
	Export       string
	Standard     bool
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Error        *struct{ Err string }
}

// config is one way to build the module.
type config struct{ goos, goarch, tags string }

var (
	native  = config{os.Getenv("GOOS"), os.Getenv("GOARCH"), ""}
	goWasm  = config{"js", "wasm", ""}
	shipped = config{"js", "wasm", "tinygo,scheduler.asyncify"} // the full module, which has all that the core has but its way to wait
	core    = config{"js", "wasm", "tinygo,scheduler.none,core"}
	configs = map[string]config{"native": native, "Go wasm": goWasm, "TinyGo wasm": shipped, "TinyGo core": core}
)

// goList runs go list -e -json with the arguments.
func (c config) goList(args ...string) ([]Package, error) {
	cmd := exec.Command("go", append([]string{"list", "-e", "-json", "-tags", c.tags}, args...)...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+c.goos, "GOARCH="+c.goarch)
	out, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = errors.New(string(exit.Stderr))
		}
		return nil, err
	}
	var all []Package
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p Package
		switch err := decoder.Decode(&p); err {
		case nil:
			all = append(all, p)
		case io.EOF:
			return all, nil
		default:
			return nil, err
		}
	}
}

// ours lists the packages of this module once for each configuration.
var ours = func() map[string]func() ([]Package, error) {
	lists := make(map[string]func() ([]Package, error))
	for name, c := range configs {
		lists[name] = sync.OnceValues(func() ([]Package, error) { return c.goList("./...") })
	}
	return lists
}()

// linked lists the packages that the shipped module is made of.
var linked = sync.OnceValues(func() ([]Package, error) { return shipped.goList("-deps", "./wasm") })

// shippedPackages returns what the shipped module links.
func shippedPackages(t *testing.T) []Package {
	t.Helper()
	packages, err := linked()
	require.NoError(t, err)
	for _, p := range packages {
		require.Nil(t, p.Error, "%s: %v", p.ImportPath, p.Error)
	}
	require.Contains(t, slices.Collect(maps.Keys(byPath(packages))), module+"/wasm")
	return packages
}

func byPath(packages []Package) map[string]Package {
	m := make(map[string]Package, len(packages))
	for _, p := range packages {
		m[p.ImportPath] = p
	}
	return m
}

// short returns a package's path inside the module and whether it has one.
func short(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}
