// Package engines drives the engines that a page may meet, Chromium's, Firefox's and WebKit's, each by the little that the same tests need
// of it.
package engines

import (
	"encoding/json"
	"testing"
	"time"
)

// Engine is a browser at work.
type Engine interface {
	// Open opens a tab in a profile of its own, which ends with the test.
	Open(t *testing.T) (Tab, error)
	// Close ends the browser and every process of it.
	Close()
}

// Tab is a page in a browser. None of its methods takes longer than patience.
type Tab interface {
	// Load loads a page.
	Load(url string) error
	// Eval runs an expression in the page, waits for its promise, and returns its result as JSON.
	Eval(expression string) (json.RawMessage, error)
	// Sibling opens another tab of the same profile.
	Sibling() (Tab, error)
	// Opened returns the tab that an expression opens, as a user's click would.
	Opened(expression string) (Tab, error)
	// Close closes the tab.
	Close() error
}

const patience = 30 * time.Second

// inPage is what an engine's own command is given: an expression whose value is a string of JSON.
func inPage(expression string) string {
	return "(async () => JSON.stringify(await (" + expression + ")) ?? 'null')()"
}
