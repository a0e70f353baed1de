package session

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

const (
	// soonest bounds the rate of background renewals whatever the clock and the server say.
	soonest = time.Second
	// firstRetry follows a renewal that failed; each further failure doubles it.
	firstRetry = 10 * time.Second
	// mostWait is below the 24.8 days at which a browser's timers overflow and fire at once.
	mostWait = 24 * time.Hour
)

// schedule asks to be woken when the token needs renewal. The caller holds mu.
func (c *Client) schedule() {
	if !c.BackgroundRenewal || c.closed {
		return
	}
	t := c.held.Find(c.Audience, c.Scope)
	if t == nil || c.held.Generation == 0 {
		c.Listener.WakeAfter(-1)
		return
	}
	wait := t.Expires - c.Now() - min(c.Leeway, t.Lifetime/2)
	if c.failures > 0 {
		wait = firstRetry << min(c.failures-1, 6)
	}
	c.Listener.WakeAfter(min(max(wait, soonest), mostWait))
}

// Wake is background renewal: it calls the token verb, like anybody else. A page that nobody sees renews when it is looked at again.
func (c *Client) Wake() {
	if c.begin() != nil || !c.Page.Active() {
		return
	}
	c.mu.Lock()
	idle := c.held.Generation == 0
	c.mu.Unlock()
	if idle {
		return
	}
	r, err := c.request(noOptions)
	if err == nil {
		_, err = c.fresh(r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failures++
	if err == nil {
		c.failures = 0
	} else {
		c.warn("renewal_failed", oauth.AsError(err).Error())
	}
	c.schedule() // also where the token was still good: the timer is spent
}
