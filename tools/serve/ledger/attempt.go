package ledger

import (
	"context"
	"time"
)

// Attempt is an Entry that is still being written. It travels in the request's context, because go-oidc hands its stores nothing else
// that would tell one token request from another.
type Attempt struct {
	ledger *Ledger
	entry  *Entry
}

type attemptKey struct{}

// Begin enters a token request that has just arrived.
func (l *Ledger) Begin(grantType, refreshToken, origin string) *Attempt {
	e := &Entry{Time: time.Now(), GrantType: grantType, Presented: Hash(refreshToken), Origin: origin}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, e)
	return &Attempt{ledger: l, entry: e}
}

// In returns ctx carrying the attempt.
func (a *Attempt) In(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptKey{}, a)
}

// From returns the attempt that ctx carries, or nil outside a token request.
func From(ctx context.Context) *Attempt {
	a, _ := ctx.Value(attemptKey{}).(*Attempt)
	return a
}

// Presented notes whose token it was that came in.
func (a *Attempt) Presented(grantID string, generation int) {
	a.write(func(e *Entry) { e.Family, e.Generation = Hash(grantID), generation })
}

// Issued notes the token that goes out.
func (a *Attempt) Issued(grantID, refreshToken string) {
	a.write(func(e *Entry) { e.Family, e.Issued = Hash(grantID), Hash(refreshToken) })
}

// Processed notes what the provider has decided. From here on the outcome is fixed, whatever the network does.
func (a *Attempt) Processed(status int) {
	a.write(func(e *Entry) { e.Processed, e.Status = true, status })
}

// Refused notes an answer that was given in the provider's place.
func (a *Attempt) Refused(status int) {
	a.write(func(e *Entry) { e.Status = status })
}

// Cut notes where the connection was cut.
func (a *Attempt) Cut(point string) {
	a.write(func(e *Entry) { e.Cut = point })
}

func (a *Attempt) write(change func(*Entry)) {
	a.ledger.mu.Lock()
	defer a.ledger.mu.Unlock()
	change(a.entry)
}
