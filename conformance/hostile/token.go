package hostile

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
)

// Lifetime is that of an access token, in seconds.
const Lifetime = 3600

// family is the refresh tokens of one login.
type family struct {
	login *login
	// current is the newest; previous, the one before it, is taken once more, as for a client that lost the answer.
	current, previous string
	dead              bool
}

func (p *Provider) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil {
		write(w, http.StatusBadRequest, Object{"error": "invalid_request"})
		return
	}
	var l *login
	var refresh string
	grant := r.PostForm.Get("grant_type")
	if grant == TokenExchange {
		p.serveExchange(w, r.PostForm)
		return
	}
	renewed := grant == "refresh_token"
	if renewed {
		l, refresh = p.rotate(r.PostForm.Get("refresh_token"))
	} else if l = p.spend(r.PostForm); l != nil && strings.Contains(l.scope, "offline_access") {
		refresh = p.begin(l)
	}
	if l == nil {
		write(w, http.StatusBadRequest, Object{"error": "invalid_grant", "error_description": "it is unknown, used or revoked"})
		return
	}
	fault := p.now()
	response := Object{
		"access_token": rand.Text(), "token_type": "Bearer", "expires_in": Lifetime, "scope": l.scope,
	}
	if refresh != "" {
		response["refresh_token"] = refresh
	}
	if r.Header.Get("DPoP") != "" {
		response["token_type"] = "DPoP"
	}
	response["id_token"] = p.idToken(l, response["access_token"].(string), renewed)
	if fault.Tokens != nil {
		fault.Tokens(p, response)
	}
	write(w, http.StatusOK, response)
}

// TokenExchange is the grant_type of RFC 8693.
const TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"

// serveExchange takes any token for one of its user's.
func (p *Provider) serveExchange(w http.ResponseWriter, form url.Values) {
	if form.Get("subject_token") == "" || form.Get("subject_token_type") == "" {
		write(w, http.StatusBadRequest, Object{"error": "invalid_request"})
		return
	}
	response := Object{
		"access_token": rand.Text(), "issued_token_type": "urn:ietf:params:oauth:token-type:access_token", "token_type": "Bearer", "expires_in": Lifetime,
	}
	if change := p.now().Tokens; change != nil {
		change(p, response)
	}
	write(w, http.StatusOK, response)
}

func (p *Provider) begin(l *login) (refresh string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	refresh = rand.Text()
	p.families[refresh] = &family{login: l, current: refresh}
	return refresh
}

// rotate gives a new refresh token for the newest one, and once more for the one before. Anything older is theft, and ends the family
// (RFC 9700 section 4.14.2).
func (p *Provider) rotate(token string) (*login, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.families[token]
	if f == nil || f.dead {
		return nil, ""
	}
	switch {
	case p.fault.NoRotation && token == f.current:
		return f.login, token
	case token == f.current:
		f.previous = token
	case token == f.previous:
		f.previous = ""
	default:
		f.dead = true
		return nil, ""
	}
	f.current = rand.Text()
	p.families[f.current] = f
	return f.login, f.current
}

func (p *Provider) serveRevocation(w http.ResponseWriter, r *http.Request) {
	if r.ParseForm() == nil {
		p.mu.Lock()
		if f := p.families[r.PostForm.Get("token")]; f != nil {
			f.dead = true
		}
		p.mu.Unlock()
	}
	w.WriteHeader(http.StatusOK) // for an unknown token too (RFC 7009 section 2.2)
}

// Live counts the logins whose refresh token still works: whoever finds it has the session.
func (p *Provider) Live() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	live := map[*family]bool{}
	for _, f := range p.families {
		if !f.dead {
			live[f] = true
		}
	}
	return len(live)
}
