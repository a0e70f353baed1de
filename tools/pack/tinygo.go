package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/postern-auth/postern/tools/pack/flags"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

type tinygoCompiler struct {
	tools     setup.Tools
	goVersion string
}

func (tinygoCompiler) name() string      { return "TinyGo" }
func (c tinygoCompiler) version() string { return c.tools.TinyGoVersion }

// editions are the two modules by their names.
var editions = map[string]flags.Edition{coreName: flags.Core, fullName: flags.Full}

func (c tinygoCompiler) module(ctx context.Context, root, tmp, name string) ([]byte, error) {
	compiled, err := c.compile(ctx, root, tmp, editions[name])
	if err != nil {
		return nil, err
	}
	optimised := filepath.Join(tmp, "optimised.wasm")
	args := append([]string{compiled, "-o", optimised}, flags.Optimise...)
	if _, err := command(ctx, root, nil, c.tools.WasmOpt, args...); err != nil {
		return nil, err
	}
	module, err := os.ReadFile(optimised)
	if err != nil {
		return nil, err
	}
	return module, checkTables(module)
}

// compile makes a file in tmp and returns its path.
func (c tinygoCompiler) compile(ctx context.Context, root, tmp string, edition flags.Edition) (string, error) {
	targetFile := filepath.Join(tmp, "target.json")
	if err := os.WriteFile(targetFile, flags.Target, 0o644); err != nil {
		return "", err
	}
	wrapper := filepath.Join(tmp, "wasm-opt")
	if err := os.WriteFile(wrapper, flags.WasmOpt(c.tools.WasmOpt, edition), 0o755); err != nil {
		return "", err
	}
	env, err := flags.Env(setup.Dir(root))
	if err != nil {
		return "", err
	}
	env = append(env, "WASMOPT="+wrapper)
	if c.tools.TinyGoRoot != "" {
		env = append(env, "TINYGOROOT="+c.tools.TinyGoRoot)
	}

	compiled := filepath.Join(tmp, "compiled.wasm")
	args := slices.Concat([]string{"build", "-o", compiled, "-target", targetFile}, flags.TinyGo, edition.Flags)
	_, err = command(ctx, root, env, c.tools.TinyGo, append(args, "./wasm")...)
	return compiled, err
}

// checkTables refuses a module that still holds the tables of package unicode. TinyGo runs package initialisers at compile time, in
// order, until one can't be; the tables of a package after that one are built at run time and all stay in.
func checkTables(module []byte) error {
	if bytes.Contains(module, []byte("Cased_Letter")) {
		return errors.New("the module holds package unicode's tables, 26 KB of them: syscall/js is initialised before strings or unicode. " +
			"Let the package that imports syscall/js import strings too (`import _ \"strings\"`), and let no package-level variable call js.Global()")
	}
	return nil
}

// privateProperties are shortened in the scripts: `_x` is a name between our own files, never one that Go or a caller spells. TinyGo's
// ABI has three that Go does spell.
const (
	privateProperties = `^_[a-z]`
	sharedProperties  = `^(_initialize|_makeFuncWrapper|_pendingEvent)$`
)

func (tinygoCompiler) adapt(options *api.BuildOptions, _ string) {
	options.MangleProps = privateProperties
	options.ReserveProps = sharedProperties
}
