package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
)

// Exchange implements Port.
func (v *Vault) Exchange(x *Exchange) (*Held, error) {
	before, err := v.records.load()
	if err != nil {
		return nil, err
	}
	if x.Unasked {
		if before.epoch != x.Epoch || !before.of(x.Subject) {
			return v.held(before), tooLate()
		}
		// A session that is there isn't risked for an ID token that nobody can judge.
		if err := v.needKeys(); err != nil {
			return nil, err
		}
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
	v.prepareKeys()
	form := oauth.CodeRequest(v.ClientID, x.Code, x.RedirectURI, x.Verifier, x.Audience)
	response, k, err := v.redeem(m.TokenEndpoint, form, before.skew, x.Code.Reveal(), x.Verifier.Reveal())
	if err != nil {
		if response != nil {
			_ = v.revoke(response.RefreshToken) // there is no session that it could belong to, and it may live for months
		}
		return nil, err
	}
	rec, stored, err := v.records.update(func(now *record) bool {
		if now.epoch != before.epoch {
			return false
		}
		*now = record{family: family, gen: 1, epoch: now.epoch, refreshToken: response.RefreshToken, jkt: k.jkt,
			audience: x.Audience, scope: x.Scope, nonce: x.Nonce, signedInAt: start, renewedAt: start}
		return true
	})
	if err != nil || !stored {
		_ = v.revoke(response.RefreshToken)
		return v.held(rec), tooLate()
	}
	v.backoff = Backoff{}
	want := v.expect(rec, false)
	want.MaxAge, want.ACRValues, want.Organization, want.Subject = x.MaxAge, x.ACRValues, x.Organization, x.Subject
	held, settled, err := v.accept(rec, response, want, tokenFrom(response, x.Audience, x.Scope, x.Nonce, start))
	if !settled {
		err = loginRequired()
	}
	return held, err
}

// redeem sends a token request of which no family comes that is here already, and returns the key that its tokens are bound to.
func (v *Vault) redeem(endpoint, form string, skew time.Duration, secrets ...string) (*oauth.TokenResponse, proofKey, error) {
	k, err := v.key(true)
	if err != nil {
		return nil, k, err
	}
	k.skew = skew
	response, _, err := v.post(endpoint, form, v.Timeout, k, secrets...)
	if oauth.WantsNonce(err) { // nothing of it was looked at (RFC 9449 section 8)
		response, _, err = v.post(endpoint, form, v.Timeout, k, secrets...)
	}
	return response, k, err
}

func tooLate() error {
	return oauth.Fail(oauth.LoginRequired, "sign-in", "the user signed out before the sign-in was finished")
}

// Trade implements Port. A refresh token that comes along goes nowhere: there is no session that it could belong to, and to revoke it could end the
// grant of the one that there is (RFC 7009 section 2.1).
func (v *Vault) Trade(form, scope string, secrets []string) (*Token, error) {
	m, err := v.Metadata()
	if err != nil {
		return nil, err
	}
	rec, err := v.records.load()
	if err != nil {
		return nil, err
	}
	start := v.Now()
	response, _, err := v.redeem(m.TokenEndpoint, form, rec.skew, secrets...)
	if err != nil {
		return nil, err
	}
	return tokenFrom(response, "", scope, "", start), nil
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
// the family. A token that speaks of somebody else, or isn't the provider's, ends the session instead, and the server hears of it. settled is
// false where the world moved meanwhile.
//
// A refreshed ID token that nobody can judge, because the keys can't be had just now, is left aside: the server need not have sent one (Core
// section 12.2), the user is the one whose token was verified at sign-in, and a session isn't worth less than an outage of jwks_uri.
func (v *Vault) accept(rec *record, response *oauth.TokenResponse, want *oauth.Expected, token *Token) (held *Held, settled bool, err error) {
	skew, idToken := rec.skew, response.IDToken
	if !idToken.Empty() || want.Previous == nil {
		id, err := oauth.DecodeIDToken(idToken)
		if err == nil {
			err = id.Check(want)
		}
		if err == nil {
			err = v.verify(id, response.AccessToken)
		}
		switch {
		case err == nil:
			// Date can't be read across origins. iat can, and it was written between the request and its answer.
			skew = id.IssuedAt() - rec.renewedAt
		case want.Previous != nil && oauth.AsError(err).Retryable:
			idToken = oauth.Secret{}
		default:
			oauth.AsError(err).Retryable = false // what was sent is used up
			now := v.finish(rec.family)
			_ = v.revoke(rec.refreshToken)
			return v.held(now), true, err
		}
	}
	now, published, err := v.records.swap(rec, func(now *record) {
		if !idToken.Empty() {
			now.idToken = idToken
		}
		now.tokens = put(now.tokens, token)
		now.skew = skew
	})
	if err != nil || !published {
		return v.held(now), err != nil, err
	}
	held, err = v.settle(now)
	return held, true, err
}

// settle tells the other pages of the generation that rec brought, and notes it; unless the user signed out between our last look and our
// write, which undid the wipe where a store shows what others wrote only later. Telling comes first, and a generation that may not have been
// heard of isn't noted: a page that dies leaves its copies the token, or word that theirs may be sent once more. That there is a newer one, which
// nobody has, would leave them nothing.
func (v *Vault) settle(rec *record) (*Held, error) {
	if v.tell(rec) {
		return v.held(rec), nil
	}
	if v.raise(rec.family, mark{gen: rec.gen}) {
		now := v.finish(rec.family)
		_ = v.revoke(rec.refreshToken)
		return v.held(now), loginRequired()
	}
	return v.held(rec), nil
}

// post sends one token request and reads its answer, and how many seconds the provider wants to be left alone. Some servers echo in their
// error what they were sent; nothing secret leaves here.
func (v *Vault) post(endpoint, form string, timeout time.Duration, k proofKey, secrets ...string) (*oauth.TokenResponse, int64, error) {
	proof, err := v.prove(k, "POST", endpoint, v.Nonce("", ""), oauth.Secret{})
	if err != nil {
		return nil, 0, err
	}
	response, err := v.HTTP.Send(endpoint, form, "", proof, timeout)
	if err != nil {
		return nil, 0, err
	}
	v.Nonce("", response.DPoPNonce)
	tokens, err := oauth.ParseTokenResponse(response)
	err = oauth.CheckBinding(k.jwk != "", tokens, response, err)
	if e := oauth.AsError(err); err != nil && e.Code != oauth.TokenResponseInvalid {
		said := response.Body + e.Description + e.ServerCode // the body too: a description may hold a secret cut short
		for _, secret := range secrets {
			if oauth.Contains(said, secret) {
				e.Description = "[redacted]"
				if e.ServerCode != invalidGrant && !oauth.WantsNonce(e) {
					e.ServerCode = ""
				}
			}
		}
	}
	return tokens, retryAfter(response), err
}

func tokenFrom(response *oauth.TokenResponse, audience, scope, name string, start time.Duration) *Token {
	t := &Token{
		Audience: audience, Scope: scope, Granted: response.Scope, Details: response.Details, Type: response.TokenType, Value: response.AccessToken, Name: name,
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
