package rotation

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

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

func TestMain(m *testing.M) {
	flag.Parse()
	if !*write && !*show {
		fmt.Println("this takes many minutes, and is run by make bench-rotation")
		return
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	ctx := context.Background()
	root, err := setup.Root(".")
	if err != nil {
		return 0, err
	}
	auth0, err := peers.Fetch(ctx, root, peers.Auth0, os.Stderr)
	if err != nil {
		return 0, err
	}
	oidc, err := peers.Fetch(ctx, root, peers.OIDCClient, os.Stderr)
	if err != nil {
		return 0, err
	}
	mounts = map[string]string{
		"/bench/":       filepath.Join(root, "bench", "rotation", "pages"),
		"/postern/":     filepath.Join(root, "dist"),
		"/peers/auth0/": filepath.Join(auth0, "dist"),
		"/peers/oidc/":  filepath.Join(oidc, "dist", "browser"),
	}
	path, err := chromium.Find(ctx, os.Stderr)
	if err != nil {
		return 0, err
	}
	subject = subjects{auth0: peers.Auth0.String(), oidc: peers.OIDCClient.String(), os: peers.System()}
	if subject.postern, err = peers.Postern(ctx, root); err != nil {
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
