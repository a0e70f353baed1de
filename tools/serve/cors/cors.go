// Package cors lets one origin, and no other, read what a server answers.
package cors

import "net/http"

// Policy is what the one origin may do.
type Policy struct {
	Origin string
	// Methods and Headers answer a preflight; Exposed are the response headers that script may read. Each is a comma-separated list.
	Methods, Headers, Exposed string
}

// maxAge is how long a browser may remember a preflight, in seconds. Chromium takes no more.
const maxAge = "7200"

// Wrap adds the headers to every answer of next, errors included: an error that a page can't read looks like a dead network. It
// answers preflights itself.
func (p Policy) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		// Also for other origins: a shared cache must not hand one's answer to the other.
		h.Add("Vary", "Origin")

		allowed := r.Header.Get("Origin") == p.Origin
		if allowed {
			h.Set("Access-Control-Allow-Origin", p.Origin)
			if p.Exposed != "" {
				h.Set("Access-Control-Expose-Headers", p.Exposed)
			}
		}

		if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
			next.ServeHTTP(w, r)
			return
		}
		if !allowed {
			http.Error(w, "this origin may not read what is here", http.StatusForbidden)
			return
		}
		h.Set("Access-Control-Allow-Methods", p.Methods)
		h.Set("Access-Control-Allow-Headers", p.Headers)
		h.Set("Access-Control-Max-Age", maxAge)
		w.WriteHeader(http.StatusNoContent)
	})
}
