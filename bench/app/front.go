package app

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Front stands before the provider's origin and speaks what each SDK needs, so that all are given the same tokens: endpoints where Auth0
// and Keycloak have them, an audience where an SDK can't name one, and leave for headers of their own. It remembers the last answer of the
// token endpoint.
type Front struct {
	// Audience is whom tokens are for where a login doesn't say.
	Audience string

	mu   sync.Mutex
	last []byte
}

// realm is the path of Keycloak's endpoints.
const realm = "/realms/bench/protocol/openid-connect"

// paths are where the provider has what others have elsewhere.
var paths = map[string]string{
	"/oauth/token":    "/token",
	realm + "/token":  "/token",
	realm + "/auth":   "/authorize",
	realm + "/logout": "/logout",
}

// Before is what a stack's configuration wants.
func (f *Front) Before(issuer http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asKeycloak := strings.HasPrefix(r.URL.Path, realm)
		r = r.Clone(r.Context())
		if path, elsewhere := paths[r.URL.Path]; elsewhere {
			r.URL.Path = path
		}
		if r.Method == http.MethodOptions {
			permit(w, r)
			return
		}
		switch r.Method + " " + r.URL.Path {
		case "GET /authorize":
			if query := r.URL.Query(); !query.Has("audience") {
				query.Set("audience", f.Audience)
				r.URL.RawQuery = query.Encode()
			}
			issuer.ServeHTTP(w, r)
		case "POST /token":
			seen := &copied{ResponseWriter: w}
			if asKeycloak {
				w.Header().Set("Access-Control-Allow-Credentials", "true") // it sends Keycloak's cookies along
				unwrapRequest(r)
				wrapped := &held{ResponseWriter: w, status: http.StatusOK}
				defer wrapped.send()
				seen.ResponseWriter = wrapped
			}
			defer func() { f.remember(seen.body.Bytes()) }() // also when the connection is cut, which is a panic
			issuer.ServeHTTP(seen, r)
		default:
			issuer.ServeHTTP(w, r)
		}
	})
}

// permit answers a preflight: the provider's own answer allows no header but the usual ones.
func permit(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Methods", "POST")
	h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	h.Set("Access-Control-Max-Age", "7200") // as the provider's own
	w.WriteHeader(http.StatusNoContent)
}

func (f *Front) remember(body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = body
}

// Answer is the last answer of the token endpoint.
func (f *Front) Answer() []byte {
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

// keycloak-js reads refresh tokens, which are JWTs at Keycloak. These two make the form of one around the provider's own, and take it off.
const before, after = "e30.e30.", `"refresh_token":"`

func unwrapRequest(r *http.Request) {
	if r.ParseForm() != nil {
		return
	}
	r.PostForm.Set("refresh_token", strings.TrimPrefix(r.PostForm.Get("refresh_token"), before))
	if r.PostForm.Get("refresh_token") == "" {
		r.PostForm.Del("refresh_token")
	}
	form := r.PostForm.Encode()
	r.Body, r.ContentLength, r.Form, r.PostForm = io.NopCloser(strings.NewReader(form)), int64(len(form)), nil, nil
}

// held keeps an answer back, so that it can be changed before it is sent.
type held struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(p []byte) (int, error) { return h.body.Write(p) }

func (h *held) send() {
	h.Header().Del("Content-Length")
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(bytes.Replace(h.body.Bytes(), []byte(after), []byte(after+before), 1))
}
