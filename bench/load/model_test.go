package load

import (
	"time"

	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
)

const leeway = time.Minute

// model is when postern asks, without what it says, and a thousand times as fast. How long it waits comes of the product's own functions; the order
// in which they are asked is repeated here, and TestModel holds it to the product's.
type model struct {
	*provider
	expires  time.Duration
	early    time.Duration // how long before that it is renewed
	due      time.Duration // when the background may try again
	woken    time.Duration
	backoff  vault.Backoff
	failures int
	lost     bool // the answer to the refresh token that is held
}

func (m *model) begin(now time.Duration) {
	*m = model{provider: m.provider, expires: now + life, early: session.Early(leeway, life)}
	m.schedule(now)
}

func (m *model) schedule(now time.Duration) {
	m.woken = now + max(m.expires-m.early-now, m.due-now, time.Second)
}

func (m *model) renew(now time.Duration) bool {
	if !m.backoff.Holds(now) {
		if m.send(now) {
			m.begin(now)
			return true
		}
		m.backoff.Failed(now, nil, 0)
	}
	m.failures++
	m.schedule(now)
	return false
}

// send reports whether there are tokens. A refresh token whose answer was lost isn't sent again before a probe comes through.
func (m *model) send(now time.Duration) bool {
	if m.lost && !m.probe(now) {
		return false
	}
	a := m.answer(now)
	if a == unreachable {
		m.lost = true
		m.probe(now)
	}
	return a == tokens
}

func (m *model) timer() time.Duration { return m.woken }

func (m *model) wake(now time.Duration) {
	if m.due <= now && m.expires-now <= m.early && !m.renew(now) {
		m.due = now + session.Retry(m.failures, m.expires-now)
	}
	m.schedule(now)
}

func (m *model) asks() time.Duration { return m.expires - leeway }

func (m *model) call(now time.Duration) bool {
	return m.expires-now > leeway || m.due > now && m.expires > now || m.renew(now) || m.expires > now
}
