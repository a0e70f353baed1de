package speed

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/postern-auth/postern/tools/serve/stack"
	"github.com/postern-auth/postern/tools/serve/static"
)

// site serves each variant below a path of its own, lets browsers keep all but the page for good, and counts what it sends.
type site struct {
	files http.Handler
	stack *stack.Stack // known when the first request comes

	mu   sync.Mutex
	sent map[string]int // bytes of bodies, by variant, without the page itself
}

// newSite serves what app.Build has written to dir.
func newSite(dir string) (*site, error) {
	files, err := static.New(map[string]string{"/": dir})
	if err != nil {
		return nil, err
	}
	return &site{files: files, sent: map[string]int{}}, nil
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, v := range append(measured, beside...) {
		name, found := strings.CutPrefix(r.URL.Path, v.path())
		if !found {
			continue
		}
		if name == "" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-store")
			_, _ = fmt.Fprint(w, v.html(s.settings(v)))
			return
		}
		r = r.Clone(r.Context())
		r.URL.Path = path.Join("/", v.sdk, name)
		c := &counted{ResponseWriter: w}
		s.files.ServeHTTP(c, r)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sent[v.id] += c.bytes
		return
	}
	if r.URL.Path == empty {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!doctype html><title>nothing</title><link rel="icon" href="data:,">`)
		return
	}
	http.NotFound(w, r)
}

// empty is the path of a page without anything.
const empty = "/timed/"

func (s *site) settings(v variant) string {
	return fmt.Sprintf(`{"issuer":%q,"clientId":%q,"audience":%q,"redirectUri":%q,"scope":%q,"options":%s}`,
		s.stack.IssuerURL(), stack.ClientID, s.stack.APIURL(), s.stack.AppURL()+v.path(), scope, v.options)
}

// take returns what was sent for a variant since the last time.
func (s *site) take(v variant) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer delete(s.sent, v.id)
	return s.sent[v.id]
}

// counted counts what it passes on.
type counted struct {
	http.ResponseWriter
	bytes int
}

func (c *counted) WriteHeader(status int) {
	c.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // as a name with a hash in it would have
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.bytes += n
	return n, err
}
