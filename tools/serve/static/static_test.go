package static_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/static"
)

// site lays out an app below "/" and a package below "/postern/".
func site(t *testing.T) (*static.Site, string) {
	root := t.TempDir()
	for name, content := range map[string]string{
		"secret.txt":                   "secret",
		"demo/index.html":              "<title>demo</title>",
		"demo/app.css":                 "p{}",
		"demo/.env":                    "secret",
		"demo/docs/index.html":         "docs",
		"demo/empty/file.txt":          "x",
		"dist/index.html":              "package index",
		"dist/postern.wasm":            "\x00asm plain",
		"dist/postern.wasm.br":         "brotli",
		"dist/postern.wasm.gz":         "gzipped",
		"dist/postern.js":              "export{}",
		"dist/postern.js.gz":           "gzipped js",
		"dist/postern.0123abcd.wasm":   "hashed",
		"dist/chunk.deadbeef01.js.map": "{}",
		"dist/stale.js":                "new",
		"dist/stale.js.br":             "old",
	} {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	hourAgo := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(root, "dist/stale.js.br"), hourAgo, hourAgo))
	require.NoError(t, os.Symlink("../secret.txt", filepath.Join(root, "demo/link.txt")))
	s, err := static.New(map[string]string{"/": filepath.Join(root, "demo"), "/postern/": filepath.Join(root, "dist")})
	require.NoError(t, err)
	return s, root
}

func get(s http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.URL.Path = path
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestTypesAndCaching(t *testing.T) {
	s, _ := site(t)
	const always, ask = "public, max-age=31536000, immutable", "no-cache"
	for path, want := range map[string]struct{ contentType, caching string }{
		"/":                                    {"text/html; charset=utf-8", ask},
		"/app.css":                             {"text/css; charset=utf-8", ask},
		"/postern/postern.js":                  {"text/javascript; charset=utf-8", ask},
		"/postern/postern.wasm":                {"application/wasm", ask},
		"/postern/postern.0123abcd.wasm":       {"application/wasm", always},
		"/postern/chunk.deadbeef01.js.map":     {"application/json", always},
		"/callback/of/the/app/router/deadbeef": {"text/html; charset=utf-8", ask},
	} {
		got := get(s, path)
		assert.Equal(t, http.StatusOK, got.Code, path)
		assert.Equal(t, want.contentType, got.Header().Get("Content-Type"), path)
		assert.Equal(t, want.caching, got.Header().Get("Cache-Control"), path)
		assert.Equal(t, "nosniff", got.Header().Get("X-Content-Type-Options"), path)
		assert.NotEmpty(t, got.Header().Get("ETag"), path)
		assert.NotEmpty(t, got.Header().Get("Last-Modified"), path)
	}
}

func TestPrecompressed(t *testing.T) {
	s, _ := site(t)
	for name, c := range map[string]struct{ path, accepts, encoding, body string }{
		"brotli first":     {"/postern/postern.wasm", "gzip, deflate, br, zstd", "br", "brotli"},
		"gzip only":        {"/postern/postern.wasm", "gzip", "gzip", "gzipped"},
		"brotli refused":   {"/postern/postern.wasm", "br;q=0, gzip;q=0.5", "gzip", "gzipped"},
		"no brotli file":   {"/postern/postern.js", "br, gzip", "gzip", "gzipped js"},
		"nothing accepted": {"/postern/postern.wasm", "", "", "\x00asm plain"},
		"no sibling":       {"/app.css", "br", "", "p{}"},
		"stale sibling":    {"/postern/stale.js", "br", "", "new"},
	} {
		got := get(s, c.path, "Accept-Encoding", c.accepts)
		assert.Equal(t, c.encoding, got.Header().Get("Content-Encoding"), name)
		assert.Equal(t, c.body, got.Body.String(), name)
		assert.Equal(t, "Accept-Encoding", got.Header().Get("Vary"), name)
		assert.Len(t, got.Body.String(), int(got.Result().ContentLength), name)
	}

	wasm := get(s, "/postern/postern.wasm", "Accept-Encoding", "br")
	assert.Equal(t, "application/wasm", wasm.Header().Get("Content-Type"))
	tag := wasm.Header().Get("ETag")
	again := get(s, "/postern/postern.wasm", "Accept-Encoding", "br", "If-None-Match", tag)
	assert.Equal(t, http.StatusNotModified, again.Code)
	plain := get(s, "/postern/postern.wasm", "If-None-Match", tag)
	assert.Equal(t, http.StatusOK, plain.Code, "another representation has another tag")

	part := get(s, "/postern/postern.wasm", "Accept-Encoding", "br", "Range", "bytes=1-3")
	assert.Equal(t, http.StatusPartialContent, part.Code)
	assert.Equal(t, "asm", part.Body.String())
}

func TestAppRouter(t *testing.T) {
	s, _ := site(t)
	for path, want := range map[string]string{
		"/callback": "<title>demo</title>", "/a/b/c": "<title>demo</title>", "/docs/": "docs", "/docs": "<title>demo</title>",
	} {
		assert.Equal(t, want, get(s, path).Body.String(), path)
	}
	for _, path := range []string{"/missing.js", "/empty/", "/postern/missing", "/postern/"} {
		want := http.StatusNotFound
		if path == "/postern/" {
			want = http.StatusOK
		}
		assert.Equal(t, want, get(s, path).Code, path)
	}
}

func TestNoWayOut(t *testing.T) {
	s, _ := site(t)
	for _, path := range []string{
		"/../secret.txt", "/docs/../../secret.txt", "/postern/../../secret.txt", "/..", "//etc/passwd", "/link.txt", "/.env", "/./app.css",
		"/docs/..", "/postern//etc/passwd", "/a\x00.txt", `/..\secret.txt`,
	} {
		got := get(s, path)
		assert.Equal(t, http.StatusNotFound, got.Code, "%q", path)
		assert.NotContains(t, got.Body.String(), "secret\n", "%q", path)
	}

	r := httptest.NewRequest(http.MethodPost, "/", nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
	assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
}

func TestRebuiltDirectory(t *testing.T) {
	s, root := site(t)
	dist := filepath.Join(root, "dist")
	require.NoError(t, os.RemoveAll(dist))
	assert.Contains(t, get(s, "/postern/postern.js").Body.String(), "build it")
	require.NoError(t, os.Mkdir(dist, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dist, "postern.js"), []byte("rebuilt"), 0o600))
	assert.Equal(t, "rebuilt", get(s, "/postern/postern.js").Body.String())
}

func TestBadMounts(t *testing.T) {
	_, err := static.New(map[string]string{"pages": t.TempDir()})
	assert.ErrorContains(t, err, "begin and end it with a slash")
	_, err = static.New(map[string]string{"/": filepath.Join(t.TempDir(), "missing")})
	assert.ErrorContains(t, err, "is no directory")
}
