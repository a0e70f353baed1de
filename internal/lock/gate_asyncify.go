//go:build scheduler.asyncify

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

// goroutine runs one function after another. It is kept: TinyGo never frees a stack.
type goroutine struct {
	run  func()
	more *Gate // opens when there is another
}

var idle []*goroutine

// Go runs f beside the caller, which goes on at once.
func Go(f func()) {
	n := len(idle) - 1
	if n < 0 {
		g := &goroutine{run: f}
		go g.work()
		return
	}
	g := idle[n]
	idle = idle[:n]
	g.run = f
	g.more.Open()
}

func (g *goroutine) work() {
	for {
		g.run()
		g.more = &Gate{}
		idle = append(idle, g)
		g.more.Wait()
	}
}
