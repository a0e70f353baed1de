// Package browser makes the ports of session and vault out of a browser: the page and its address bar, fetch, WebCrypto, Web Locks. It
// decides nothing; what it can't do it reports as an error.
package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Client is one client's side of the loader, by the number that both know it by. It is every port at once: what stands in an interface is
// described in the module, and one type is one description.
type Client int

// ask is for what can't fail, or whose failure is the same as no answer.
func (c Client) ask(op string, args ...string) string {
	text, _, _ := bridge.Ask(int(c), op, args...)
	return text
}

// Event implements session.Listener. The loader tells the page's listeners later, never from within this call.
func (c Client) Event(name, detail string) { c.ask("event", name, detail) }

// WakeAfter implements session.Listener; a negative d takes the timer back.
func (c Client) WakeAfter(d time.Duration) {
	if d < 0 {
		c.ask("wakeAfter") // the division would make 0 of it, which is at once
		return
	}
	c.ask("wakeAfter", millis(d))
}

// Now is the time since the epoch by the page's clock, or the application's nowProvider.
func (c Client) Now() time.Duration { return time.Duration(number(c.ask("now"))) * time.Millisecond }

// Elapsed is the time since the page began, by a clock that nobody can set.
func (c Client) Elapsed() time.Duration {
	return time.Duration(number(c.ask("elapsed"))) * time.Millisecond
}

// Call implements vault.Channel: the vault is in a worker, which the loader starts.
func (c Client) Call(call string) (string, error) {
	answer, err := bridge.Await(int(c), "vault", call)
	if err == nil {
		return answer, nil
	}
	if e := absent(err); e != nil {
		return "", e
	}
	return "", &oauth.Error{Code: oauth.Internal, Op: "worker", Description: "it stopped; call again", Retryable: true}
}

// absent is for what the loader couldn't fetch, of which only the loader knows why it isn't there, and nil for any other error. The user may have been
// offline for a moment.
func absent(err error) *oauth.Error {
	if e, ok := err.(*bridge.Error); ok && e.Name == "absent" {
		return &oauth.Error{Code: oauth.WasmUnavailable, Op: "loader", Description: e.Message, Retryable: true}
	}
	return nil
}

func millis(d time.Duration) string { return bridge.Decimal(int64(d / time.Millisecond)) }

// number reads a number, and 0 where there is none: NaN, or nothing at all.
func number(text string) int64 {
	v, _ := oauth.ParseJSON(text)
	n, _ := v.Whole()
	return n
}
