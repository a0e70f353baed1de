// Package setup finds or builds the release toolchain: TinyGo, which makes the module small, and wasm-opt, which makes it smaller.
//
// Everything it builds lives in .toolchain under the repository, and deleting that directory undoes it all; only Debian packages
// are installed outside it. A machine that can't have TinyGo still builds the product with Go's own compiler, so nothing here is
// ever fatal but an interrupt: Find says in Tools.Why what is missing.
package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// WithoutTinyGo is the price of falling back to Go's compiler, for callers to print next to Tools.Why.
const WithoutTinyGo = "Go's own compiler builds the module instead: it does the same, is over ten times the size and starts more slowly."

// Tools is what Find found. TinyGo is "" where the release build isn't possible, and Why then says why in one line.
type Tools struct {
	TinyGo         string // the executable
	TinyGoRoot     string // TINYGOROOT for it; "" when it knows its own
	TinyGoVersion  string
	WasmOpt        string // the executable
	WasmOptVersion string
	Why            string
}

// Find returns the release toolchain, building what is missing; the first time this takes a minute or two. Progress goes to progress,
// a line at a time. Running it twice at once is safe (the second waits), and so is interrupting it: what isn't finished is thrown away.
func Find(ctx context.Context, root string, progress io.Writer) (Tools, error) {
	dir := Dir(root)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Tools{}, err
	}
	unlock, err := Lock(ctx, filepath.Join(dir, "lock"), progress)
	if err != nil {
		return Tools{}, err
	}
	defer unlock()

	tools, err := find(ctx, root, progress)
	if ctx.Err() != nil {
		return Tools{}, errors.New("interrupted; run it again to carry on")
	}
	if err != nil {
		return Tools{Why: oneLine(err)}, nil
	}
	return tools, nil
}

// find looks for npm's half first: it's quick to fail, and TinyGo without wasm-opt can't build goroutines.
func find(ctx context.Context, root string, progress io.Writer) (Tools, error) {
	node, err := installNode(ctx, root, progress)
	if err != nil {
		return Tools{}, fmt.Errorf("wasm-opt: %w", err)
	}
	tools, err := findTinyGo(ctx, root, progress)
	if err != nil {
		return Tools{}, err
	}
	tools.WasmOpt = filepath.Join(node, "node_modules", ".bin", "wasm-opt")
	tools.WasmOptVersion, err = installedVersion(node, "binaryen")
	return tools, err
}

// Dir is where the toolchain is kept, ignored by git.
func Dir(root string) string { return filepath.Join(root, ".toolchain") }

// Root is the repository's directory, found upwards from dir, so that the tools run from any directory in it.
func Root(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no go.mod above %s: run this inside the repository", dir)
		}
	}
}

func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
