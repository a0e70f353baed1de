package setup

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// The release that is built where none is installed. The next one, 0.42.0, needs a module that the Go proxy doesn't serve.
const (
	tinygoModule  = "github.com/tinygo-org/tinygo@v" + tinygoVersion
	tinygoVersion = "0.41.1"
)

// tinygoRecipe changes when the steps below do, so that what they made before is made again.
const tinygoRecipe = tinygoModule + " llvm19 recipe 1"

// findTinyGo prefers an installed TinyGo: whoever has one chose it, and it brings its own LLVM.
func findTinyGo(ctx context.Context, root string, progress io.Writer) (Tools, error) {
	if path, err := exec.LookPath("tinygo"); err == nil {
		version, err := askVersion(ctx, path)
		if err == nil {
			return Tools{TinyGo: path, TinyGoVersion: version}, nil
		}
		fmt.Fprintf(progress, "not using %s: %v\n", path, err)
	}

	dir := filepath.Join(Dir(root), "tinygo-"+tinygoVersion)
	err := cached(dir, tinygoRecipe, func(tmp string) error { return buildTinyGo(ctx, tmp, progress) })
	if err != nil {
		return Tools{}, err
	}
	if err := installPackages(ctx, progress); err != nil { // clang and lld are needed at every build, and may have gone since
		return Tools{}, err
	}
	path := filepath.Join(dir, "tinygo")
	version, err := askVersion(ctx, path)
	if err != nil {
		return Tools{}, fmt.Errorf("%w: delete %s and run it again", err, filepath.Base(Dir(root)))
	}
	return Tools{TinyGo: path, TinyGoRoot: dir, TinyGoVersion: version}, nil
}

// buildTinyGo compiles TinyGo from the source that the Go module proxy serves; dir becomes its TINYGOROOT.
func buildTinyGo(ctx context.Context, dir string, progress io.Writer) error {
	if err := installPackages(ctx, progress); err != nil {
		return err
	}
	source, err := downloadTinyGo(ctx, progress)
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(source)); err != nil {
		return err
	}
	if err := writable(dir); err != nil {
		return err
	}
	// TinyGo's net package is a git submodule, which a module's zip leaves out. Nothing of ours imports it, but the directory is
	// expected to exist.
	if err := os.MkdirAll(filepath.Join(dir, "src", "net"), 0o755); err != nil {
		return err
	}
	// GOWORK and GOFLAGS of whoever calls must not reach into another module's build.
	return step(ctx, progress, "building TinyGo "+tinygoVersion+" (once, about a minute)", dir, []string{"GOWORK=off", "GOFLAGS=", "CGO_ENABLED=1"},
		"go", "build", "-tags", "llvm19", "-ldflags", "-s -w", "-o", "tinygo", ".")
}

// downloadTinyGo returns the module cache's copy of the source, which is read-only.
func downloadTinyGo(ctx context.Context, progress io.Writer) (string, error) {
	fmt.Fprintf(progress, "downloading the source of TinyGo %s ...\n", tinygoVersion)
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", tinygoModule)
	cmd.Dir = os.TempDir() // outside any module, or go would want to record it
	output, err := cmd.Output()
	var got struct{ Dir, Error string }
	if json.Unmarshal(output, &got) == nil && got.Error != "" {
		return "", fmt.Errorf("downloading TinyGo's source: %s", got.Error)
	}
	if err != nil {
		return "", fmt.Errorf("downloading TinyGo's source: %w", err)
	}
	return got.Dir, nil
}

// writable undoes the module cache's protection, which would stop the build and the directory's removal.
func writable(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
}
