package session

import (
	"time"

	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
	"github.com/postern-auth/postern/storage"
)

const (
	transactionPrefix  = "postern:login:"
	transactionVersion = 1
	// transactionLife is how long the user may take at the provider.
	transactionLife = 10 * time.Minute
)

const loginNames = "authorizationParams appState fragment openUrl"

// Login starts a login and returns the address to send the user to. It navigates there itself unless openUrl says that the caller will.
//
// options is RedirectLoginOptions of index.d.ts, but for appState, which is JSON in a string.
func (c *Client) Login(options oauth.Value) (string, error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	if err := checkNames(options, loginNames); err != nil {
		return "", err
	}
	url, _, err := c.prepare(options, "", "")
	if err != nil {
		return "", err
	}
	if fragment := options.Get("fragment").Str(); fragment != "" {
		url += "#" + fragment
	}
	if options.Get("openUrl").True() {
		return url, nil
	}
	return url, c.Page.Navigate(url)
}

// prepare stores a login under its state and returns the address that begins it. A state that begins with where is answered in
// another window than this page's, whose address redirectURI then is, unless the call names one.
func (c *Client) prepare(options oauth.Value, where, redirectURI string) (url, state string, err error) {
	params := options.Get("authorizationParams")
	if err := checkParams(params, oauth.Origin(c.Page.URL())); err != nil {
		return "", "", err
	}
	m, err := c.Vault.Metadata()
	if err != nil {
		return "", "", err
	}
	jkt := ""
	if edition.Full && c.UseDPoP {
		if jkt, err = c.Vault.KeyThumbprint(); err != nil {
			return "", "", err
		}
	}
	if !edition.Full && oauth.SealedMode(c.param(params, "response_mode").Str()) {
		return "", "", edition.Lacking
	}
	request := &oauth.Authorization{KeyThumbprint: jkt, ClientID: c.ClientID, RedirectURI: params.Get("redirect_uri").Str(), Scope: c.Scope}
	for _, next := range [...]string{redirectURI, c.Params.Get("redirect_uri").Str(), c.Origin} {
		if request.RedirectURI == "" {
			request.RedirectURI = next
		}
	}
	if scope := params.Get("scope").Str(); scope != "" {
		request.Scope = c.completeScope(scope)
	}
	c.extra(&request.Extra, params)
	if m.WebMessage && where != "" && redirectURI == "" && c.param(params, "response_mode").Str() == "" {
		request.Extra.Add("response_mode", "web_message") // no page of the application's has to hand the answer on
	}
	verifier, err1 := pkce.New()
	state, err2 := pkce.RandomString()
	nonce, err3 := pkce.RandomString()
	if err1 != nil || err2 != nil || err3 != nil {
		return "", "", oauth.Fail(oauth.InsecureContext, "login", "the browser gives no random numbers here; serve the page over https")
	}
	state = where + state
	sum, err := c.Crypto.Digest("SHA-256", verifier.Reveal())
	if err == nil {
		request.Challenge, err = pkce.ChallengeOf(sum)
	}
	if err != nil {
		return "", "", oauth.Fail(oauth.InsecureContext, "login", "the browser has no WebCrypto here; serve the page over https")
	}
	request.State, request.Nonce = state, nonce
	url = request.URL(m.AuthorizationEndpoint)
	if c.PAR == "always" || c.PAR == "auto" && m.RequirePAR {
		uri, err := c.Vault.Push(request.Params())
		if err != nil {
			return "", "", err
		}
		url = request.PushedURL(m.AuthorizationEndpoint, uri)
	}
	if where == "" { // the page is about to be left
		if err := c.noteStart(); err != nil {
			return "", "", err
		}
	}
	c.dropStale()
	// A login in flight is stored under its state, so that logins in several tabs, or one begun twice, never overwrite each other.
	var tx oauth.Writer
	tx.Str("issuer", c.Issuer).Str("client_id", c.ClientID).Str("redirect_uri", request.RedirectURI).
		Str("code_verifier", verifier.Reveal()).Str("nonce", nonce).
		Str("audience", c.target(c.param(params, "audience"), c.param(params, "resource"))).Str("scope", request.Scope).
		Raw("max_age", c.param(params, "max_age").Raw()).Str("acr_values", c.acrValues(params)).
		Str("response_mode", c.param(params, "response_mode").Str()).Str("organization", c.param(params, "organization").Str()).Str("app_state", options.Get("appState").Str()).
		Int("started_at", int64(c.Now()/time.Millisecond))
	if err := storage.Put(c.Transactions, transactionPrefix+state, transactionVersion, tx.String()); err != nil {
		return "", "", oauth.Fail(oauth.StorageUnavailable, "login", "sessionStorage is blocked or full; the login could not be finished when the user comes back")
	}
	return url, state, nil
}

// dropStale removes logins that nobody finished.
func (c *Client) dropStale() {
	keys, _ := c.Transactions.Keys(transactionPrefix)
	for _, key := range keys {
		payload, ok, err := storage.Read(c.Transactions, key, transactionVersion)
		if storage.ErrCorrupt.Is(err) || ok && c.stale(transaction(payload)) {
			_ = c.Transactions.Remove(key)
		}
	}
}

// transaction reads a stored login; one that is damaged has no state of its own and matches nothing.
func transaction(payload string) oauth.Value {
	tx, _ := oauth.ParseJSON(payload)
	return tx
}

// stale reports whether a login was started too long ago, or in the future of a clock that was set back.
func (c *Client) stale(tx oauth.Value) bool {
	startedAt, _ := tx.Get("started_at").Whole()
	age := c.Now() - time.Duration(startedAt)*time.Millisecond
	return age > transactionLife || age < -transactionLife
}
