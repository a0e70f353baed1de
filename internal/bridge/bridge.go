//go:build js

// Package bridge is the boundary to JavaScript. What JavaScript throws comes back as an error, and every handle to a JavaScript value
// belongs to a Scope that gives it back.
//
// Both matter in the shipped build: TinyGo can't recover from an exception, so one that reached it would end the module, and it has no
// finalizers, so a handle nobody gives back stays in the loader's table for ever. The rest of the code is written against this package
// alone and compiles unchanged with Go, whose build uses safejs here.
package bridge

import (
	// Initialised before syscall/js on purpose: in the other order TinyGo can't compute the tables of Unicode at compile time, and the
	// module grows by 26 KB.
	_ "strings"
	"syscall/js"
)

// Error is a JavaScript exception or a rejected promise.
type Error struct {
	Name    string // the error's class: "QuotaExceededError", "TypeError"
	Message string
}

func (e *Error) Error() string { return e.Name + ": " + e.Message }

// Named returns the name of a JavaScript error, and "" for any other.
func Named(err error) string {
	if e, ok := err.(*Error); ok {
		return e.Name
	}
	return ""
}

// Scope owns the handles of one operation. Its zero value is ready; Close gives them back, and none may be used after that.
type Scope struct{ owned []js.Value }

// Own makes the scope the owner of v.
func (s *Scope) Own(v js.Value) js.Value {
	s.owned = append(s.owned, v)
	return v
}

// Close gives every handle back.
func (s *Scope) Close() {
	for _, v := range s.owned {
		Release(v)
	}
	s.owned = nil
}

// Get reads a property; a getter may throw.
func (s *Scope) Get(v js.Value, name string) (js.Value, error) {
	return s.keep(get(v, name))
}

// Call calls a method. Arguments are a js.Value, string, int, float64, bool or nil.
func (s *Scope) Call(v js.Value, method string, args ...any) (js.Value, error) {
	return s.keep(call(v, method, args))
}

// Global reads a property of the global object.
func (s *Scope) Global(name string) (js.Value, error) {
	return s.Get(js.Global(), name)
}

func (s *Scope) keep(v js.Value, err error) (js.Value, error) {
	if err == nil {
		s.Own(v)
	}
	return v, err
}

// Do calls a method for its effect alone.
func Do(v js.Value, method string, args ...any) error {
	result, err := call(v, method, args)
	if err == nil {
		Release(result)
	}
	return err
}

// Text calls a method and returns its result where that is a string, and "" otherwise.
func Text(v js.Value, method string, args ...any) (text string, isText bool, err error) {
	result, err := call(v, method, args)
	if err != nil {
		return "", false, err
	}
	text, isText = TakeText(result)
	return text, isText, nil
}

// GetText reads a property that is a string, and "" where it is none.
func GetText(v js.Value, name string) string {
	result, err := get(v, name)
	if err != nil {
		return ""
	}
	text, _ := TakeText(result)
	return text
}

// GetInt reads a property that is a number, and 0 where it is none.
func GetInt(v js.Value, name string) int {
	result, err := get(v, name)
	if err != nil {
		return 0
	}
	if result.Type() != js.TypeNumber {
		Release(result)
		return 0
	}
	return result.Int()
}

// TakeText is StringOf, and gives the handle back.
func TakeText(v js.Value) (string, bool) {
	text, isText := StringOf(v)
	Release(v)
	return text, isText
}

// waiter is a promise that somebody waits for.
type waiter struct {
	id      int
	value   js.Value
	err     error
	settled chan struct{} // closed; a send may wait, as far as the shipped build's compiler knows, and then so may its caller
}

var (
	waiting []*waiter // a slice, because TinyGo doesn't keep what a map lookup returned alive
	last    int       // waiter's number
)

// Await blocks this goroutine until the promise settles. It must not be called from a callback's own goroutine.
//
// The host object's wait(id, promise) calls settled(id, fulfilled, value) for every promise of the module: a callback of its own for each
// would have to be released inside itself, which syscall/js doesn't survive in TinyGo.
func (s *Scope) Await(promise js.Value) (js.Value, error) {
	last++
	w := &waiter{id: last, settled: make(chan struct{})}
	waiting = append(waiting, w)
	wait(w.id, promise)
	<-w.settled
	return s.keep(w.value, w.err)
}

// AwaitCall calls a method that returns a promise and waits for it.
func (s *Scope) AwaitCall(v js.Value, method string, args ...any) (js.Value, error) {
	promise, err := s.Call(v, method, args...)
	if err != nil {
		return promise, err
	}
	return s.Await(promise)
}

// settled is called by the loader, and never waits.
func settled(id int, fulfilled bool, value js.Value) {
	w := takeWaiter(id)
	if fulfilled {
		w.value = value
	} else {
		w.err = exception(value)
	}
	close(w.settled)
}

func takeWaiter(id int) *waiter {
	for i, w := range waiting {
		if w.id == id {
			waiting = append(waiting[:i], waiting[i+1:]...)
			return w
		}
	}
	return nil
}
