// Package consumers holds the applications that each tool builds with the npm package, and the tests that run them in a browser: the package is
// packed and installed as npm does it, built with the tool's own command, and signs somebody in at the provider of the browser tests.
//
//	go test ./npm/consumers                  # those that are quick
//	go test ./npm/consumers -tools all       # make consumers
package consumers

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

var tools = flag.String("tools", "vite,esbuild,react", "test these, as in vite,rollup, or all")

// What every test stands on. TestMain sets it.
var (
	root    string
	tarball string // the package, as it is published
	browser *chromium.Browser
)

func TestMain(m *testing.M) { chromium.Main(m, "consumers", run) }

func run(m *testing.M) (int, error) {
	ctx := context.Background()
	var err error
	if root, err = setup.Root("."); err != nil {
		return 0, err
	}
	tmp, err := os.MkdirTemp("", "postern-consumers-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tmp)
	if tarball, err = pack(ctx, filepath.Join(root, "dist"), tmp); err != nil {
		return 0, err
	}
	if browser, err = chromium.StartShell(ctx, os.Stderr); err != nil {
		return 0, err
	}
	defer browser.Close()
	return m.Run(), nil
}

// pack makes the archive that would be published.
func pack(ctx context.Context, dist, to string) (string, error) {
	if _, err := os.Stat(filepath.Join(dist, "build-info.json")); err != nil {
		return "", fmt.Errorf("there is no package: run make pack first: %w", err)
	}
	cmd := exec.CommandContext(ctx, "npm", "pack", "--pack-destination", to)
	cmd.Dir = dist
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack: %w: %s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(to, "postern-*.tgz"))
	if err != nil || len(made) != 1 {
		return "", fmt.Errorf("npm pack made %v: %w", made, err)
	}
	return made[0], nil
}

// app is one of the applications, installed where its tool can build it.
type app struct {
	*testing.T
	dir string
}

// install gives the tool its packages by its lock file, the package as anyone would get it, and the application's source.
func install(t *testing.T, tool string) app {
	t.Helper()
	if *tools != "all" && !slices.Contains(strings.Split(*tools, ","), tool) {
		t.Skip("-tools doesn't name it; make consumers runs them all")
	}
	dir, err := setup.Consumer(t.Context(), root, tool, os.Stderr)
	require.NoError(t, err)
	a := app{t, dir}
	for _, left := range []string{"dist", ".parcel-cache", ".svelte-kit", "node_modules/.vite", "node_modules/postern"} {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, left)))
	}
	a.npm("install", "--no-save", "--offline", tarball)
	require.Equal(t, read(t, filepath.Join(root, "dist", "build-info.json")), read(t, filepath.Join(dir, "node_modules/postern/build-info.json")))
	a.copy("app")
	a.copy(tool)
	return a
}

// copy lays a directory's files over what is there.
func (a app) copy(from string) {
	a.Helper()
	require.NoError(a, filepath.WalkDir(from, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		to := filepath.Join(a.dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	}))
}

func (a app) npm(args ...string) {
	a.Helper()
	cmd := exec.CommandContext(a.Context(), "npm", args...)
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput()
	require.NoError(a, err, "npm %v: %s", args, out)
	a.Logf("npm %v: %s", args, out)
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}
