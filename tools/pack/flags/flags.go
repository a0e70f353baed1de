// Package flags says how the release build is compiled. The boundary's tests build their own module in the same way.
package flags

import _ "embed"

// Target is TinyGo's own wasm target without a C library: wasi-libc brings printf along and doubles the module. Without it the
// module imports gojs.* and env.arc4random, nothing else. The features are those that LLVM 19 knows and every current browser has.
//
//go:embed target.json
var Target []byte

// TinyGo are its flags, each with its reason. Sizes are brotli.
var TinyGo = []string{
	"-scheduler=asyncify", // goroutines that block on promises: 1.7 KB more than callbacks, and half the code
	"-gc=leaking",         // no collector and no stack maps for one: a fifth of the module; the loader replaces an instance that has grown
	"-panic=trap",         // no message to print, nobody to print it to; the loader turns the trap into an error
	"-no-debug",           // names and lines are most of the file otherwise
	"-opt=z",              // size over speed: the time goes into the network
	"-stack-size=8KB",     // the default of 64 KB makes a callback from JavaScript cost 62 us in place of 9
	"-buildmode=c-shared", // a reactor: _initialize returns, and exported functions can be called for ever after
}

// Asyncify spares what can't suspend. No import of ours suspends by itself, only TinyGo's scheduler does: 3.3 KB. TinyGo runs
// asyncify itself and has no way to pass this on, so it's given a wasm-opt that adds it.
const Asyncify = "--pass-arg=asyncify-ignore-imports"

// Optimise are the flags of the second wasm-opt run, after TinyGo's: together 8%.
var Optimise = []string{
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
