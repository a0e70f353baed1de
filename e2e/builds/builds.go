// Package builds finds the package as each compiler has made it, so that browser tests run with all that there are.
package builds

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Build is the package as one compiler makes it.
type Build struct {
	Name, Dir string
	// Compiler is what tools/pack calls it.
	Compiler string
}

// Usage is that of the flag from which wanted comes.
const Usage = "test these builds, as in tinygo,go (default: all that have been made)"

// Choose returns the builds of the repository at root. wanted names some of them, as in "tinygo,go"; "" is all that have been made. What was
// asked for is never left out silently, and what else is missing is told to log.
func Choose(root, wanted string, log io.Writer) (chosen []Build, err error) {
	for _, b := range []Build{
		{"TinyGo", filepath.Join(root, "dist"), "tinygo"},
		{"Go", filepath.Join(root, "dist-go"), "go"},
	} {
		asked := wanted != ""
		if asked && !strings.Contains(","+wanted+",", ","+b.Compiler+",") {
			continue
		}
		_, missing := os.Stat(filepath.Join(b.Dir, "build-info.json"))
		switch {
		case missing == nil:
			chosen = append(chosen, b)
		case asked:
			return nil, fmt.Errorf("there is no %s: run go run ./tools/pack -compiler %s -out %[1]s first", filepath.Base(b.Dir), b.Compiler)
		default:
			fmt.Fprintf(log, "there is no %s, so %s's build isn't tested\n", filepath.Base(b.Dir), b.Name)
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("there is nothing to test: run make pack first, and let -builds name tinygo or go")
	}
	return chosen, nil
}

// Each runs a test with every build, at the same time.
func Each(t *testing.T, chosen []Build, test func(t *testing.T, b Build)) {
	t.Helper()
	t.Parallel()
	for _, b := range chosen {
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			test(t, b)
		})
	}
}
