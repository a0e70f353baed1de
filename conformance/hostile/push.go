package hostile

import (
	"crypto/rand"
	"net/http"
	"net/url"
)

// servePush takes an authorization request (RFC 9126 section 2). One that points to another is refused (section 2.1).
func (p *Provider) servePush(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil || r.PostForm.Has("request_uri") {
		write(w, http.StatusBadRequest, Object{"error": "invalid_request"})
		return
	}
	uri := "urn:ietf:params:oauth:request_uri:" + rand.Text()
	p.mu.Lock()
	p.pushed[uri] = r.PostForm
	p.mu.Unlock()
	write(w, http.StatusCreated, Object{"request_uri": uri, "expires_in": 60})
}

// asked is the authorization request itself: where it was pushed, what was pushed, which works once and for its own client alone (RFC 9126 sections
// 4 and 7.3).
func (p *Provider) asked(q url.Values) url.Values {
	uri := q.Get("request_uri")
	if uri == "" {
		return q
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	pushed := p.pushed[uri]
	delete(p.pushed, uri)
	if pushed.Get("client_id") != q.Get("client_id") {
		return nil
	}
	return pushed
}
