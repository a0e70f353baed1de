package browser

import (
	"syscall/js"
	"time"

	"github.com/postern-auth/postern/internal/bridge"
)

// Listener is one client's side of the loader: its events, its timer, its clock. It implements session.Listener.
type Listener int

// Event implements session.Listener. The loader tells the page's listeners later, never from within this call.
func (l Listener) Event(name, detail string) {
	_ = bridge.Do(bridge.Host(), "event", int(l), name, detail)
}

// WakeAfter implements session.Listener; a negative d takes the timer back.
func (l Listener) WakeAfter(d time.Duration) {
	ms := int(d / time.Millisecond)
	if d < 0 {
		ms = -1 // the division makes 0 of it, which is at once
	}
	_ = bridge.Do(bridge.Host(), "wakeAfter", int(l), ms)
}

// Now is the time since the epoch by the page's clock, or the application's nowProvider.
func (l Listener) Now() time.Duration { return l.read("now") }

// Elapsed is the time since the page began, by a clock that nobody can set.
func (l Listener) Elapsed() time.Duration { return l.read("elapsed") }

func (l Listener) read(clock string) time.Duration {
	var s bridge.Scope
	defer s.Close()
	v, err := s.Call(bridge.Host(), clock, int(l))
	if err != nil || v.Type() != js.TypeNumber {
		return 0
	}
	return time.Duration(v.Float()) * time.Millisecond
}

// Cache returns the application's own cache. Its handle is kept for as long as the page lives.
func Cache(client int) js.Value {
	var forever bridge.Scope
	v, _ := forever.Call(bridge.Host(), "cache", client)
	return v
}
