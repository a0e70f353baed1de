// Package flags says how the release build is compiled. The boundary's tests build their own module in the same way.
package flags

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Target is TinyGo's own wasm target without a C library: wasi-libc brings printf along and doubles the module. Without it the
// module imports gojs.* and env.arc4random, nothing else. The features are those that LLVM 19 knows and every current browser has.
//
// A Go function that returns a text or an error returns several values. With experimental-mv these are WebAssembly's, not memory that the
// caller provides: 1.9 KB. Imports do the same, so js/abi.js answers with an array where syscall/js wants two.
//
//go:embed target.json
var Target []byte

// TinyGo are its flags, each with its reason. Sizes are brotli.
var TinyGo = []string{
	"-gc=leaking",         // no collector and no stack maps for one: 28% of a module that has them; the loader replaces an instance that has grown
	"-panic=trap",         // no message to print, nobody to print it to; the loader turns the trap into an error
	"-no-debug",           // names and lines are most of the file otherwise
	"-opt=z",              // size over speed: the time goes into the network
	"-stack-size=8KB",     // the default of 64 KB makes a callback from JavaScript cost 62 us in place of 9
	"-buildmode=c-shared", // a reactor: _initialize returns, and exported functions can be called for ever after
}

// Edition is one of the two modules.
type Edition struct {
	// Flags are TinyGo's for this one alone.
	Flags []string
	// First are those of the first wasm-opt run, which TinyGo starts. It has no way to pass them on, so it is given the script below.
	First []string
}

// exported for C code and for a JavaScript scheduler, which nobody has here; each keeps its function alive: 2.5%
var unused = []string{
	"--remove-exports=resume", "--remove-exports=malloc", "--remove-exports=calloc", "--remove-exports=realloc", "--remove-exports=free",
	"--remove-exports=fminimum*", "--remove-exports=fmaximum*",
}

// Core has what most pages need, and runs where the browser keeps the stacks of functions that wait (JavaScript Promise Integration): asyncify, which
// does it in the module, would be a fifth of it.
var Core = Edition{
	Flags: []string{"-scheduler=none", "-tags=core"},
	First: append(slices.Clip(unused), "-Oz"),
}

// Full has everything, and runs everywhere.
var Full = Edition{
	Flags: []string{"-scheduler=asyncify"},
	First: append(slices.Clip(unused), "--remove-exports=__stack_pointer",
		// Before asyncify, which makes its own mark on every call and local that is left. TinyGo makes a function for each method of an interface,
		// most of which only call another: those go. Above 12 it is too much.
		"--always-inline-max-function-size=12", "-Oz",
		"--asyncify",
		// It spares what can't suspend: no import of ours does, only TinyGo's scheduler: 3.3 KB.
		"--pass-arg=asyncify-ignore-imports"),
}

// Lines is the edition as it's measured: with the line that each instruction comes from, which lasts only where nothing was optimised since.
func (e Edition) Lines() Edition {
	return Edition{Flags: append(slices.Clip(e.Flags), "-no-debug=false"), First: []string{"-g"}} // of two flags of one name, the last counts
}

// Env gives TinyGo a cache of its own under dir. The linker keeps what it has compiled under a name that says nothing of target.json's
// ldflags: what another set of flags has left there would be linked in, and speak another ABI.
func Env(dir string) ([]string, error) {
	kept, err := exec.Command("go", "env", "GOCACHE").Output() // Go's own needs no second place, and is fast where it is
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append(slices.Clip(Target), strings.Join(TinyGo, " ")...))
	own, err := filepath.Abs(filepath.Join(dir, "cache", hex.EncodeToString(sum[:6])))
	return []string{"GOCACHE=" + strings.TrimSpace(string(kept)), "XDG_CACHE_HOME=" + own}, err
}

// WasmOpt is the script that TinyGo takes for the wasm-opt at path. It puts the edition's flags in the place of TinyGo's own.
func WasmOpt(path string, e Edition) []byte {
	return fmt.Appendf(nil, `#!/bin/sh
for arg; do
	shift
	case $arg in
	--asyncify | -O*) ;;
	*) set -- "$@" "$arg" ;;
	esac
done
exec '%s' '%s' "$@"
`, path, strings.Join(e.First, "' '"))
}

// Optimise are the flags of the second run: together 8%.
var Optimise = []string{
	"--remove-exports=asyncify_*",
	"-lmu",                    // nothing lives below 1 KB (it's the far end of the stack), so offsets fold into loads and stores
	"-Oz",                     // size
	"--converge",              // until it doesn't get smaller
	"--strip-producers",       // the compilers' names, for nobody
	"--strip-target-features", // read by linkers only
}
