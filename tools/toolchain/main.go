// Command toolchain prepares what compiles Postern for release, TinyGo and wasm-opt, and says what it found.
//
// It's optional: tools/pack prepares the same things when it needs them. Running it by itself shows the slow part alone.
// With the argument cc it prepares a C compiler and nothing else, for Go's race detector.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	prepare := run
	if slices.Equal(os.Args[1:], []string{"cc"}) {
		prepare = func(ctx context.Context) error { return setup.CCompiler(ctx, os.Stderr) }
	}
	if err := prepare(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "toolchain:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root, err := setup.Root(".")
	if err != nil {
		return err
	}
	tools, err := setup.Find(ctx, root, os.Stderr)
	if err != nil {
		return err
	}
	if tools.TinyGo == "" {
		fmt.Println("no TinyGo:", tools.Why)
		fmt.Println(setup.WithoutTinyGo)
		return nil
	}
	fmt.Printf("tinygo   %s  %s\n", tools.TinyGoVersion, tools.TinyGo)
	fmt.Printf("wasm-opt %s  %s\n", tools.WasmOptVersion, tools.WasmOpt)
	return nil
}
