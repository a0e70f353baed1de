package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// goFlags strip what a browser has no use for: symbols, debug information, and this machine's paths and commit, which would make the
// same source build to different bytes.
var goFlags = []string{"-ldflags=-s -w", "-trimpath", "-buildvcs=false"}

// goCompiler is Go itself: the reference that TinyGo's build is compared with, and what builds where TinyGo can't be had.
type goCompiler struct {
	goroot, goVersion string
}

func (goCompiler) name() string      { return "Go" }
func (c goCompiler) version() string { return c.goVersion }

func (c goCompiler) module(ctx context.Context, root, tmp, name string) ([]byte, error) {
	file := filepath.Join(tmp, name)
	args := append([]string{"build", "-o", file}, goFlags...)
	if name == coreName {
		args = append(args, "-tags=core")
	}
	if _, err := command(ctx, root, []string{"GOOS=js", "GOARCH=wasm"}, "go", append(args, "./wasm")...); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// adapt gives the loader Go's ABI in place of TinyGo's. The import wasm_exec is Go's own support file, which must be the one of the
// very Go that compiled the module, so it isn't kept in the repository. Nothing is mangled: Go spells its underscored names.
func (c goCompiler) adapt(options *api.BuildOptions, root string) {
	replace := map[string]string{
		`^\./abi\.js$`: filepath.Join(root, "js", "abi_go.js"),
		`^wasm_exec$`:  filepath.Join(c.goroot, "lib", "wasm", "wasm_exec.js"),
	}
	options.Plugins = append(options.Plugins, api.Plugin{Name: "go-abi", Setup: func(build api.PluginBuild) {
		for filter, path := range replace {
			build.OnResolve(api.OnResolveOptions{Filter: filter}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: path}, nil
			})
		}
	}})
}
