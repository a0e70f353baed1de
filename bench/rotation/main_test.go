package rotation

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/bench/peers"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

var (
	write = flag.Bool("write", false, "run every case and write ../rotation.md")
	show  = flag.Bool("show", false, "run the cases that -run selects, and print their tables (with -v)")
)

// What a run stands on. TestMain sets it.
var (
	browser *chromium.Browser
	mounts  map[string]string // where the app serves the page and the SDKs
	subject subjects
)

// subjects names exactly what was run.
type subjects struct {
	postern, auth0, oidc, browser, os string
}

func TestMain(m *testing.M) { chromium.Main(m, "bench", run) }

func run(m *testing.M) (int, error) {
	if !*write && !*show {
		fmt.Println("this takes many minutes, and is run by make bench-rotation")
		return 0, nil
	}
	ctx := context.Background()
	root, err := setup.Root(".")
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "postern-bench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	sdks, err := app.Build(ctx, root, dir, os.Stderr)
	if err != nil {
		return 0, err
	}
	mounts = map[string]string{"/bench/": dir}
	subject = subjects{os: peers.System()}
	for _, sdk := range sdks {
		switch sdk.ID {
		case "postern":
			subject.postern = sdk.Version
		case "auth0":
			subject.auth0 = peers.Auth0.String()
		case "oidc":
			subject.oidc = peers.OIDCClient.String()
		}
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
