package chromium

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"testing"
)

// Main is the TestMain of a package that stands on more than its tests: run makes that, runs them and takes it away again. What it can't make is told
// under the package's name.
func Main(m *testing.M, name string, run func(m *testing.M) (code int, err error)) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, name+":", err)
		code = 1
	}
	os.Exit(code)
}

// StartShell starts the browser that FindShell finds.
func StartShell(ctx context.Context, log io.Writer) (*Browser, error) {
	path, err := FindShell(ctx, log)
	if err != nil {
		return nil, err
	}
	return Start(path)
}
