package session

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// openID are scopes that say nothing about an API. Some providers leave them out of the answer, and some put them in unasked.
const openID = " openid profile email offline_access"

// warnOfScope tells of a grant that is less than what was asked, or more: a token that can do more than the application knows of is worth more to
// a thief.
func (c *Client) warnOfScope(t *vault.Token) {
	if t.Audience != c.held.Audience {
		return // what the login asked for says nothing about another API
	}
	if !oauth.HasScopes(t.Granted+openID, t.Scope) {
		c.warn("scope_narrowed", "the provider granted less than was asked: "+oauth.Inert(t.Granted))
	}
	if !oauth.HasScopes(t.Scope+openID, t.Granted) {
		c.warn("scope_widened", "the provider granted more than was asked: "+oauth.Inert(t.Granted))
	}
}

// skewed reports whether the two clocks differ by more than an answer's way takes.
func skewed(skew time.Duration) bool { return skew.Abs() > 10*time.Second }

func (c *Client) warnClock(skew time.Duration) {
	which := " seconds behind the provider's"
	if skew < 0 {
		which = " seconds ahead of the provider's"
	}
	c.warn("clock_skew", "this device's clock is about "+oauth.Decimal(int64(skew.Abs()/time.Second))+which+"; the session works all the same")
}

func (c *Client) warnFailed(err error) { c.warn("renewal_failed", oauth.AsError(err).Error()) }

func (c *Client) warn(code, message string) {
	var w oauth.Writer
	c.Listener.Event("warning", w.Str("code", code).Str("message", message).String())
}

func (c *Client) tellDeadline(kind string, left time.Duration) {
	var w oauth.Writer
	c.Listener.Event("deadline", w.Str("kind", kind).Num("inSeconds", int64(left/time.Second)).String())
}

func describeToken(t *vault.Token, generation int) string {
	var w oauth.Writer
	return w.Raw("audience", oauth.Quote(oauth.Named(t.Audience))).Raw("scope", oauth.Quote(t.Granted)).
		Num("expiresAt", int64(t.Expires/time.Millisecond)).Num("generation", int64(generation)).String()
}
