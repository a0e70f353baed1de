// Package fault breaks the token endpoint on request: it answers in its place, holds a request at a known point, cuts the connection
// there, ends sessions and ages tokens.
package fault

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/postern-auth/postern/tools/serve/ledger"
)

// Point is a moment in the life of a token request.
type Point string

const (
	// BeforeCommit: the request has arrived and the provider knows nothing of it.
	BeforeCommit Point = "before_commit"
	// AfterCommit: the provider has rotated the token and the client has received nothing, not even headers. A connection cut here,
	// or before, may make the browser send the POST again by itself.
	AfterCommit Point = "after_commit"
	// AfterHeaders: status and headers have been sent.
	AfterHeaders Point = "after_headers"
	// MidBody: half of the body has been sent.
	MidBody Point = "mid_body"
)

// Reply is an answer given in the provider's place.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Unavailable is the 503 that a token endpoint gives while it is being deployed.
var Unavailable = Reply{
	Status: http.StatusServiceUnavailable,
	Header: http.Header{"Retry-After": {"1"}, "Content-Type": {"application/json"}},
	Body:   `{"error":"temporarily_unavailable","error_description":"The server is busy. Try again in a second."}`,
}

// Control arms the faults. It is safe for concurrent use.
type Control struct {
	ledger        *ledger.Ledger
	revokeAll     func()
	forgetSignIns func()

	mu    sync.Mutex
	armed []*rule
	epoch int
}

// rule waits for the next `left` token requests. Exactly one of barrier and reply is set; neither means cut.
type rule struct {
	point   Point
	left    int
	barrier *Barrier
	reply   *Reply
}

// New returns a Control with nothing armed. revokeAll ends every grant of the provider, forgetSignIns its own sessions.
func New(l *ledger.Ledger, revokeAll, forgetSignIns func()) *Control {
	return &Control{ledger: l, revokeAll: revokeAll, forgetSignIns: forgetSignIns}
}

// Hold keeps the next n token requests waiting at p, until the barrier lets them go.
func (c *Control) Hold(p Point, n int) *Barrier {
	b := newBarrier()
	c.arm(&rule{point: p, left: n, barrier: b})
	return b
}

// Cut drops the connection of the next n token requests at p.
func (c *Control) Cut(p Point, n int) {
	c.arm(&rule{point: p, left: n})
}

// Answer gives r to the next n token requests. The provider never sees them.
func (c *Control) Answer(n int, r Reply) {
	c.arm(&rule{point: BeforeCommit, left: n, reply: &r})
}

// RevokeSessions ends every grant: the next refresh gets invalid_grant. The provider's own sign-in, its cookie, stays.
func (c *Control) RevokeSessions() {
	c.revokeAll()
}

// ExpireAccessTokens makes the API refuse every access token issued so far.
func (c *Control) ExpireAccessTokens() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
}

// Epoch counts the calls of ExpireAccessTokens. It is stamped into each access token, because the times in a token count whole
// seconds: by `iat`, a token renewed within the same second would be as dead as the one it replaces.
func (c *Control) Epoch() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.epoch
}

// Clear disarms everything and lets go of whatever is held.
func (c *Control) Clear() {
	c.mu.Lock()
	armed := c.armed
	c.armed = nil
	c.mu.Unlock()
	for _, r := range armed {
		if r.barrier != nil {
			r.barrier.Release()
		}
	}
}

// Armed describes the faults that still wait for a request, and the barriers that still hold one.
func (c *Control) Armed() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	list := []string{}
	for _, r := range c.armed {
		list = append(list, r.String())
	}
	return list
}

func (c *Control) arm(r *rule) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.armed = append(c.armed, r)
}

// take returns the rules that apply to a request that has reached p, in the order in which they were armed.
func (c *Control) take(p Point) []*rule {
	c.mu.Lock()
	defer c.mu.Unlock()
	var due []*rule
	for _, r := range c.armed {
		if r.point == p && r.left > 0 {
			r.left--
			due = append(due, r)
		}
	}
	c.sweep()
	return due
}

// sweep forgets what can have no more effect. A barrier is kept while it holds, so that Clear can open it.
func (c *Control) sweep() {
	c.armed = slices.DeleteFunc(c.armed, func(r *rule) bool {
		if r.barrier != nil {
			return r.barrier.isOpen()
		}
		return r.left == 0
	})
}

func (r *rule) String() string {
	switch {
	case r.barrier != nil:
		return fmt.Sprintf("hold at %s, %d more, %d waiting", r.point, r.left, r.barrier.waiting())
	case r.reply != nil:
		return fmt.Sprintf("answer %d, %d more", r.reply.Status, r.left)
	default:
		return fmt.Sprintf("cut at %s, %d more", r.point, r.left)
	}
}
