package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
)

// flight is an exchange under way in this page; later calls for the same token wait for it.
type flight struct {
	audience, scope string
	done            chan struct{}
	held            *Held
	err             error
}

// Renew implements Port.
func (v *Vault) Renew(r *Renew) (*Held, error) {
	v.mu.Lock()
	for _, f := range v.flights {
		if f.audience == r.Audience && f.scope == r.Scope {
			v.mu.Unlock()
			<-f.done
			return f.held, f.err
		}
	}
	f := &flight{audience: r.Audience, scope: r.Scope, done: make(chan struct{})}
	v.flights = append(v.flights, f)
	v.mu.Unlock()

	f.held, f.err = v.renew(r)

	v.mu.Lock()
	for i, other := range v.flights {
		if other == f {
			v.flights = append(v.flights[:i], v.flights[i+1:]...)
			break
		}
	}
	v.mu.Unlock()
	close(f.done)
	return f.held, f.err
}

// renew takes the family's lock, reads again, and sends only if it still must. The lock is the family's and never an audience's: one
// refresh token serves them all.
func (v *Vault) renew(r *Renew) (*Held, error) {
	seen, err := v.records.load()
	if err != nil {
		return nil, err
	}
	if !seen.signedIn() {
		return v.held(seen), loginRequired()
	}
	release, err := v.Locks.Lock("postern:" + oauth.Escape(v.Issuer) + ":" + oauth.Escape(v.ClientID) + ":" + seen.family)
	if err != nil {
		return nil, err
	}
	defer release()
	rec, err := v.records.load()
	if err != nil {
		return nil, err
	}
	held := v.held(rec)
	switch decide(&situation{rec: rec, sent: seen, want: held.Find(r.Audience, r.Scope), force: r.Force, leeway: r.Leeway, now: v.Now()}) {
	case adopt:
		return held, nil
	case send:
		if rec.family != seen.family {
			return v.renew(r) // another login took this one's place while we waited: its token is used under its own lock
		}
		return v.rotate(rec, r)
	case uncertain:
		return held, oauth.Fail(oauth.LoginRequired, "renewal", "the connection broke twice during a renewal, and a third try could look like theft; sign in again")
	}
	if rec.signedIn() {
		return held, oauth.Fail(oauth.MissingRefreshToken, "renewal", "the provider gave no refresh token; ask for the scope offline_access and allow the grant for this client")
	}
	return held, loginRequired()
}

func loginRequired() error {
	return oauth.Fail(oauth.LoginRequired, "session", "nobody is signed in; call loginWithRedirect")
}

// rotate trades the refresh token for new tokens. The token works once: rotate doesn't retry, and the attempt it marks before sending
// tells the next page that the outcome may be unknown.
func (v *Vault) rotate(rec *record, r *Renew) (*Held, error) {
	m, err := v.Metadata()
	if err != nil {
		return nil, err
	}
	if !v.HTTP.Online() {
		// Known not to be sent, so it isn't an attempt.
		return nil, &oauth.Error{Code: oauth.Network, Op: "renewal", Description: "the browser is offline", Retryable: true}
	}
	id, err := random()
	if err != nil {
		return nil, err
	}
	start := v.Now()
	sent, marked, err := v.records.swap(rec, func(now *record) {
		now.attempt = attempt{id, start, now.attempt.sends + 1}
	})
	if err != nil || !marked {
		return v.held(sent), orLoginRequired(err)
	}
	scope, audience := r.Scope, r.Audience
	if scope == sent.scope {
		scope = ""
	}
	if audience == sent.audience {
		audience = ""
	}
	response, failure := v.post(m.TokenEndpoint, oauth.RefreshRequest(v.ClientID, sent.refreshToken, scope, audience), r.Timeout, sent.refreshToken.Reveal())
	now, err := v.records.load()
	if err != nil {
		return nil, err
	}
	switch decide(&situation{rec: now, sent: sent, answer: judge(response, failure)}) {
	case commit:
		now, committed, err := v.records.swap(sent, func(now *record) {
			now.gen++
			now.attempt = attempt{}
			if !response.RefreshToken.Empty() {
				now.refreshToken = response.RefreshToken
			}
		})
		switch {
		case err != nil || !committed:
			return v.discard(now, response)
		case failure != nil:
			return v.held(now), failure
		}
		return v.accept(now, response, v.expect(now, true), tokenFrom(response, r.Audience, r.Scope, start))
	case discard:
		return v.discard(now, response)
	case adopt:
		held := v.held(now)
		if held.Find(r.Audience, r.Scope).Good(v.Now(), r.Leeway) {
			return held, nil
		}
		if !now.signedIn() {
			failure = loginRequired()
		}
	case over:
		now, _, err = v.records.swap(sent, end)
		return v.held(now), &oauth.Error{
			Code: oauth.SessionRevoked, Op: "renewal", ServerCode: invalidGrant,
			Description: "the provider ended the session; sign in again", Err: err,
		}
	case forget:
		now, _, err = v.records.swap(sent, func(now *record) { now.attempt = rec.attempt })
	}
	if err != nil {
		failure = err
	}
	return v.held(now), failure
}

