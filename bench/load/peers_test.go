package load

import "time"

// peer is what the peers' policies have in common: a token, and a request for the next one. Each policy is read from the package that npm has, or from
// its source; load.md names the lines.
type peer struct {
	*provider
	expires time.Duration
}

func (p *peer) begin(now time.Duration) { p.expires = now + life }

func (p *peer) timer() time.Duration { return never }
func (p *peer) wake(time.Duration)   {}

// ask reports whether there are new tokens.
func (p *peer) ask(now time.Duration) (answer, bool) {
	a := p.answer(now)
	if a == tokens {
		p.begin(now)
	}
	return a, a == tokens
}

// auth0 renews when a call finds less than a minute left, tries a request that got no answer three times at once, and throws what went wrong also while
// the old token lives.
type auth0 struct{ peer }

func (p *auth0) asks() time.Duration { return p.expires - time.Minute }

func (p *auth0) call(now time.Duration) bool {
	for range 3 {
		if a, ok := p.ask(now); a != unreachable {
			return ok
		}
	}
	return false
}

// oidcClient renews by a timer, a minute before the end, and once. What fails then, other than by a timeout, is told to the application, and no timer is
// set any more.
type oidcClient struct {
	peer
	renews time.Duration
	// insists is an application that calls signinSilent() where the token has ended.
	insists bool
}

func (p *oidcClient) begin(now time.Duration) {
	p.peer.begin(now)
	p.renews = p.expires - time.Minute
}

func (p *oidcClient) timer() time.Duration { return p.renews }

func (p *oidcClient) wake(now time.Duration) {
	p.renews = never
	p.try(now)
}

func (p *oidcClient) try(now time.Duration) bool {
	_, ok := p.ask(now)
	if ok {
		p.begin(now)
	}
	return ok
}

func (p *oidcClient) asks() time.Duration { return p.expires }

func (p *oidcClient) call(now time.Duration) bool { return p.insists && p.try(now) }

// msal renews when a call finds less than five minutes left, and repeats a request that got no answer once. After a 429 or 5xx it leaves the provider
// alone for a minute.
type msal struct {
	peer
	throttled time.Duration
}

func (p *msal) asks() time.Duration { return p.expires - 5*time.Minute }

func (p *msal) call(now time.Duration) bool {
	if now < p.throttled {
		return false
	}
	a, ok := p.ask(now)
	switch a {
	case unreachable:
		_, ok = p.ask(now)
	case unavailable:
		p.throttled = now + time.Minute
	}
	return ok
}

// okta renews by a timer, half a minute before the end. When that fails it removes the token, and with it the timer; from then on every call asks.
type okta struct {
	peer
	renews time.Duration
}

func (p *okta) begin(now time.Duration) {
	p.peer.begin(now)
	p.renews = p.expires - 30*time.Second
}

func (p *okta) timer() time.Duration { return p.renews }

func (p *okta) wake(now time.Duration) { p.call(now) }

func (p *okta) asks() time.Duration { return p.expires - 30*time.Second }

func (p *okta) call(now time.Duration) bool {
	p.renews = never
	_, ok := p.ask(now)
	if ok {
		p.begin(now)
	}
	return ok
}

// keycloak is updateToken(30) before each call, as its documentation has it, which goes on with the old token where that fails.
type keycloak struct{ peer }

func (p *keycloak) asks() time.Duration { return p.expires - 30*time.Second }

func (p *keycloak) call(now time.Duration) bool {
	_, ok := p.ask(now)
	return ok || now < p.expires
}
