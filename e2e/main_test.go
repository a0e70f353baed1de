package e2e

import (
	"context"
	"flag"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/e2e/chromium"
)

type build = builds.Build

var (
	wanted  = flag.String("builds", "", builds.Usage)
	made    []build
	browser *chromium.Browser
	another *chromium.Browser // the whole one, where a test wants it
)

var startWhole = sync.OnceValue(func() error {
	path, err := chromium.Find(context.Background(), os.Stderr)
	if err == nil {
		another, err = chromium.Start(path)
	}
	return err
})

// wholeBrowser is for what the headless shell lacks.
func wholeBrowser(t *testing.T) *chromium.Browser {
	t.Helper()
	require.NoError(t, startWhole())
	return another
}

func TestMain(m *testing.M) { chromium.Main(m, "e2e", run) }

func run(m *testing.M) (int, error) {
	var err error
	if made, err = builds.Choose("..", *wanted, os.Stderr); err != nil {
		return 0, err
	}
	if browser, err = chromium.StartShell(context.Background(), os.Stderr); err != nil {
		return 0, err
	}
	defer browser.Close()
	defer func() {
		if another != nil {
			another.Close()
		}
	}()
	return m.Run(), nil
}

// eachBuild runs a test with every build.
func eachBuild(t *testing.T, test func(t *testing.T, b build)) {
	t.Helper()
	builds.Each(t, made, test)
}