// discard gives back what came too late: somebody signed out, or in, while the answer was on its way.
func (v *Vault) discard(now *record, response *oauth.TokenResponse) (*Held, error) {
	_ = v.revoke(response.RefreshToken)
	return v.held(now), loginRequired()
}

func orLoginRequired(err error) error {
	if err == nil {
		err = loginRequired()
	}
	return err
}

// Exchange implements Port.
func (v *Vault) Exchange(x *Exchange) (*Held, error) {
	before, err := v.records.load()
	if err != nil {
		return nil, err
	}
	m, err := v.Metadata()
	if err != nil {
		return nil, err
	}
	family, err := random()
	if err != nil {
		return nil, err
	}
	start := v.Now()
	response, err := v.post(m.TokenEndpoint, oauth.CodeRequest(v.ClientID, x.Code, x.RedirectURI, x.Verifier), v.Timeout,
		x.Code.Reveal(), x.Verifier.Reveal())
	if err != nil {
		return nil, err
	}
	rec, stored, err := v.records.update(func(now *record) bool {
		if now.epoch != before.epoch {
			return false
		}
		*now = record{family: family, gen: 1, epoch: now.epoch, refreshToken: response.RefreshToken,
			audience: x.Audience, scope: x.Scope, nonce: x.Nonce}
		return true
	})
	if err != nil || !stored {
		_ = v.revoke(response.RefreshToken)
		return v.held(rec), oauth.Fail(oauth.LoginRequired, "sign-in", "the user signed out before the sign-in was finished")
	}
	want := v.expect(rec, false)
	want.MaxAge = x.MaxAge
	return v.accept(rec, response, want, tokenFrom(response, x.Audience, x.Scope, start))
}

// expect says what an ID token of this family must hold.
func (v *Vault) expect(rec *record, refreshed bool) *oauth.Expected {
	want := &oauth.Expected{Issuer: v.Issuer, ClientID: v.ClientID, Nonce: rec.nonce, MaxAge: -1, Now: v.Now()}
	if refreshed {
		if previous, err := oauth.DecodeIDToken(rec.idToken); err == nil {
			want.Previous = previous
		}
	}
	return want
}

// accept checks the ID token and lets the tokens out. The new refresh token is stored already: losing it to a bad ID token would lose
// the family. A token that speaks of somebody else ends the session instead, and the server hears of it.
func (v *Vault) accept(rec *record, response *oauth.TokenResponse, want *oauth.Expected, token *Token) (*Held, error) {
	if !response.IDToken.Empty() || want.Previous == nil {
		id, err := oauth.DecodeIDToken(response.IDToken)
		if err == nil {
			err = id.Check(want)
		}
		if err != nil {
			now, _, _ := v.records.swap(rec, end)
			_ = v.revoke(rec.refreshToken)
			return v.held(now), err
		}
	}
	now, published, err := v.records.swap(rec, func(now *record) {
		if !response.IDToken.Empty() {
			now.idToken = response.IDToken
		}
		now.tokens = put(now.tokens, token)
	})
	if err != nil || !published {
		return v.held(now), orLoginRequired(err)
	}
	return v.held(now), nil
}

// post sends one token request and reads its answer. Some servers echo in their error what they were sent; nothing secret leaves here.
func (v *Vault) post(endpoint, form string, timeout time.Duration, secrets ...string) (*oauth.TokenResponse, error) {
	response, err := v.HTTP.Post(endpoint, form, timeout)
	if err != nil {
		return nil, err
	}
	tokens, err := oauth.ParseTokenResponse(response)
	if e := oauth.AsError(err); err != nil && e.Code != oauth.TokenResponseInvalid {
		said := response.Body + e.Description + e.ServerCode // the body too: a description may hold a secret cut short
		for _, secret := range secrets {
			if oauth.Contains(said, secret) {
				e.Description = "[redacted]"
				if e.ServerCode != invalidGrant {
					e.ServerCode = ""
				}
			}
		}
	}
	return tokens, err
}

func tokenFrom(response *oauth.TokenResponse, audience, scope string, start time.Duration) *Token {
	t := &Token{
		Audience: audience, Scope: scope, Granted: response.Scope, Type: response.TokenType, Value: response.AccessToken,
		Lifetime: time.Duration(response.ExpiresIn) * time.Second,
	}
	if t.Granted == "" {
		t.Granted = scope
	}
	// Counted from before the request: the server's clock started when it answered, and late is the safe side.
	t.Expires = start + t.Lifetime
	return t
}

func random() (string, error) {
	s, err := pkce.RandomString()
	if err != nil {
		return "", oauth.Fail(oauth.InsecureContext, "renewal", "the browser gives no random numbers here; serve the page over https")
	}
	return s, nil
}
