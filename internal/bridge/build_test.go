//go:build !js

package bridge

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/pack/flags"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

var root, _ = filepath.Abs("../..")

// release is the shipped build's compiler, looked for once.
var release = sync.OnceValues(func() (setup.Tools, error) {
	return setup.Find(context.Background(), root, os.Stderr)
})

// tinygo returns the release toolchain, and skips the test on a machine that can't have it.
func tinygo(t *testing.T) setup.Tools {
	t.Helper()
	tools, err := release()
	require.NoError(t, err)
	if tools.TinyGo == "" {
		t.Skip("TinyGo's half of this test didn't run: " + tools.Why)
	}
	return tools
}

// newer is a Node.js in which the core runs, looked for once.
var newer = sync.OnceValues(func() (string, error) {
	return setup.JSPI(context.Background(), root, os.Stderr)
})

// nodeFor returns the Node.js that an edition is run in, and skips the test on a machine that has none. The full module's is any.
func nodeFor(t *testing.T, edition string) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("this wasn't tested: Node.js isn't installed")
	}
	if edition != "core" {
		return "node"
	}
	name, err := newer()
	require.NoError(t, err)
	if name == "" {
		t.Skip("the core wasn't tested: npm has no Node.js with JavaScript Promise Integration for this machine")
	}
	return name
}

// run runs a command at the root of the repository and returns what it printed.
func run(t *testing.T, env []string, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), err
}

// compileGo builds a package with Go's compiler.
func compileGo(t *testing.T, pkg string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "module.wasm")
	_, err := run(t, []string{"GOOS=js", "GOARCH=wasm"}, "go", "build", "-o", file, pkg)
	require.NoError(t, err)
	return file
}

// compileTinyGo builds a package as an edition of the release is built, but for the collector, which gc names.
func compileTinyGo(t *testing.T, tools setup.Tools, pkg, gc string, edition flags.Edition) string {
	t.Helper()
	tmp := t.TempDir()
	target, wrapper := filepath.Join(tmp, "target.json"), filepath.Join(tmp, "wasm-opt")
	require.NoError(t, os.WriteFile(target, flags.Target, 0o600))
	require.NoError(t, os.WriteFile(wrapper, flags.WasmOpt(tools.WasmOpt, edition), 0o700))
	env, err := flags.Env(setup.Dir(root))
	require.NoError(t, err)
	env = append(env, "WASMOPT="+wrapper)
	if tools.TinyGoRoot != "" {
		env = append(env, "TINYGOROOT="+tools.TinyGoRoot)
	}
	compiled, optimised := filepath.Join(tmp, "compiled.wasm"), filepath.Join(tmp, "module.wasm")
	args := slices.Concat([]string{"build", "-o", compiled, "-target", target}, flags.TinyGo, edition.Flags, []string{"-gc=" + gc, pkg}) // of two -gc, the last counts
	_, err = run(t, env, tools.TinyGo, args...)
	require.NoError(t, err)
	_, err = run(t, nil, tools.WasmOpt, append([]string{compiled, "-o", optimised}, flags.Optimise...)...)
	require.NoError(t, err)
	return optimised
}

// loader copies the loader's source to where Node takes it for modules, with the ABI of the compiler that is called for.
func loader(t *testing.T, compiler string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
	}
	write("package.json", []byte(`{"type": "module"}`))
	names, err := filepath.Glob(filepath.Join(root, "js", "*.js"))
	require.NoError(t, err)
	for _, name := range names {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		write(filepath.Base(name), content)
	}
	if compiler == "go" {
		content, err := os.ReadFile(filepath.Join(root, "js", "abi_go.js"))
		require.NoError(t, err)
		write("abi.js", content)
		goroot, err := run(t, nil, "go", "env", "GOROOT")
		require.NoError(t, err)
		content, err = os.ReadFile(filepath.Join(strings.TrimSpace(goroot), "lib", "wasm", "wasm_exec.js"))
		require.NoError(t, err)
		write("node_modules/wasm_exec/index.js", content)
	}
	return dir
}

// read opens what is compiled elsewhere, so that `go test` doesn't take an earlier result for this one's.
func read(t *testing.T, dirs ...string) {
	t.Helper()
	for _, dir := range dirs {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, dir), func(path string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				_, err = os.ReadFile(path)
			}
			return err
		}))
	}
}
