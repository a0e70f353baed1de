//go:build scheduler.none

package lock

import "unsafe"

// Gate lets functions that Go has started wait for one event. Its zero value is closed.
//
// Here there is no scheduler. The browser keeps the stack of whoever waits (JavaScript Promise Integration), and the loader gives each function a
// stack of its own in the module's memory, since those that wait there don't end in the order in which they began.
type Gate struct{ open bool }

//go:wasmimport gojs suspend
func suspend(gate unsafe.Pointer) (stack int32)

//go:wasmimport gojs resumed
func resumed(stack int32)

//go:wasmimport gojs wake
func wake(gate unsafe.Pointer)

//go:wasmimport gojs begin
func begin()

// Wait returns when the gate is open.
func (g *Gate) Wait() {
	if !g.open {
		// What ran meanwhile has left the stack pointer where it stood; nothing may be called before it is back.
		resumed(suspend(unsafe.Pointer(g)))
	}
}

// Open lets everybody through, for ever. It is called once.
func (g *Gate) Open() {
	g.open = true
	wake(unsafe.Pointer(g))
}

var started []func()

// Go runs f beside the caller, which goes on at once.
func Go(f func()) {
	started = append(started, f)
	begin()
}

// run is what the loader calls, on a new stack, for each begin.
//
//export postern_run
func run() {
	f := started[0]
	started = started[:copy(started, started[1:])]
	f()
}

// StackSize is how much memory a function that Go has started has for what its variables point to; all else is in the browser's own stack.
const StackSize = 8 << 10

// newStack makes one, which is never freed, and returns its end.
//
//export postern_stack
func newStack() *byte { return &make([]byte, StackSize)[StackSize-16] }
