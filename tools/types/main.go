// Command types checks js/index.d.ts, the way its users will: with tsc, strictly, against js/types_test.ts, which uses every name
// that it exports, and against the snippets in README.md and docs/, which must not name what isn't there. It compares js/auth0.d.ts with what it
// stands in for.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// tscFlags are what a careful user of the package has.
var tscFlags = []string{
	"--noEmit",
	"--strict",
	"--target", "es2022",
	"--lib", "es2022,dom",
	"--module", "esnext",
	"--moduleResolution", "bundler",
	"--types", "", // what happens to be installed here isn't installed there
	"--skipLibCheck", "false", // true would skip what is checked
	"--ignoreConfig",
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "types:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	root, err := setup.Root(".")
	if err != nil {
		return err
	}
	node, err := setup.Node(ctx, root, os.Stderr)
	if err != nil {
		return fmt.Errorf("tsc comes from npm: %w", err)
	}
	js := filepath.Join(root, "js")
	if err := check(ctx, node, js); err != nil {
		return err
	}
	declarations, err := os.ReadFile(filepath.Join(js, "index.d.ts"))
	if err != nil {
		return err
	}
	cases, err := os.ReadFile(filepath.Join(js, "types_test.ts"))
	if err != nil {
		return err
	}
	names := publicNames(string(declarations))
	if missing := unused(names, string(cases)); len(missing) > 0 {
		return fmt.Errorf("js/types_test.ts uses everything but %v: add a case for each", missing)
	}
	all, err := allSnippets(root)
	if err != nil {
		return err
	}
	entry, err := reactCases(js)
	if err != nil {
		return err
	}
	if err := checkSnippets(ctx, node, js, append(all, entry)); err != nil {
		return err
	}
	fmt.Printf("types: %d names of index.d.ts check, and %d snippets of the READMEs and docs/\n", len(names), len(all))
	return auth0(ctx, root, node)
}

// reactCases are those of postern/react, which wants React's types and so is checked as a snippet is.
func reactCases(js string) (cases snippet, err error) {
	declarations, err := os.ReadFile(filepath.Join(js, "react.d.ts"))
	if err != nil {
		return cases, err
	}
	text, err := os.ReadFile(filepath.Join(js, "react_test.ts"))
	if err != nil {
		return cases, err
	}
	if missing := unused(publicNames(string(declarations)), string(text)); len(missing) > 0 {
		return cases, fmt.Errorf("js/react_test.ts uses everything but %v: add a case for each", missing)
	}
	return snippet{"js/react_test.ts", 1, "ts", string(text)}, nil
}

// check runs tsc over the cases in dir, which import the declarations beside them.
func check(ctx context.Context, node, dir string) error {
	return tsc(ctx, node, dir, "index.d.ts", "types_test.ts")
}

func tsc(ctx context.Context, node, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(node, "node_modules", ".bin", "tsc"), slices.Concat(tscFlags, args)...)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return errors.New("tsc found the errors above")
		}
		return err
	}
	return nil
}
