package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// target.json is TinyGo's own wasm target without a C library: wasi-libc brings printf along and doubles the module. Without it the
// module imports gojs.* and env.arc4random, nothing else. The features are those that LLVM 19 knows and every current browser has.
//
//go:embed target.json
var target []byte

// tinygoFlags, each with its reason. Sizes are brotli.
var tinygoFlags = []string{
	"-scheduler=asyncify", // goroutines that block on promises: 1.7 KB more than callbacks, and half the code
	"-gc=leaking",         // no collector and no stack maps for one: a fifth of the module; the loader replaces an instance that has grown
	"-panic=trap",         // no message to print, nobody to print it to; the loader turns the trap into an error
	"-no-debug",           // names and lines are most of the file otherwise
	"-opt=z",              // size over speed: the time goes into the network
	"-stack-size=8KB",     // the default of 64 KB makes a callback from JavaScript cost 62 us in place of 9
	"-buildmode=c-shared", // a reactor: _initialize returns, and exported functions can be called for ever after
}

// asyncifyFlag spares what can't suspend. No import of ours suspends by itself, only TinyGo's scheduler does: 3.3 KB. TinyGo runs
// asyncify itself and has no way to pass this on, so it's given a wasm-opt that adds it.
const asyncifyFlag = "--pass-arg=asyncify-ignore-imports"

// optFlags are for the second wasm-opt run, after TinyGo's: together 8%.
var optFlags = []string{
	// Exported for C code and for a JavaScript scheduler, which nobody has here; each keeps its function alive. 2.5%. Passes run in
	// order, so these come before -Oz, which drops what they no longer hold.
	"--remove-exports=resume", "--remove-exports=malloc", "--remove-exports=calloc", "--remove-exports=realloc", "--remove-exports=free",
	"--remove-exports=fminimum*", "--remove-exports=fmaximum*", "--remove-exports=asyncify_*",
	"-lmu",                    // nothing lives below 1 KB (it's the far end of the stack), so offsets fold into loads and stores
	"-Oz",                     // size
	"--converge",              // until it doesn't get smaller
	"--strip-producers",       // the compilers' names, for nobody
	"--strip-target-features", // read by linkers only
}

type tinygoCompiler struct {
	tools     setup.Tools
	goVersion string
}

func (tinygoCompiler) name() string      { return "TinyGo" }
func (c tinygoCompiler) version() string { return c.tools.TinyGoVersion }

func (c tinygoCompiler) module(ctx context.Context, root, tmp string) ([]byte, error) {
	targetFile := filepath.Join(tmp, "target.json")
	if err := os.WriteFile(targetFile, target, 0o644); err != nil {
		return nil, err
	}
	wrapper := filepath.Join(tmp, "wasm-opt")
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' %s \"$@\"\n", c.tools.WasmOpt, asyncifyFlag)
	if err := os.WriteFile(wrapper, []byte(script), 0o755); err != nil {
		return nil, err
	}
	env := []string{"WASMOPT=" + wrapper}
	if c.tools.TinyGoRoot != "" {
		env = append(env, "TINYGOROOT="+c.tools.TinyGoRoot)
	}

	compiled, optimised := filepath.Join(tmp, "compiled.wasm"), filepath.Join(tmp, "optimised.wasm")
	args := append([]string{"build", "-o", compiled, "-target", targetFile}, tinygoFlags...)
	if _, err := command(ctx, root, env, c.tools.TinyGo, append(args, "./wasm")...); err != nil {
		return nil, err
	}
	args = append([]string{compiled, "-o", optimised}, optFlags...)
	if _, err := command(ctx, root, nil, c.tools.WasmOpt, args...); err != nil {
		return nil, err
	}
	module, err := os.ReadFile(optimised)
	if err != nil {
		return nil, err
	}
	return module, checkTables(module)
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
