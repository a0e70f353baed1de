package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postern-auth/postern/e2e/chromium"
)

// build is the package as one compiler makes it.
type build struct {
	name, dir string
	// compiler is what tools/pack calls it.
	compiler string
}

var known = []build{
	{"TinyGo", "../dist", "tinygo"},
	{"Go", "../dist-go", "go"},
}

var (
	wanted  = flag.String("builds", "", "test these builds, as in tinygo,go (default: all that have been made)")
	builds  []build
	browser *chromium.Browser
)

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	var err error
	if builds, err = chooseBuilds(*wanted); err != nil {
		return 0, err
	}
	path, err := chromium.Find(context.Background(), os.Stderr)
	if err != nil {
		return 0, err
	}
	if browser, err = chromium.Start(path); err != nil {
		return 0, err
	}
	defer browser.Close()
	return m.Run(), nil
}

// chooseBuilds never leaves out silently what was asked for.
func chooseBuilds(wanted string) (chosen []build, err error) {
	for _, b := range known {
		asked := wanted != ""
		if asked && !strings.Contains(","+wanted+",", ","+b.compiler+",") {
			continue
		}
		_, missing := os.Stat(filepath.Join(b.dir, "build-info.json"))
		switch {
		case missing == nil:
			chosen = append(chosen, b)
		case asked:
			return nil, fmt.Errorf("there is no %s: run go run ./tools/pack -compiler %s -out %[1]s first", filepath.Base(b.dir), b.compiler)
		default:
			fmt.Fprintf(os.Stderr, "e2e: there is no %s, so %s's build isn't tested\n", filepath.Base(b.dir), b.name)
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("there is nothing to test: run make pack first, and let -builds name tinygo or go")
	}
	return chosen, nil
}

// eachBuild runs a test with every build.
func eachBuild(t *testing.T, test func(t *testing.T, b build)) {
	t.Helper()
	t.Parallel()
	for _, b := range builds {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			test(t, b)
		})
	}
}
