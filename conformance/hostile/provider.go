package hostile

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
)

// Subject is the user that everybody signs in as. There is no login page: the provider knows its user already.
const Subject = "user-1"

// Provider is one running provider, with one client that it takes under any name.
type Provider struct {
	server, elsewhere *httptest.Server

	mu       sync.Mutex
	fault    Fault
	requests []Request
	fetches  int // of the JWKS
	codes    map[string]*login
	pushed   map[string]url.Values // by request_uri
	families map[string]*family    // by every refresh token that was ever given out
}

// Start starts a provider that misbehaves as fault says.
func Start(fault Fault) *Provider {
	p := &Provider{fault: fault, codes: map[string]*login{}, pushed: map[string]url.Values{}, families: map[string]*family{}}
	p.server = httptest.NewServer(p.handler())
	p.elsewhere = httptest.NewServer(http.HandlerFunc(p.serveElsewhere))
	return p
}

// Close ends it. Answers that are still being held back are cut off.
func (p *Provider) Close() {
	for _, s := range []*httptest.Server{p.server, p.elsewhere} {
		s.CloseClientConnections()
		s.Close()
	}
}

// Issuer is the issuer identifier, and the origin of every endpoint. A name and not a number, since a page must be at localhost too and
// cookies have no ports.
func (p *Provider) Issuer() string { return named(p.server) }

// Trap is an address of another origin, to which nobody may go.
func (p *Provider) Trap(path string) string { return named(p.elsewhere) + path }

func named(s *httptest.Server) string { return strings.Replace(s.URL, "127.0.0.1", "localhost", 1) }

// Misbehave changes what the provider does from now on.
func (p *Provider) Misbehave(fault Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

func (p *Provider) now() Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

func (p *Provider) handler() http.Handler {
	honest := map[Endpoint]http.HandlerFunc{
		Discovery: p.serveMetadata, Authorization: p.serveAuthorization, Token: p.serveToken, JWKS: p.serveJWKS,
		Revocation: p.serveRevocation, EndSession: p.serveEndSession, UserInfo: p.serveUserInfo,
		PAR: p.servePush, API: p.serveAPI,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endpoint, known := paths[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		// What reached the provider is written down first: a fault that never answers has been reached all the same.
		p.record(endpoint, r)
		h := http.Handler(honest[endpoint])
		if before := p.now().Answers[endpoint]; before != nil {
			h = before(p, h)
		}
		allowOrigin(h).ServeHTTP(w, r)
	})
}

// allowOrigin lets pages of every origin read the answer, as a provider does for its public clients.
func allowOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Expose-Headers", "DPoP-Nonce, WWW-Authenticate")
		}
		if r.Method != http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
		w.WriteHeader(http.StatusNoContent)
	})
}

// serveElsewhere answers as the provider would: a client that comes here finds what it was lured with.
func (p *Provider) serveElsewhere(w http.ResponseWriter, r *http.Request) {
	p.record(Elsewhere, r)
	allowOrigin(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch paths[r.URL.Path] {
		case Discovery:
			p.serveMetadata(w, r)
		case JWKS:
			write(w, http.StatusOK, Object{"keys": []Object{Impostor().JWK()}})
		default:
			http.NotFound(w, r)
		}
	})).ServeHTTP(w, r)
}

func (p *Provider) serveMetadata(w http.ResponseWriter, _ *http.Request) {
	iss := p.Issuer()
	m := Object{
		"issuer": iss, "authorization_endpoint": iss + "/authorize", "token_endpoint": iss + "/token", "jwks_uri": iss + "/jwks",
		"userinfo_endpoint": iss + "/userinfo", "revocation_endpoint": iss + "/revoke", "end_session_endpoint": iss + "/logout",
		"pushed_authorization_request_endpoint": iss + "/par",
		"response_types_supported":              []string{"code"}, "subject_types_supported": []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"RS256", "PS256", "ES256", "EdDSA"},
		"code_challenge_methods_supported":               []string{"S256"},
		"authorization_response_iss_parameter_supported": true,
	}
	if change := p.now().Metadata; change != nil {
		change(p, m)
	}
	write(w, http.StatusOK, m)
}

func (p *Provider) serveEndSession(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	to := q.Get("post_logout_redirect_uri") + q.Get("returnTo") // the second is Auth0's name for it
	if to == "" {
		write(w, http.StatusOK, Object{"signed": "out"})
		return
	}
	back, err := url.Parse(to)
	if err != nil {
		http.Error(w, "this is no address to go back to", http.StatusBadRequest)
		return
	}
	response := url.Values{}
	if state := q.Get("state"); state != "" {
		response.Set("state", state)
	}
	if change := p.now().Return; change != nil {
		change(p, response)
	}
	all := back.Query()
	for name, values := range response {
		all[name] = values
	}
	back.RawQuery = all.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) serveUserInfo(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") == "" {
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	write(w, http.StatusOK, Object{"sub": Subject})
}

// serveAPI takes any token, and is as strict about the header as an API must be (RFC 6750 section 3).
func (p *Provider) serveAPI(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") == "" {
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	write(w, http.StatusOK, Object{"hello": Subject})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
