// Package chromium drives the browser of the tests: one process, a profile of its own for every test, and tabs that write down what
// their pages complain about.
package chromium

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// whole and shell are the names under which the browser is installed, the best first, which is Debian's package too.
var (
	whole = []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	}
	shell = []string{"chromium-headless-shell", "chrome-headless-shell", "headless_shell"}
)

// FindShell returns the path of Chromium's headless shell, in which a test takes a third of the time, or else that of a whole Chromium. The shell has the
// whole engine, and no back/forward cache.
func FindShell(ctx context.Context, log io.Writer) (string, error) {
	if path, err := find(ctx, log, shell); err == nil {
		return path, nil
	}
	return Find(ctx, log)
}

// Find returns the path of a Chromium. CHROME_PATH names one; else it is looked for, and at last installed where that takes no question
// to anybody: on Debian as root. log hears of the installation.
func Find(ctx context.Context, log io.Writer) (string, error) { return find(ctx, log, whole) }

func find(ctx context.Context, log io.Writer, names []string) (string, error) {
	if path := os.Getenv("CHROME_PATH"); path != "" {
		if _, err := exec.LookPath(path); err != nil {
			return "", fmt.Errorf("CHROME_PATH names no program: %w", err)
		}
		return path, nil
	}
	path, err := Program(ctx, log, names[0], names...)
	if err != nil {
		return "", fmt.Errorf("%w; or let CHROME_PATH name a Chrome", err)
	}
	return path, nil
}

// Program returns the path of the first program of these names that there is. Where there is none, Debian's package is installed first.
func Program(ctx context.Context, log io.Writer, pkg string, names ...string) (string, error) {
	if path := look(names); path != "" {
		return path, nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || runtime.GOOS != "linux" || os.Getuid() != 0 {
		return "", fmt.Errorf("there is no %s: install it (Debian: apt-get install %s)", names[0], pkg)
	}
	if err := setup.InstallDebian(ctx, log, "installing "+pkg+", once", pkg); err != nil {
		return "", fmt.Errorf("there is no %s and it couldn't be installed: %w", names[0], err)
	}
	if path := look(names); path != "" {
		return path, nil
	}
	return "", fmt.Errorf("apt-get installed %s, but there is no %s on the PATH", pkg, names[0])
}

func look(names []string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
