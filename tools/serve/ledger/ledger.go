// Package ledger writes down what became of every refresh token, so that a test can prove that none was spent twice.
package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"time"
)

// Entry is one request to the token endpoint.
type Entry struct {
	Time      time.Time
	GrantType string
	// Origin is the request's Origin header: which page, or which worker of it, has asked.
	Origin string
	// Presented and Issued are Hash of the refresh tokens that came in and went out. The tokens themselves are never kept.
	Presented, Issued string
	// Family is Hash of the grant that both belong to.
	Family string
	// Generation counts the rotations before the token that was presented. For a code exchange it is 0.
	Generation int
	// Processed says that the provider has seen the request. Until then nothing can have been spent.
	Processed bool
	// Status is the answer, whether or not it arrived.
	Status int
	// Cut names the point at which the connection was cut, "" for an answer that was sent in full.
	Cut string
}

// Reason says why a family has ended.
type Reason string

const (
	// Reuse is a refresh token that had been rotated away and came back.
	Reuse Reason = "reuse"
	// ByClient is a call of the revocation endpoint.
	ByClient Reason = "client"
	// BadExchange is a code exchange that failed or was repeated. go-oidc gives the grant up for either.
	BadExchange Reason = "code"
	// ByFault is a test that wanted it.
	ByFault Reason = "fault"
)

// Revocation is the end of a family.
type Revocation struct {
	Time   time.Time
	Family string
	Reason Reason
}

// Ledger is safe for concurrent use. Its zero value is ready.
type Ledger struct {
	mu          sync.Mutex
	entries     []*Entry
	revocations []Revocation
}

// Hash shortens a secret to a name that can be compared and printed.
func Hash(secret string) string {
	if secret == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:6])
}

// Entries returns a copy of everything so far, oldest first.
func (l *Ledger) Entries() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Entry, len(l.entries))
	for i, e := range l.entries {
		all[i] = *e
	}
	return all
}

// Requests counts the requests of one grant type, or of all with "". A browser that resends a POST by itself counts again.
func (l *Ledger) Requests(grantType string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, e := range l.entries {
		if grantType == "" || e.GrantType == grantType {
			n++
		}
	}
	return n
}

// MaxUses says how often the most used refresh token was seen by the provider. More than 1 is a token spent twice, more than 2 is
// more than the one replay that the refresh protocol permits.
func (l *Ledger) MaxUses() int {
	return l.most(func(e *Entry) bool { return e.Processed })
}

// MaxSends is MaxUses with the requests that a fault kept from the provider.
func (l *Ledger) MaxSends() int {
	return l.most(func(*Entry) bool { return true })
}

// Repeats counts the refresh tokens that the provider has seen more than once.
func (l *Ledger) Repeats() (n int) {
	for _, uses := range l.uses(func(e *Entry) bool { return e.Processed }) {
		if uses > 1 {
			n++
		}
	}
	return n
}

// Revocations returns the families that have ended, oldest first.
func (l *Ledger) Revocations() []Revocation {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.revocations)
}

// Revoked notes the end of the family of a grant.
func (l *Ledger) Revoked(grantID string, why Reason) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revocations = append(l.revocations, Revocation{Time: time.Now(), Family: Hash(grantID), Reason: why})
}

func (l *Ledger) most(counts func(*Entry) bool) (most int) {
	for _, uses := range l.uses(counts) {
		most = max(most, uses)
	}
	return most
}

// uses says how often each refresh token came in, by its hash.
func (l *Ledger) uses(counts func(*Entry) bool) map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	uses := map[string]int{}
	for _, e := range l.entries {
		if e.Presented != "" && counts(e) {
			uses[e.Presented]++
		}
	}
	return uses
}
