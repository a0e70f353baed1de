package session

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// noOptions stands for a call without options.
var noOptions oauth.Value

// request is what GetTokenSilentlyOptions of index.d.ts ask for.
type request struct {
	scope, audience string
	cacheMode       string
	exact           bool        // less than this scope won't do
	params          oauth.Value // what the call names, where it isn't for what the client names
	begin           bool        // where nobody is signed in, the provider may be asked for a session
}

const tokenNames = "authorizationParams cacheMode detailedResponse timeoutInSeconds"

func (c *Client) request(options oauth.Value) (*request, error) {
	r := &request{scope: c.Scope, audience: c.Audience}
	if options.Kind() == oauth.Missing {
		return r, nil
	}
	if err := checkNames(options, tokenNames); err != nil {
		return r, err
	}
	p := fields{in: options}
	r.cacheMode = p.text("cacheMode", "on")
	p.seconds("timeoutInSeconds", 0) // the loader's: it bounds the wait of this caller, and never the exchange that others wait for too
	if r.cacheMode != "on" && r.cacheMode != "off" && r.cacheMode != "cache-only" {
		p.wrong("cacheMode", `"on", "off" or "cache-only"`)
	}
	if p.err != nil {
		return r, p.err
	}
	params := options.Get("authorizationParams")
	if err := checkParams(params, ""); err != nil {
		return r, err
	}
	if params.Get("authorization_details").Kind() != oauth.Missing {
		return r, config("authorization_details are asked for in a login; detailedResponse tells what was granted")
	}
	// What a call names, audience or resource, stands in the place of both that the client names.
	if a := c.target(params.Get("audience"), params.Get("resource")); a != "" && a != r.audience {
		c.mu.Lock()
		served := c.UseMRRT || a == c.held.Audience
		c.mu.Unlock()
		if !served {
			// Where the refresh token isn't for many audiences, the answer would be a token for another API than the one asked for.
			return r, config("a token for another audience or resource than the client's needs useMrrt, and a provider that has refresh tokens for several")
		}
		r.audience, r.params = a, params
	}
	if s := params.Get("scope").Str(); s != "" && s != r.scope {
		r.scope, r.exact = s, c.UseMRRT
	}
	return r, nil
}

// Cached returns the client's own token if it is good now, and "" otherwise. It is the answer to most calls, so it neither waits nor
// allocates.
func (c *Client) Cached(now, elapsed time.Duration) string {
	c.mu.Lock()
	t := c.held.Find(c.Audience, c.Scope)
	expiry, _ := c.passed(now)
	serves := !c.closed && !expiry && c.good(t, now, elapsed, c.Leeway)
	c.mu.Unlock()
	if !serves {
		return ""
	}
	return t.Value.Reveal()
}

// Token returns an access token that is good now, and nil where the cache was asked alone and has none.
//
// options is GetTokenSilentlyOptions of index.d.ts. Concurrent calls share one renewal, across tabs too.
func (c *Client) Token(options oauth.Value) (*vault.Token, error) {
	if err := c.begin(); err != nil {
		return nil, err
	}
	r, err := c.request(options)
	if err != nil {
		return nil, err
	}
	return c.token(r)
}

// token is fresh for callers who can do with less: while the provider is in trouble, a token serves until it ends.
func (c *Client) token(r *request) (*vault.Token, error) {
	c.mu.Lock()
	who := c.subject()
	c.mu.Unlock()
	fresh, err := c.fresh(r, r.cacheMode == "off")
	if err != nil && oauth.AsError(err).Retryable && r.cacheMode != "off" {
		c.mu.Lock()
		t := c.held.Find(r.audience, r.scope)
		serves := c.good(t, c.Now(), c.Elapsed(), 0)
		c.mu.Unlock()
		if serves {
			return t, nil
		}
	}
	if err != nil {
		fresh, err = c.fallBack(r, who, err)
	}
	if r.exact && fresh != nil && !oauth.HasScopes(fresh.Granted+openID, r.scope) {
		return nil, oauth.Fail(oauth.MissingScopes, "renewal", "the provider granted only "+oauth.Inert(fresh.Granted)+"; the rest takes the user's consent, in a login")
	}
	return fresh, err
}

// instead returns a token in the place of one that was refused. Another call may have it already: one renewal serves all that were refused at
// the same time.
func (c *Client) instead(r *request, refused *vault.Token) (*vault.Token, error) {
	if t := c.goodToken(r); t != nil && !t.Value.Equal(refused.Value) {
		return t, nil
	}
	forced := *r
	forced.cacheMode = "off"
	return c.token(&forced)
}

