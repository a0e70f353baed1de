package static

import (
	"net/http"
	"path"
	"regexp"
)

// types are named here because the system's own table differs from machine to machine, and streaming WebAssembly compilation insists
// on its type.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".md":          "text/markdown; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".ts":          "text/plain; charset=utf-8",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

// hashed is a name that changes with its content, such as postern.3f2a90c1.wasm or loader.3f2a90c1.js.map.
var hashed = regexp.MustCompile(`\.[0-9a-f]{8,}(\.[a-z0-9]+)+$`)

// describe sets what follows from a file's name.
func describe(h http.Header, name string) {
	contentType, known := types[path.Ext(name)]
	if !known {
		contentType = "application/octet-stream"
	}
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	if hashed.MatchString(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache") // keep it, but ask before each use
	}
}
