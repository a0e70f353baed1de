// Command docs writes the API reference: docs/api/, made by typedoc of the declarations that ship, which are where it is written. It isn't committed,
// so that it can't be older than they are.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// entries are what has names of its own; postern/inline and postern/global are index.d.ts again.
var entries = []string{"index.d.ts", "react.d.ts"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := setup.Root(".")
	if err == nil {
		err = write(ctx, root, filepath.Join(root, "js"), filepath.Join(root, "docs", "api"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
	fmt.Println("docs/api/index.html is written")
}

// write makes the reference of the declarations in js. A warning fails, such as a type that is named and can't be looked up.
func write(ctx context.Context, root, js, out string) error {
	docs, err := setup.Docs(ctx, root, os.Stderr)
	if err != nil {
		return fmt.Errorf("typedoc comes from npm: %w", err)
	}
	// Beside the packages, where React's types are found.
	dir, err := os.MkdirTemp(docs, "declarations-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	args := []string{"--out", out, "--name", "Postern", "--readme", "none", "--disableSources", "--treatWarningsAsErrors", "--hideGenerator"}
	for _, name := range entries {
		text, err := os.ReadFile(filepath.Join(js, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
		args = append(args, name)
	}
	const config = `{"compilerOptions": {"strict": true, "target": "es2022", "lib": ["es2022", "dom"], "module": "esnext", "moduleResolution": "bundler", "types": []}, "include": ["*.d.ts"]}`
	if err := os.WriteFile(filepath.Join(dir, "tsconfig.json"), []byte(config), 0o644); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(docs, "node_modules", ".bin", "typedoc"), args...)
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("typedoc: %w: %s", err, said)
	}
	return nil
}