// fresh returns a token that outlives the leeway, or a new one where it is forced to.
func (c *Client) fresh(r *request, force bool) (*vault.Token, error) {
	if err := c.expire(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	t := c.held.Find(r.audience, r.scope)
	leeway, elapsed := c.Leeway, c.Elapsed()
	if c.due > elapsed {
		leeway = 0 // the provider is in trouble and the background waits for it: so does whoever has a token that lives
	}
	ok := !force && c.good(t, c.Now(), elapsed, leeway)
	signedIn, audience := c.signedIn(), c.held.Audience
	c.mu.Unlock()
	if ok {
		return t, nil
	}
	if r.cacheMode == "cache-only" {
		return nil, nil
	}
	if signedIn && audience != r.audience && !c.UseMRRT {
		return nil, oauth.Fail(oauth.MissingRefreshToken, "renewal", "the user signed in for another audience, and a token for this one takes a login of its own")
	}
	// A token that we hold and can't use isn't good enough either where the record, which knows only the wall clock, thinks it is.
	var unwanted oauth.Secret
	if t != nil {
		unwanted = t.Value
	}
	held, err := c.Vault.Renew(&vault.Renew{
		Audience: r.audience, Scope: r.scope, Unwanted: unwanted, Leeway: c.Leeway,
	})
	err = c.settle(held, err)
	if err != nil {
		return nil, err
	}
	if t = held.Find(r.audience, r.scope); t == nil {
		return nil, oauth.Fail(oauth.Internal, "renewal", "the renewed session holds no token for this request")
	}
	return t, nil
}

// settle notes how a renewal went.
func (c *Client) settle(held *vault.Held, err error) error {
	e := oauth.AsError(err)
	c.mu.Lock()
	if expiry, passed := c.passed(c.Now()); passed && e.Code == oauth.SessionRevoked {
		expired := oauth.Fail(oauth.SessionExpired, "renewal", "the session has reached the end of its life at the provider; sign in again")
		if !expiry {
			expired.Err = err // fallBack judges it by what it was: the lifetimes name it, and decide nothing
		}
		err = expired
	}
	if err == nil {
		c.trouble, c.failures, c.due = "", 0, 0
	} else {
		c.failures++
	}
	if e.Retryable {
		c.trouble = e.Code
		if cause := oauth.AsError(e.Err); cause.Retryable {
			c.trouble = cause.Code // discovery fails for want of a network, too
		}
	}
	c.mu.Unlock()
	c.take(held)
	c.mu.Lock()
	if !c.closed {
		c.publish()
	}
	c.mu.Unlock()
	return err
}

// expire ends a session that has reached the provider's session_expiry: a ceiling that no token and no renewal lifts. Another page may have signed
// somebody in since this one looked, whose session isn't ours to end.
func (c *Client) expire() error {
	if !c.expired() || c.again() == nil && !c.expired() {
		return nil
	}
	_ = c.signOut()
	return oauth.Fail(oauth.SessionExpired, "session", "the session has reached the end that the provider set for it; sign in again")
}

func (c *Client) expired() bool {
	c.mu.Lock()
	expiry, _ := c.passed(c.Now())
	c.mu.Unlock()
	return expiry
}

// Describe writes TokenResponse of index.d.ts.
func (c *Client) Describe(t *vault.Token) string {
	c.mu.Lock()
	id := c.held.IDToken
	c.mu.Unlock()
	return c.response(t, id)
}

func (c *Client) response(t *vault.Token, id oauth.Secret) string {
	var w oauth.Writer
	return w.Str("access_token", t.Value.Reveal()).Str("id_token", id.Reveal()).Str("token_type", t.Type).
		Num("expires_in", max(0, int64((t.Expires-c.Now())/time.Second))).Str("scope", t.Granted).
		Raw("authorization_details", t.Details).String()
}

// Check restores a session and renews its token where it must. Where there is none, begin says whether to ask the provider for one. Nobody being signed
// in is no error, nor is a provider that can't be reached: what was restored stays, and the next call tries again.
func (c *Client) Check(options oauth.Value, begin bool) error {
	if err := c.begin(); err != nil {
		return err
	}
	r, err := c.request(options)
	if err != nil {
		return err
	}
	r.begin = begin
	c.mu.Lock()
	before := c.signedIn()
	c.mu.Unlock()
	if !begin && !before {
		return nil
	}
	_, err = c.token(r)
	c.mu.Lock()
	if err != nil && before && !c.signedIn() {
		c.warnFailed(err) // no call tells why the session is gone
	}
	c.mu.Unlock()
	return nil
}

// Revoke gives the refresh token back. The access token serves until it ends.
func (c *Client) Revoke() error {
	if err := c.begin(); err != nil {
		return err
	}
	held, err := c.Vault.Revoke()
	c.take(held)
	return err
}
