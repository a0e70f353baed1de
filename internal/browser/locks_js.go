package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Locks are the Web Locks of the origin. The loader's host object turns the callback of navigator.locks.request into a promise of
// the lock, which release() gives back.
type Locks struct {
	// Wait is longer than the longest exchange that a holder may be in, so that nobody gives up on a holder that is alive.
	Wait time.Duration
	// Settle is how long a new holder waits for what the last one wrote to become visible here.
	Settle time.Duration
}

// Lock implements vault.Locks.
func (l Locks) Lock(name string) (release func(), err error) {
	var s bridge.Scope
	held, err := s.AwaitCall(bridge.Host(), "lock", name, int(l.Wait/time.Millisecond), int(l.Settle/time.Millisecond))
	if err != nil {
		s.Close()
		return nil, &oauth.Error{
			Code: oauth.LockTimeout, Op: "lock", Retryable: true,
			Description: "another tab has been renewing the session for too long; try again",
		}
	}
	return func() {
		_ = bridge.Do(held, "release")
		s.Close()
	}, nil
}
