package setup

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCachedFillsOncePerRecipe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tool")
	filled := 0
	fill := func(tmp string) error {
		filled++
		return os.WriteFile(filepath.Join(tmp, "tool"), []byte("it"), 0o644)
	}

	require.NoError(t, cached(dir, "one", fill))
	require.NoError(t, cached(dir, "one", fill))
	assert.Equal(t, 1, filled)
	assert.FileExists(t, filepath.Join(dir, "tool"))

	require.NoError(t, cached(dir, "two", fill))
	assert.Equal(t, 2, filled)
}

func TestCachedKeepsNothingUnfinished(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tool")
	broken := errors.New("no space")

	require.ErrorIs(t, cached(dir, "one", func(tmp string) error {
		require.NoError(t, os.WriteFile(filepath.Join(tmp, "half"), nil, 0o644))
		return broken
	}), broken)
	assert.NoDirExists(t, dir)
	assert.NoDirExists(t, dir+".unfinished")

	// A killed run can't clean up; the next one starts from nothing all the same.
	require.NoError(t, os.MkdirAll(dir+".unfinished", 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir+".unfinished", "half"), nil, 0o644))
	require.NoError(t, cached(dir, "one", func(string) error { return nil }))
	assert.NoFileExists(t, filepath.Join(dir, "half"))

	// A failing new recipe leaves the old tool in place.
	require.Error(t, cached(dir, "two", func(string) error { return broken }))
	assert.True(t, made(dir, "one"))
}

func TestLockAdmitsOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no flock")
	}
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(context.Background(), path, io.Discard)
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var progress strings.Builder
	_, err = Lock(ctx, path, &progress)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Contains(t, progress.String(), "waiting")

	unlock() // the file stays behind, as after a crash, and locks nobody out
	require.FileExists(t, path)
	unlock, err = Lock(context.Background(), path, io.Discard)
	require.NoError(t, err)
	unlock()
}

// TestFindWithoutAnything is the machine that has Go and nothing else: no error, a reason.
func TestFindWithoutAnything(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	tools, err := Find(context.Background(), t.TempDir(), io.Discard)
	require.NoError(t, err)
	assert.Empty(t, tools.TinyGo)
	assert.Contains(t, tools.Why, "install Node.js")
	assert.NotContains(t, tools.Why, "\n")
}

// The same machine has no C compiler, and says what it is wanted for.
func TestCCompiler(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("CC", "")
	assert.ErrorContains(t, CCompiler(context.Background(), io.Discard), "race detector")

	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "mycc"), nil, 0o755))
	t.Setenv("PATH", bin)
	t.Setenv("CC", "mycc -m64")
	assert.NoError(t, CCompiler(context.Background(), io.Discard))

	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		return
	}
	// Debian's package is there, it says, and the compiler isn't: Go's own message would speak of cgo.
	require.NoError(t, os.WriteFile(filepath.Join(bin, "apt-get"), []byte("#!/bin/sh\n"), 0o755))
	t.Setenv("CC", "")
	assert.ErrorContains(t, CCompiler(context.Background(), io.Discard), "set CC")
}

// A machine's lists of packages may be as old as its image: what they lead to, or no longer, is not what Debian has.
func TestInstallDebian(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("plants a shell script")
	}
	bin := t.TempDir()
	said := filepath.Join(bin, "said")
	plant := func(script string) {
		require.NoError(t, os.RemoveAll(said))
		require.NoError(t, os.WriteFile(filepath.Join(bin, "apt-get"), []byte("#!/bin/sh\necho $1 >> "+said+"\n"+script), 0o755))
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for script, wrong := range map[string]string{
		"":                            "",
		"[ $1 = install ]":            "", // no lists, and the package all the same
		"[ $1 = update ]":             "exit status 1",
		"echo no network >&2; exit 1": "no network",
	} {
		plant(script)
		err := InstallDebian(context.Background(), io.Discard, "installing", "chromium")
		if wrong == "" {
			assert.NoError(t, err, script)
		} else {
			assert.ErrorContains(t, err, wrong, script)
		}
		order, err := os.ReadFile(said)
		require.NoError(t, err)
		assert.Equal(t, "update\ninstall\n", string(order), script)
	}
}

func TestFindInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Find(ctx, t.TempDir(), io.Discard)
	assert.ErrorContains(t, err, "interrupted")
}

// TestInstalledTinyGoComesFirst plants one on PATH: nothing is built, and its own root is left to it.
func TestInstalledTinyGoComesFirst(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("plants a shell script")
	}
	bin := t.TempDir()
	path := filepath.Join(bin, "tinygo")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho tinygo version 0.41.2 linux/amd64\n"), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))

	tools, err := findTinyGo(context.Background(), t.TempDir(), io.Discard)
	require.NoError(t, err)
	assert.Equal(t, Tools{TinyGo: path, TinyGoVersion: "0.41.2"}, tools)
}

func TestRootIsFoundFromBelow(t *testing.T) {
	root, err := Root(".")
	require.NoError(t, err)
	assert.FileExists(t, filepath.Join(root, "tools", "toolchain", "package-lock.json"))

	_, err = Root(t.TempDir())
	assert.ErrorContains(t, err, "inside the repository")
}

// TestLockFileNamesNoRegistry keeps `npm ci` working behind any registry.
func TestLockFileNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile(filepath.Join("..", "package-lock.json"))
	require.NoError(t, err)
	assert.NotContains(t, string(lock), "://")
}
