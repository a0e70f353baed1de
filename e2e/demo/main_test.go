package demo

import (
	"context"
	"flag"
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

func TestMain(m *testing.M) { chromium.Main(m, "demo", run) }

func run(m *testing.M) (int, error) {
	var err error
	if root, err = setup.Root("."); err != nil {
		return 0, err
	}
	if made, err = builds.Choose(root, *wanted, os.Stderr); err != nil {
		return 0, err
	}
	if browser, err = chromium.StartShell(context.Background(), os.Stderr); err != nil {
		return 0, err
	}
	defer browser.Close()
	return m.Run(), nil
}
