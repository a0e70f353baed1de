package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/lock"
	"github.com/postern-auth/postern/internal/oauth"
)

// flight is an exchange under way in this page; later calls for the same token wait for it.
type flight struct {
	audience, scope string
	done            lock.Gate
	held            *Held
	err             error
}

// Renew implements Port.
func (v *Vault) Renew(r *Renew) (*Held, error) {
	v.mu.Lock()
	for _, f := range v.flights {
		if f.audience == r.Audience && f.scope == r.Scope {
			v.mu.Unlock()
			f.done.Wait()
			return f.held, f.err
		}
	}
	f := &flight{audience: r.Audience, scope: r.Scope}
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
	f.done.Open()
	return f.held, f.err
}

// renewal is one run of the protocol, under the family's lock.
type renewal struct {
	*Vault
	*Renew
	situation
	key      proofKey
	before   attempt // in the record, before this run marked its own
	locked   time.Duration
	start    time.Duration
	response *oauth.TokenResponse
	failure  error
	wait     int64 // seconds, as the provider wants
}

// renew takes the family's lock and goes on as decide says. The lock is the family's and never an audience's: one refresh token serves
// them all.
func (v *Vault) renew(r *Renew) (*Held, error) {
	for {
		seen, err := v.records.load()
		if err != nil {
			return nil, err
		}
		if !seen.signedIn() {
			return v.held(seen), loginRequired()
		}
		k, err := v.bound(seen)
		if err != nil {
			held, _ := v.Restore()
			return held, err
		}
		release, err := v.Locks.Lock(v.lockName(seen.family), v.patience())
		if err != nil {
			return nil, err
		}
		x := &renewal{Vault: v, Renew: r, key: k, locked: v.Now(), situation: situation{family: seen.family, leeway: r.Leeway}}
		held, anew, err := x.run()
		release()
		if !anew {
			return held, err
		}
	}
}

// run carries out what decide says until there is an end to it. anew says that this page doesn't hold the lock of what stands in the
// record: another login is there, or a sibling that took the lock from this page.
func (x *renewal) run() (held *Held, anew bool, err error) {
	for {
		if err := x.look(); err != nil {
			return nil, false, err
		}
		switch decide(&x.situation) {
		case adopt:
			if x.answer == none {
				return x.held(x.rec), false, nil
			}
			return nil, true, nil
		case again:
			return nil, true, nil
		case ask:
			x.asked = true
			err = x.ask(x.rec, func(now *record) bool {
				return now.moved(x.rec) && (now.gen >= x.mark.gen || now.family != x.family) // whoever answers first may know less than another
			})
		case probe:
			x.reach()
		case send:
			err = x.send()
		case commit:
			held, done, err := x.commit()
			if done {
				return held, false, err
			}
		case discard:
			_ = x.revoke(x.response.RefreshToken)
			x.answer = none
			x.rec = x.finish(x.family)
		case ended:
			x.rec = x.finish(x.family)
			return x.held(x.rec), false, loginRequired()
		case over:
			x.rec = x.finish(x.family)
			return x.held(x.rec), false, &oauth.Error{
				Code: oauth.SessionRevoked, Op: "renewal", ServerCode: invalidGrant, Description: "the provider ended the session; sign in again",
			}
		case forget:
			err = x.forget()
			if err == nil && oauth.WantsNonce(x.failure) && !x.challenged {
				x.challenged, x.answer = true, none // the token wasn't looked at (RFC 9449 section 8), so this is no replay
			} else if err == nil {
				return x.held(x.rec), false, x.failed()
			}
		case keep:
			return x.held(x.rec), false, x.failed()
		case later:
			return x.held(x.rec), false, x.backoff.err
		case uncertain:
			return x.held(x.rec), false, oauth.Fail(oauth.LoginRequired, "renewal",
				"answers of the provider were lost, and another try could look like theft; sign in again")
		case login:
			return x.held(x.rec), false, x.noToken()
		}
		if err != nil {
			return nil, false, err
		}
	}
}

// look reads everything again: whatever waits gives others time.
func (x *renewal) look() (err error) {
	if x.rec, err = x.records.load(); err != nil {
		return err
	}
	seen := x.mark.text
	x.mark = x.noted(x.family)
	x.asked = x.asked && x.mark.text == seen // somebody who has done something since then may know more
	x.mine = x.rec.attempt.id == x.attempt && x.mark.sends <= x.rec.attempt.sends
	x.want = x.held(x.rec).Find(x.Audience, x.Scope)
	x.unwanted = x.want != nil && !x.Unwanted.Empty() && x.want.Value.Equal(x.Unwanted)
	x.now = x.Now()
	x.overdue = x.expired()
	x.waiting = x.backoff.Holds(x.now)
	return nil
}

func (x *renewal) noToken() error {
	if x.rec.signedIn() {
		return oauth.Fail(oauth.MissingRefreshToken, "renewal",
			"the provider gave no refresh token; ask for the scope offline_access and allow the grant for this client")
	}
	return loginRequired()
}

func loginRequired() error {
	return oauth.Fail(oauth.LoginRequired, "session", "nobody is signed in; call loginWithRedirect")
}

// commit stores the new refresh token before anything else is done with the answer: losing it to a bad ID token, or to a page that closes,
// would lose the family. done is false where the world moved meanwhile, so that decide has to look again.
func (x *renewal) commit() (held *Held, done bool, err error) {
	now, committed, err := x.records.swap(x.sent, func(now *record) {
		now.gen++
		now.attempt = attempt{}
		now.renewedAt = x.start
		if !x.response.RefreshToken.Empty() {
			now.refreshToken = x.response.RefreshToken
		}
	})
	if err != nil || !committed {
		return nil, err != nil, err
	}
	x.backoff = Backoff{}
	if x.failure != nil {
		held, err = x.settle(now)
		if err == nil {
			err = x.failure
		}
		return held, true, err
	}
	return x.accept(now, x.response, x.expect(now, true), tokenFrom(x.response, x.Audience, x.Scope, x.sent.attempt.id, x.start))
}

// failed notes the provider's trouble, or the network's, and returns it.
func (x *renewal) failed() error {
	if oauth.AsError(x.failure).Retryable {
		x.backoff.Failed(x.Now(), x.failure, x.wait)
	}
	return x.failure
}
