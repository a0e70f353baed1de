package hostile

import (
	"net/http"
	"net/url"
	"slices"
)

// Request is one that reached the provider, or an address that it lured to.
type Request struct {
	Endpoint Endpoint
	// Grant is the grant_type of a token request.
	Grant string
	URL   *url.URL
	// Form is what a token request, or a pushed authorization request, says.
	Form url.Values
	// Method and Proof are for whoever judges a DPoP proof; Proof is "" where there is none.
	Method, Proof string
}

// record writes down a request. Preflights are the browser's own question, and not the client's.
func (p *Provider) record(endpoint Endpoint, r *http.Request) {
	if r.Method == http.MethodOptions {
		return
	}
	request := Request{Endpoint: endpoint, URL: r.URL, Method: r.Method, Proof: r.Header.Get("DPoP")}
	if (endpoint == Token || endpoint == PAR) && r.ParseForm() == nil {
		request.Grant, request.Form = r.PostForm.Get("grant_type"), r.PostForm
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, request)
}

// Requests returns everything that has reached the provider, in order.
func (p *Provider) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// Reached counts the requests to an endpoint.
func (p *Provider) Reached(e Endpoint) (n int) {
	for _, r := range p.Requests() {
		if r.Endpoint == e {
			n++
		}
	}
	return n
}

// Grants counts the token requests of one grant_type.
func (p *Provider) Grants(kind string) (n int) {
	for _, r := range p.Requests() {
		if r.Endpoint == Token && r.Grant == kind {
			n++
		}
	}
	return n
}
