package session

import "time"

// The deadlines of a session, under their names in SessionSnapshot and in the deadline event of index.d.ts.
var (
	deadlineNames = [3]string{"idle", "absolute", "sessionExpiry"}
	deadlineKinds = [3]string{"idle", "absolute", "session_expiry"}
)

// warnAhead is how long before a deadline the user should hear of it.
const warnAhead = 5 * time.Minute

// setDeadlines says when the session ends unless it is used, at the latest, and by the provider's session_expiry claim; 0 where nobody knows.
// Refresh tokens don't say how long they live, so the first two stand on what the application knows of its tenant. The
// caller holds mu.
func (c *Client) setDeadlines() {
	at := &c.deadlines
	*at = [3]time.Duration{}
	if !c.signedIn() {
		return
	}
	if c.held.Generation > 0 && c.Idle > 0 {
		at[0] = c.held.RenewedAt + c.Idle
	}
	if c.held.Generation > 0 && c.Absolute > 0 {
		at[1] = c.held.SignedInAt + c.Absolute
	}
	const farthest = 1 << 33 // a Duration runs over soon after, in 2262: what is later ends no session, and what was written in milliseconds neither
	if expiry, ok := c.idToken.Claims.Get("session_expiry").Whole(); ok && expiry > 0 && expiry < farthest {
		at[2] = time.Duration(expiry)*time.Second - c.held.Skew
	}
}

// warnOfDeadlines tells of each deadline once. It returns how long it is until the next one wants attention, and 0 where none does. The
// caller holds mu.
func (c *Client) warnOfDeadlines() (next time.Duration) {
	now := c.Now()
	for i, at := range &c.deadlines {
		left := at - now
		if at == 0 || left <= 0 {
			continue
		}
		if left <= warnAhead && c.warned[i] != at {
			c.warned[i] = at
			c.tellDeadline(deadlineKinds[i], left)
		}
		if c.warned[i] != at {
			left -= warnAhead
		}
		if next == 0 || left < next {
			next = left
		}
	}
	return next
}

// passed reports whether the session is over by a deadline of its own.
func (c *Client) passed(now time.Duration) (expiry, any bool) {
	for i, at := range &c.deadlines {
		if at > 0 && at <= now {
			any = true
			expiry = expiry || i == 2
		}
	}
	return expiry, any
}
