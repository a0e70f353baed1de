package speed

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/bench/peers"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

var (
	write  = flag.Bool("write", false, "measure, and write ../results.md and ../results.svg")
	show   = flag.Bool("show", false, "measure, and print the report")
	rounds = flag.Int("rounds", 7, "how often each is measured")
	crowds = flag.Int("crowds", 2, "how often twenty tabs renew together")
)

// What a run stands on. TestMain sets it.
var (
	browser *chromium.Browser
	built   string // what app.Build has written
	subject machine
)

// machine names exactly what was run, and on what.
type machine struct {
	sdks                  []app.SDK
	browser, system, cpus string
}

func TestMain(m *testing.M) { chromium.Main(m, "bench", run) }

func run(m *testing.M) (int, error) {
	if !*write && !*show {
		return m.Run(), nil // the harness's own tests
	}
	ctx := context.Background()
	root, err := setup.Root(".")
	if err != nil {
		return 0, err
	}
	if built, err = os.MkdirTemp("", "postern-bench-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(built)
	subject.system, subject.cpus = peers.System(), peers.Processor()
	if subject.sdks, err = app.Build(ctx, root, built, os.Stderr); err != nil {
		return 0, err
	}
	path, err := chromium.Find(ctx, os.Stderr)
	if err != nil {
		return 0, err
	}
	if subject.browser, err = peers.Browser(ctx, path); err != nil {
		return 0, err
	}
	if browser, err = chromium.Start(path); err != nil {
		return 0, err
	}
	defer browser.Close()
	return m.Run(), nil
}
