package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Locks are the Web Locks of the origin, and beside them a place for notes in IndexedDB, which alone of a browser's stores shows what one
// page wrote to every other page at once. Where Web Locks are missing, IndexedDB holds the locks too. The loader's host object has both.

// Lock implements vault.Locks.
func (c Client) Lock(name string, patience time.Duration) (release func(), err error) {
	held, err := bridge.Await(int(c), "lock", name, millis(patience))
	if err != nil {
		return nil, &oauth.Error{
			Code: oauth.LockTimeout, Op: "lock", Retryable: true,
			Description: "another tab has been renewing the session for too long; try again",
		}
	}
	return func() { c.ask("unlock", held) }, nil
}

// Note implements vault.Locks. Where IndexedDB is blocked there are no notes, and nobody who would have been faster.
func (c Client) Note(name, was, text string) bool {
	done, err := bridge.Await(int(c), "note", name, was, text)
	return err != nil || done != ""
}

// Noted implements vault.Locks.
func (c Client) Noted(name string) string {
	text, _ := bridge.Await(int(c), "noted", name)
	return text
}

// The other pages of the origin are heard and told by BroadcastChannel.

// Listen implements vault.Pages.
func (c Client) Listen(name string) { c.ask("listen", name) }

// Tell implements vault.Pages.
func (c Client) Tell(text string) (closing bool) { return c.ask("tell", text) != "" }

// Pause implements vault.Pages.
func (c Client) Pause(d time.Duration) { _, _ = bridge.Await(int(c), "pause", millis(d)) }
