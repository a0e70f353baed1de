package browser

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/static"
)

const root = "../.."

var (
	wanted = flag.String("builds", "", builds.Usage)
	matrix = flag.Bool("matrix", false, "run the peers too, which npm fetches, and write ../README.md")

	made     []builds.Build
	chromed  *chromium.Browser
	app      string // the origin of the application
	subjects []subject
	machine  string // what the matrix was made on
)

func TestMain(m *testing.M) { chromium.Main(m, "conformance", start) }

func start(m *testing.M) (int, error) {
	ctx := context.Background()
	var err error
	if made, err = builds.Choose(root, *wanted, os.Stderr); err != nil {
		return 0, err
	}
	mounts := map[string]string{"/conformance/": "pages"}
	for _, b := range made {
		mounts["/postern/"+b.Compiler+"/"] = b.Dir
	}
	if *matrix {
		if subjects, machine, err = gather(ctx, mounts); err != nil {
			return 0, err
		}
	}
	server, err := serve(mounts)
	if err != nil {
		return 0, err
	}
	defer server.Close()
	app = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	if chromed, err = chromium.StartShell(ctx, os.Stderr); err != nil {
		return 0, err
	}
	defer chromed.Close()
	return m.Run(), nil
}

// csp lets every SDK do what it does by default, and lets all of them be lured away: the provider and the trap have other ports of localhost.
const csp = "default-src 'self' http://localhost:*; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; img-src data:"

func serve(mounts map[string]string) (*httptest.Server, error) {
	for prefix, dir := range mounts {
		full, err := filepath.Abs(dir)
		if err != nil {
			return nil, err
		}
		mounts[prefix] = full
	}
	site, err := static.New(mounts)
	if err != nil {
		return nil, err
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", csp)
		w.Header().Set("Referrer-Policy", "no-referrer")
		site.ServeHTTP(w, r)
	})), nil
}
