package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Locks are the Web Locks of the origin, and beside them a place for notes in IndexedDB, which alone of a browser's stores shows what one
// page wrote to every other page at once. Where Web Locks are missing, IndexedDB holds the locks too. The loader's host object has both.
type Locks struct {
	// Client warns.
	Client int
	// Wait is longer than the longest exchange that a holder may be in, so that nobody takes the lock from a holder that is alive. One that
	// still has it then is frozen, and loses it.
	Wait time.Duration
}

// Lock implements vault.Locks.
func (l Locks) Lock(name string) (release func(), err error) {
	var s bridge.Scope
	held, err := s.AwaitCall(bridge.Host(), "lock", l.Client, name, int(l.Wait/time.Millisecond))
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

// Note implements vault.Locks. Where IndexedDB is blocked there are no notes, and nobody who would have been faster.
func (l Locks) Note(name, was, text string) bool {
	var s bridge.Scope
	defer s.Close()
	done, err := s.AwaitCall(bridge.Host(), "note", name, was, text)
	return err != nil || done.Bool()
}

// Noted implements vault.Locks.
func (l Locks) Noted(name string) string {
	var s bridge.Scope
	defer s.Close()
	note, err := s.AwaitCall(bridge.Host(), "noted", name)
	if err != nil {
		return ""
	}
	text, _ := bridge.StringOf(note)
	return text
}

// Pages are the other pages of the origin, by BroadcastChannel. It implements vault.Pages for one client.
type Pages int

// Listen implements vault.Pages.
func (p Pages) Listen(name string) { _ = bridge.Do(bridge.Host(), "listen", int(p), name) }

// Tell implements vault.Pages.
func (p Pages) Tell(text string) (closing bool) {
	var s bridge.Scope
	defer s.Close()
	was, err := s.Call(bridge.Host(), "tell", int(p), text)
	return err == nil && was.Bool()
}

// Pause implements vault.Pages.
func (p Pages) Pause(d time.Duration) {
	var s bridge.Scope
	defer s.Close()
	_, _ = s.AwaitCall(bridge.Host(), "pause", int(d/time.Millisecond))
}
