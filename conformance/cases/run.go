package cases

import (
	"fmt"

	"github.com/postern-auth/postern/conformance/hostile"
)

// Party is a relying party: an application with an SDK, and whatever it runs in.
type Party interface {
	// SignIn sends the user to the provider and takes what they come back with.
	SignIn() Outcome
	// Replay opens the address once more that they came back to.
	Replay() Outcome
	// Renew gets a new access token, however good the old one is.
	Renew() Outcome
	// Trade exchanges SubjectToken for an access token (RFC 8693).
	Trade() Outcome
	// UserInfo asks the provider about the user, where the SDK has that.
	UserInfo() Outcome
	// Fetch calls the API, where the SDK has that. An answer that isn't 2xx is an error whose code is status_ and its number.
	Fetch() Outcome
	// SignOut signs out here and at the provider.
	SignOut() Outcome
	// Return does the same with a state, and takes what the user comes back with.
	Return() Outcome
}

// Outcome is what an application saw of a step.
type Outcome struct {
	// Code is "" where the step succeeded. Another SDK's error has its name, or its own code, here.
	Code string
	// Server is the provider's error code, and Message everything that the error says.
	Server, Message string
	// User is who is signed in afterwards, "" for nobody.
	User string
	// Warnings are the codes of what the SDK has warned of.
	Warnings []string
	// Lifetime is how long the access token may still be used, in seconds.
	Lifetime int
	// Frames counts the frames that were left behind.
	Frames int
}

// Failed says that there was an error.
func (o Outcome) Failed() bool { return o.Code != "" }

// Report is all that a run of a case has to show.
type Report struct {
	Outcome
	// Next is what came of one more renewal, at an honest provider; nil where there was none.
	Next *Outcome
	// Requests are those since the provider began to misbehave.
	Requests []hostile.Request
	// Nonce says that the client has sent a nonce, which is optional for a code.
	Nonce bool
	// Live counts the refresh tokens that still work.
	Live int
}

// Run lets a client meet the case. An error says that it didn't come to that.
func (c *Case) Run(p *hostile.Provider, party Party) (r Report, err error) {
	p.Misbehave(hostile.Fault{Keys: c.Fault.Keys})
	if c.When != AtSignIn {
		if o := party.SignIn(); o.Failed() || o.User != hostile.Subject {
			return r, fmt.Errorf("the sign-in at the honest provider failed: %+v", o)
		}
	}
	before := len(p.Requests())
	p.Misbehave(c.Fault)
	step := map[Moment]func() Outcome{AtSignIn: party.SignIn, AtReplay: party.Replay, AtRenewal: party.Renew, AtTrade: party.Trade, AtUserInfo: party.UserInfo, AtFetch: party.Fetch, AtSignOut: party.SignOut, AtReturn: party.Return}[c.When]
	for range max(1, c.Times) {
		r.Outcome = step()
	}
	all := p.Requests()
	r.Requests, r.Live = all[before:], p.Live()
	for _, request := range all {
		r.Nonce = r.Nonce || request.URL.Query().Get("nonce") != ""
	}
	if c.Want.Recovers {
		p.Misbehave(hostile.Fault{Keys: c.Fault.Keys})
		next := party.Renew()
		r.Next = &next
	}
	return r, nil
}
