package hostile

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// login is a user who has signed in, from the authorization request to the last refresh.
type login struct {
	clientID, redirectURI, challenge, nonce, scope, organization, acr string
	at                                                                time.Time
}

func (p *Provider) serveAuthorization(w http.ResponseWriter, r *http.Request) {
	q := p.asked(r.URL.Query())
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Host == "" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "this is no request for a code with PKCE", http.StatusBadRequest)
		return
	}
	l := &login{
		clientID: q.Get("client_id"), redirectURI: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), nonce: q.Get("nonce"),
		scope: q.Get("scope"), organization: q.Get("organization"), acr: cmp.Or(q.Get("acr_values"), essentialACR(q.Get("claims"))), at: time.Now(),
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = l
	p.mu.Unlock()

	response := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.Issuer()}}
	if mode := q.Get("response_mode"); mode == "jwt" || mode == "query.jwt" {
		response = url.Values{"response": {p.seal(l, response)}}
	}
	if change := p.now().Redirect; change != nil {
		change(p, response)
	}
	modes := p.now().Modes
	if modes == nil {
		modes = []string{q.Get("response_mode")}
	}
	http.Redirect(w, r, placed(back, response, modes), http.StatusFound)
}

// essentialACR is the first of the means that the claims parameter asks for (OpenID Connect Core section 5.5.1.1).
func essentialACR(claims string) string {
	var asked struct {
		IDToken struct{ ACR struct{ Values []string } } `json:"id_token"`
	}
	if json.Unmarshal([]byte(claims), &asked) != nil || len(asked.IDToken.ACR.Values) == 0 {
		return ""
	}
	return asked.IDToken.ACR.Values[0]
}

// placed is the address that the user is sent back to, with the response where each mode has it.
func placed(back *url.URL, response url.Values, modes []string) string {
	fragment := ""
	for _, mode := range modes {
		if mode == "fragment" {
			fragment = "#" + response.Encode()
			continue
		}
		all := back.Query()
		for name, values := range response {
			all[name] = values
		}
		back.RawQuery = all.Encode()
	}
	return back.String() + fragment
}

// seal makes a signed JWT of an authorization response (JARM section 2.1).
func (p *Provider) seal(l *login, response url.Values) string {
	fault := p.now()
	key := fault.keys()[0]
	t := &IDToken{
		Header: Object{"alg": key.Alg, "kid": key.ID},
		Claims: Object{"aud": l.clientID, "exp": time.Now().Add(10 * time.Minute).Unix()}, Key: key,
	}
	for name := range response {
		t.Claims[name] = response.Get(name)
	}
	if fault.Sealed != nil {
		fault.Sealed(p, t)
	}
	return t.compact()
}

// spend takes the code, which works once and for its own verifier and redirect URI alone (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
func (p *Provider) spend(form url.Values) *login {
	p.mu.Lock()
	l := p.codes[form.Get("code")]
	delete(p.codes, form.Get("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if l == nil || l.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) || l.redirectURI != form.Get("redirect_uri") ||
		l.clientID != form.Get("client_id") {
		return nil
	}
	return l
}
