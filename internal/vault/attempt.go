package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// send marks the attempt and sends the refresh token, once. It doesn't retry: the token works once, and only decide, under the lock, may
// say that it is sent again. The mark is durable before the request leaves, so that a page which dies in between leaves word of it.
func (x *renewal) send() error {
	m, err := x.Metadata()
	if err != nil {
		x.failure = err
		return x.failed()
	}
	if !x.HTTP.Online() {
		return offline("the browser is offline; the session is kept") // known not to be sent, so it isn't an attempt
	}
	id, err := random()
	if err != nil {
		return err
	}
	x.before, x.start = x.rec.attempt, x.Now()
	x.before.sends = x.sends()
	mine := attempt{id, x.start, x.before.sends + 1}
	if !x.note(x.family, x.mark, mark{gen: x.rec.gen, sends: mine.sends}) || x.expired() {
		return nil // and look again, since somebody was faster, or this page slept on the way
	}
	sent, marked, err := x.records.swap(x.rec, func(now *record) { now.attempt = mine })
	if err != nil || !marked {
		return err
	}
	x.attempt, x.sent = id, sent
	if x.expired() {
		return nil // a store may have to be waited for, too
	}
	scope, target := x.Scope, x.Audience
	if scope == sent.scope {
		scope = ""
	}
	if target == sent.audience {
		target = oauth.OwnTarget(target)
	}
	x.prepareKeys()
	timeout := x.Timeout
	if half := x.Overlap / 2; half > 0 && mine.sends == 1 {
		timeout = min(timeout, half) // so that the replay, should it come to that, finds the token still good
	}
	x.response, x.wait, x.failure = x.post(m.TokenEndpoint, oauth.RefreshRequest(x.ClientID, sent.refreshToken, scope, target), timeout, x.key, sent.refreshToken.Reveal())
	x.answer = judge(x.response, x.failure)
	x.asked = x.asked && x.answer != refused
	return nil
}

// forget takes back the mark of an attempt, unless somebody else has noted something since.
func (x *renewal) forget() (err error) {
	mine := x.mark.text == "" || x.mark.gen == x.sent.gen && x.mark.sends == x.sent.attempt.sends
	if !mine || !x.note(x.family, x.mark, mark{gen: x.sent.gen, sends: x.before.sends}) {
		return nil
	}
	x.rec, _, err = x.records.swap(x.sent, func(now *record) { now.attempt = x.before })
	return err
}

// patience is longer than the longest exchange that a holder of the lock may be in, so that nobody takes it from a holder that is alive.
func (v *Vault) patience() time.Duration { return 5*v.Timeout + 5*time.Second }

// expired says that a page which waits for the lock may take it before one more request has ended.
func (x *renewal) expired() bool { return x.Now()-x.locked > 4*x.Timeout }

// reach asks for something harmless. Two answers lost in a row end a session, so the one replay isn't spent on a network that is down.
func (x *renewal) reach() {
	m, err := x.Metadata()
	if err == nil && x.HTTP.Online() && x.HTTP.Probe(m.ProbeURL(), x.Timeout) {
		x.probe = reached
		return
	}
	x.probe = unreachable
	if x.failure == nil {
		x.failure = offline("the provider can't be reached; the session is kept")
	}
}

func offline(what string) error {
	return &oauth.Error{Code: oauth.Network, Op: "renewal", Description: what, Retryable: true}
}
