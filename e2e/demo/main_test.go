package demo

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

var (
	wanted = flag.String("builds", "", builds.Usage)

	root    string
	made    []builds.Build
	browser *chromium.Browser
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	var err error
	if root, err = setup.Root("."); err != nil {
		return 0, err
	}
	if made, err = builds.Choose(root, *wanted, os.Stderr); err != nil {
		return 0, err
	}
	path, err := chromium.FindShell(context.Background(), os.Stderr)
	if err != nil {
		return 0, err
	}
	if browser, err = chromium.Start(path); err != nil {
		return 0, err
	}
	defer browser.Close()
	return m.Run(), nil
}
