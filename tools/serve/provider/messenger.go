package provider

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// messenger adds response mode web_message, as Auth0 has it, which go-oidc doesn't: where a request asks for it, the answer isn't a redirect but a page
// that posts it to the window that opened this one.
type messenger struct {
	appOrigin string
	next      http.Handler

	mu     sync.Mutex
	states map[string]bool // of requests that asked for it
}

func newMessenger(appOrigin string, next http.Handler) *messenger {
	return &messenger{appOrigin: appOrigin, next: next, states: map[string]bool{}}
}

func (m *messenger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/.well-known/"):
		m.announce(w, r)
	case r.URL.Path == "/par" && r.Method == http.MethodPost:
		if r.ParseForm() == nil {
			m.take(r.PostForm)
			r.Form = nil // made of PostForm anew
		}
		m.next.ServeHTTP(w, r)
	case strings.HasPrefix(r.URL.Path, "/authorize"):
		u := *r.URL
		query := u.Query()
		m.take(query)
		u.RawQuery = query.Encode()
		r = r.Clone(r.Context())
		r.URL = &u
		m.next.ServeHTTP(&posting{ResponseWriter: w, messenger: m}, r)
	default:
		m.next.ServeHTTP(w, r)
	}
}

// take notes which request asks for a message, and takes the mode away.
func (m *messenger) take(params url.Values) {
	if params.Get("response_mode") != "web_message" {
		return
	}
	params.Del("response_mode")
	m.mu.Lock()
	defer m.mu.Unlock()
	m.states[params.Get("state")] = true
}

func (m *messenger) asked(state string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.states[state]
}

// announce adds the mode to the metadata.
func (m *messenger) announce(w http.ResponseWriter, r *http.Request) {
	held := &buffered{ResponseWriter: w, status: http.StatusOK}
	m.next.ServeHTTP(held, r)
	var metadata map[string]any
	body := held.body.Bytes()
	if json.Unmarshal(body, &metadata) == nil {
		modes, _ := metadata["response_modes_supported"].([]any)
		metadata["response_modes_supported"] = append(slices.Clone(modes), "web_message")
		body, _ = json.Marshal(metadata)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(held.status)
	_, _ = w.Write(body)
}

type buffered struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (b *buffered) WriteHeader(status int)      { b.status = status }
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }

// posting turns the redirect that answers a request into the page.
type posting struct {
	http.ResponseWriter
	*messenger
	posted bool
}

func (p *posting) WriteHeader(status int) {
	to, err := url.Parse(p.Header().Get("Location"))
	if err != nil || status < 300 || status > 399 || !strings.HasPrefix(to.String(), p.appOrigin) || !p.asked(to.Query().Get("state")) {
		p.ResponseWriter.WriteHeader(status)
		return
	}
	p.posted = true
	response := map[string]string{}
	for name := range to.Query() {
		response[name] = to.Query().Get(name)
	}
	nonce := rand.Text()
	h := p.Header()
	h.Del("Location")
	h.Del("Content-Length")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"'; frame-ancestors "+p.appOrigin)
	p.ResponseWriter.WriteHeader(http.StatusOK)
	_ = messagePage.Execute(p.ResponseWriter, map[string]any{"Nonce": nonce, "Origin": p.appOrigin, "Response": response})
}

// Write drops what go-oidc writes under the redirect.
func (p *posting) Write(b []byte) (int, error) {
	if p.posted {
		return len(b), nil
	}
	return p.ResponseWriter.Write(b)
}

var messagePage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><title>Signing in</title>
<script nonce="{{.Nonce}}">(window.opener || window.parent).postMessage({type: "authorization_response", response: {{.Response}}}, {{.Origin}});</script>
`))
