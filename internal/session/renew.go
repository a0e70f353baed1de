package session

import (
	"time"

	"github.com/postern-auth/postern/internal/vault"
)

const (
	// soonest bounds the rate of background renewals whatever the clock and the server say.
	soonest = time.Second
	// firstRetry follows a renewal that failed; each further failure doubles it.
	firstRetry = time.Minute
	// mostWait is below the 24.8 days at which a browser's timers overflow and fire at once.
	mostWait = 24 * time.Hour
	// comeback is how long a page that has slept, or was offline, waits at most before it asks the provider: what ends an outage ends it
	// for everybody in the same second.
	comeback = time.Second
)

// schedule asks to be woken when something is due: a renewal, or a deadline of the session. The caller holds mu.
func (c *Client) schedule() {
	if c.closed {
		return
	}
	wait := time.Duration(-1)
	t := c.held.Find(c.Audience, c.Scope)
	if c.renewing(t) {
		now := c.Elapsed()
		wait = c.left(t, c.Now(), now) - c.age(t).early
		wait = max(wait, c.due-now, soonest)
	}
	if next := c.warnOfDeadlines(); next > 0 && (wait < 0 || next < wait) {
		wait = max(next, soonest)
	}
	c.Listener.WakeAfter(min(wait, mostWait))
}

// Wake hears that the timer has run out, or, with the name of the event, that the page is back: it is seen, or online, again. A page that
// nobody sees renews when it is looked at.
func (c *Client) Wake(event string) {
	if event == "online" {
		c.Vault.Retry()
		c.mu.Lock()
		c.due = 0
		c.mu.Unlock()
	}
	if c.again() != nil || c.expire() != nil || !c.attend(event) {
		return
	}
	c.mu.Lock()
	who := c.subject()
	c.mu.Unlock()
	r, _ := c.request(noOptions)
	_, err := c.fresh(r, true)
	c.mu.Lock()
	over := !c.signedIn()
	c.mu.Unlock()
	if err != nil && over { // later nobody is signed in, and for nobody no call asks the provider
		_, err = c.fallBack(r, who, err)
	}
	c.mu.Lock()
	if err != nil && !c.closed {
		c.warnFailed(err)
	}
	if c.renewalDue() { // after a success too: a provider may give the token that is about to end, over and over
		c.due = c.Elapsed() + Retry(c.failures, c.left(c.held.Find(c.Audience, c.Scope), c.Now(), c.Elapsed()))
	}
	c.schedule() // also where the token was still good: the timer is spent
	c.mu.Unlock()
}

// Retry says how long a page waits for its next renewal after so many that failed in a row, with a token that lives for left: while it does, there is no
// hurry, and a provider in trouble has all of its clients to answer.
func Retry(failures int, left time.Duration) time.Duration {
	wait := max(firstRetry<<min(max(failures-1, 0), 3), left)
	return wait/2 + vault.Part(wait/2)
}

// attend says when to wake for a renewal that is due, and reports whether it is to be done now.
func (c *Client) attend(event string) bool {
	c.mu.Lock()
	due := c.renewalDue()
	if due && event != "" {
		c.Listener.WakeAfter(vault.Part(comeback))
	}
	c.mu.Unlock()
	return due && event == ""
}

// renewalDue reports whether it is time. The caller holds mu.
func (c *Client) renewalDue() bool {
	t := c.held.Find(c.Audience, c.Scope)
	now := c.Elapsed()
	return c.renewing(t) && c.due <= now && c.left(t, c.Now(), now) <= c.age(t).early
}

// renewing reports whether t is renewed in the background: not for a page that nobody sees, nor where there is no network. Both come back
// with an event.
func (c *Client) renewing(t *vault.Token) bool {
	return t != nil && c.BackgroundRenewal && !c.closed && c.held.Generation > 0 && c.Page.Visible() && c.Page.Online()
}

// Heard takes what another page of the origin told.
func (c *Client) Heard(text string) error {
	if err := c.begin(); err != nil {
		return err
	}
	held, err := c.Vault.Heard(text)
	c.take(held)
	return err
}
