// Package replay remembers one-time identifiers, so that a DPoP proof works once.
package replay

import (
	"errors"
	"maps"
	"sync"
	"time"
)

// window is longer than any proof is accepted for.
const window = 15 * time.Minute

// Guard is safe for concurrent use. Its zero value is ready.
type Guard struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// Use fails if id has been used before.
func (g *Guard) Use(id string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(g.seen, func(_ string, at time.Time) bool { return now.Sub(at) > window })
	if _, known := g.seen[id]; known {
		return errors.New("this proof has been used: make a new one for every request")
	}
	if g.seen == nil {
		g.seen = map[string]time.Time{}
	}
	g.seen[id] = now
	return nil
}
