package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

// compiler makes the module, and says how the loader must be bundled to fit it: the two compilers speak different ABIs.
type compiler interface {
	name() string
	version() string
	// module compiles the package ./wasm of the module at root into the module of this name. tmp is a directory to work in.
	module(ctx context.Context, root, tmp, name string) ([]byte, error)
	// adapt changes a script's build options.
	adapt(options *api.BuildOptions, root string)
}

// build makes every file of the package but build-info.json, in memory: what is on disk changes only when all of it succeeded.
func build(ctx context.Context, root string, with compiler) (map[string][]byte, error) {
	tmp, err := os.MkdirTemp("", "postern-pack-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)

	files := map[string][]byte{}
	for _, c := range copies {
		if files[c.name], err = os.ReadFile(filepath.Join(root, c.from)); err != nil {
			return nil, fmt.Errorf("%s is copied from %s: %w", c.name, c.from, err)
		}
	}
	for _, s := range scripts { // before the module: a mistake in them shows within a second
		if files[s.name], err = bundle(root, s, with, nil); err != nil {
			return nil, err
		}
	}
	version, err := versionOf(files["package.json"])
	if err != nil {
		return nil, err
	}
	for _, name := range modules {
		module, err := with.module(ctx, root, tmp, name)
		if err != nil {
			return nil, err
		}
		files[name] = marked(module, version)
	}
	files[inline.name], err = bundle(root, inline, with, files[fullName])
	return files, err
}

// command runs a compiler in dir and returns what it printed. Where it fails, that is the error.
func command(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(stdout.String()), nil
}

// goEnv asks Go where it lives and which version it is; TinyGo compiles that version's standard library.
func goEnv(ctx context.Context, dir string) (goroot, version string, err error) {
	output, err := command(ctx, dir, nil, "go", "env", "GOROOT", "GOVERSION")
	if err != nil {
		return "", "", err
	}
	goroot, version, found := strings.Cut(output, "\n")
	if !found {
		return "", "", errors.New("`go env GOROOT GOVERSION` printed one line: repair the Go installation")
	}
	return goroot, version, nil
}
