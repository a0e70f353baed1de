//go:build tinygo

package lock

import "unsafe"

// Gate lets goroutines wait for one event. Its zero value is closed.
//
// It is the scheduler's two primitives and nothing else: a channel would link senders, buffers and select, and a send counts among what may
// wait, which whoever opens a gate must not.
type Gate struct {
	open    bool
	waiting []unsafe.Pointer // goroutines
}

//go:linkname current internal/task.Current
func current() unsafe.Pointer

//go:linkname pause internal/task.Pause
func pause()

//go:linkname resume runtime.scheduleTask
func resume(goroutine unsafe.Pointer)

// Wait returns when the gate is open.
func (g *Gate) Wait() {
	if !g.open {
		g.waiting = append(g.waiting, current())
		pause()
	}
}

// Open lets everybody through, for ever. It is called once.
func (g *Gate) Open() {
	g.open = true
	for _, goroutine := range g.waiting {
		resume(goroutine)
	}
}
