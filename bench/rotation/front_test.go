package rotation

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
)

// front stands before the provider's origin. It gives auth0-spa-js the token endpoint where Auth0 has it, lets it send its Auth0-Client
// header across origins, and remembers the last answer of the token endpoint. Every SDK goes through it.
type front struct {
	mu   sync.Mutex
	last []byte
}

const auth0Prefix = "/oauth/"

func (f *front) before(issuer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, asAuth0 := strings.CutPrefix(r.URL.Path, auth0Prefix)
		if asAuth0 && r.Method == http.MethodOptions {
			h := w.Header()
			h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			h.Set("Access-Control-Allow-Methods", "POST")
			h.Set("Access-Control-Allow-Headers", "Auth0-Client, Content-Type")
			h.Set("Access-Control-Max-Age", "7200") // as the provider's own
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if asAuth0 {
			r = r.Clone(r.Context())
			r.URL.Path = "/" + path
		}
		if r.Method != http.MethodPost || r.URL.Path != "/token" {
			issuer.ServeHTTP(w, r)
			return
		}
		seen := &copied{ResponseWriter: w}
		defer func() { f.remember(seen.body.Bytes()) }() // also when the connection is cut, which is a panic
		issuer.ServeHTTP(seen, r)
	})
}

func (f *front) remember(body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = body
}

// answer is the last answer of the token endpoint.
func (f *front) answer() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// copied keeps what it passes on.
type copied struct {
	http.ResponseWriter
	body bytes.Buffer
}

func (c *copied) Write(p []byte) (int, error) {
	c.body.Write(p)
	return c.ResponseWriter.Write(p)
}

// Unwrap lets the faults flush the connection.
func (c *copied) Unwrap() http.ResponseWriter { return c.ResponseWriter }
