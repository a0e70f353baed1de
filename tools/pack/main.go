// Command pack builds dist/: the npm package, which is also what a page loads.
//
// It's the one place that knows the compilers' flags, what ships and how large it may be. The release compiler is TinyGo; where that
// can't be had, or with -compiler go, Go's own compiler builds the same product, twenty times the size.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

func main() {
	choice := flag.String("compiler", "auto", "tinygo, go, or auto: TinyGo where it can be had")
	out := flag.String("out", "", "where the package goes; default dist, or dist-go with -compiler go")
	why := flag.Bool("explain", false, "say what each package and each source file takes of what a page loads")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *choice, *out, *why, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, choice, out string, why bool, stdout io.Writer) error {
	root, err := setup.Root(".")
	if err != nil {
		return err
	}
	switch {
	case out == "" && choice == "go":
		out = filepath.Join(root, "dist-go")
	case out == "":
		out = filepath.Join(root, "dist")
	}
	with, err := choose(ctx, root, choice, stdout)
	if err != nil {
		return err
	}

	i, err := pack(ctx, root, out, with, stdout)
	if err != nil {
		return err
	}
	over := report(stdout, i)
	if why {
		if err := explain(ctx, root, with, i, stdout); err != nil {
			return err
		}
	}
	return over
}

// pack builds what isn't up to date.
func pack(ctx context.Context, root, out string, with compiler, stdout io.Writer) (info, error) {
	// Two builds at once would write one directory.
	if err := os.MkdirAll(setup.Dir(root), 0o755); err != nil {
		return info{}, err
	}
	unlock, err := setup.Lock(ctx, filepath.Join(setup.Dir(root), "pack.lock"), stdout)
	if err != nil {
		return info{}, err
	}
	defer unlock()

	inputs, err := hashInputs(root, with)
	if err != nil {
		return info{}, err
	}
	if before, err := readInfo(out); err == nil && before.Inputs == inputs && before.intact(out) {
		fmt.Fprintf(stdout, "%s is up to date\n", filepath.Base(out))
		return before, nil
	}
	start := time.Now()
	files, err := build(ctx, root, with)
	if err != nil {
		if ctx.Err() != nil {
			return info{}, errors.New("interrupted; what was there is untouched")
		}
		return info{}, err
	}
	made, err := write(out, files, with, inputs)
	if err != nil {
		return info{}, err
	}
	fmt.Fprintf(stdout, "%s built with %s %s in %s\n", filepath.Base(out), with.name(), with.version(), time.Since(start).Round(100*time.Millisecond))
	return made, nil
}

// choose finds the compiler that was asked for.
func choose(ctx context.Context, root, choice string, stdout io.Writer) (compiler, error) {
	goroot, version, err := goEnv(ctx, root)
	if err != nil {
		return nil, err
	}
	own := goCompiler{goroot: goroot, goVersion: version}

	switch choice {
	case "go":
		return own, nil
	case "tinygo", "auto":
	default:
		return nil, fmt.Errorf("-compiler %s: want tinygo, go or auto", choice)
	}
	tools, err := setup.Find(ctx, root, os.Stderr)
	if err != nil {
		return nil, err
	}
	if tools.TinyGo != "" {
		return tinygoCompiler{tools: tools, goVersion: version}, nil
	}
	if choice == "tinygo" {
		return nil, errors.New(tools.Why)
	}
	fmt.Fprintf(stdout, "no TinyGo (%s). %s\n", tools.Why, setup.WithoutTinyGo)
	return own, nil
}
