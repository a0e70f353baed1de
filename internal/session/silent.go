package session

import (
	"strings"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// silent signs in without the user: the provider is asked with prompt=none in a hidden frame, and answers from a session of its own (OpenID
// Connect Core section 3.1.2.1).
func (c *Client) silent(r *request, before *unasked) error {
	params := (&oauth.Writer{}).Str("prompt", "none").Str("scope", r.scope)
	if r.params.Kind() != oauth.Missing {
		params.Raw("audience", orNull(r.params.Get("audience"))).Raw("resource", orNull(r.params.Get("resource")))
	}
	c.mu.Lock()
	params.Str("id_token_hint", c.held.IDToken.Reveal())
	if c.signedIn() && c.Params.Get("organization").Kind() == oauth.Missing {
		// The user's organization at Auth0, in which they stay; what others call org_id isn't ours to send.
		if org := c.idToken.Claims.Get("org_id").Str(); strings.HasPrefix(org, "org_") {
			params.Str("organization", org)
		}
	}
	c.mu.Unlock()
	options, _ := oauth.ParseJSON((&oauth.Writer{}).Raw("authorizationParams", params.String()).String())
	url, state, err := c.prepare(options, elsewhere, c.SilentRedirectURI)
	if err != nil {
		return err
	}
	answer, err := c.Windows.Frame(url, state, c.AuthorizeTimeout)
	return c.answered(answer, err, state, before)
}

// orNull is a parameter that doesn't fall back to the client's.
func orNull(v oauth.Value) string {
	if v.Kind() == oauth.Missing {
		return "null"
	}
	return v.Raw()
}

// fallBack asks the provider where there is no refresh token that could be used, and returns the token that came of it; failure is why there is
// none. who is the user who was signed in when the call began: where it isn't the same one any more, somebody signed out or in meanwhile, and the
// provider, which may know of no sign-out, must not undo that.
func (c *Client) fallBack(r *request, who string, failure error) (*vault.Token, error) {
	c.mu.Lock()
	now, before := c.subject(), &unasked{who, c.held.Epoch}
	c.mu.Unlock()
	serves := c.UseFallback && now == who
	cause := oauth.AsError(failure)
	if cause.Code == oauth.SessionExpired {
		cause = oauth.AsError(cause.Err) // a refusal past a lifetime; the provider's session_expiry has no cause, and no frame undoes it
	}
	switch cause.Code {
	case oauth.MissingRefreshToken, oauth.LoginRequired:
	case oauth.SessionRevoked:
		serves = c.UseFallback && (now == who || now == "") // its end is what failed
	default:
		serves = false
	}
	if !serves || who == "" && !r.begin {
		return nil, failure
	}
	c.asking.Lock()
	t, err := c.askSilently(r, before, failure)
	c.asking.Unlock()
	return t, err
}

func (c *Client) askSilently(r *request, before *unasked, failure error) (*vault.Token, error) {
	if t := c.goodToken(r); t != nil && r.cacheMode != "off" {
		return t, nil // somebody else's answer came while this call waited
	}
	if err := c.silent(r, before); err != nil {
		if before.subject != "" && oauth.AsError(err).Code == oauth.LoginRequired {
			c.warn("third_party_cookies_blocked", "the provider knows of no session; if there is one, the browser hides its cookies from frames: "+
				"use refresh tokens, or a provider on this page's own domain")
		}
		if e := oauth.AsError(err); e.Code == oauth.LoginRequired || e.Code == oauth.Timeout || e.Retryable {
			return nil, failure // which says more
		}
		return nil, err
	}
	return c.goodToken(r), nil
}

func (c *Client) goodToken(r *request) *vault.Token {
	c.mu.Lock()
	t := c.held.Find(r.audience, r.scope)
	serves := c.good(t, c.Now(), c.Elapsed(), c.Leeway)
	c.mu.Unlock()
	if !serves {
		return nil
	}
	return t
}

// subject is the user who is signed in, or "". The caller holds mu.
func (c *Client) subject() string {
	if c.idToken == nil {
		return ""
	}
	return c.idToken.Claims.Get("sub").Str()
}
