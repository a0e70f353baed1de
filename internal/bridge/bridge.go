//go:build js

// Package bridge is the boundary to JavaScript. Texts cross it, and nothing else: to the loader's host object with Ask and Await, and to the
// few JavaScript values that the module holds itself with Call. What JavaScript throws comes back as an error.
//
// In the shipped build both matter. TinyGo has no finalizers, so a handle that nobody gives back stays in the loader's table for ever; a
// text has none. And it can't recover from an exception, so one that reached it would end the module. The rest of the code is
// written against this package alone and compiles unchanged with Go, whose build uses safejs here.
package bridge

import (
	// Initialised before syscall/js on purpose: in the other order TinyGo can't compute the tables of Unicode at compile time, and the
	// module grows by 26 KB.
	"strings"

	"github.com/postern-auth/postern/internal/lock"
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

// exception makes an Error of the loader's text for it: name, NUL, message.
func exception(text string) error {
	end := strings.IndexByte(text, 0)
	return &Error{Name: text[:end], Message: text[end+1:]}
}

// waiter is an answer of the host object that somebody waits for.
type waiter struct {
	id      int
	text    string
	err     error
	settled lock.Gate
}

var (
	waiting []*waiter // a slice, because TinyGo doesn't keep what a map lookup returned alive
	last    int       // waiter's number
)

// Ask calls an operation of the host object and returns its result where that is a text. id is the number of what is spoken of, a client's for
// most.
func Ask(id int, op string, args ...string) (text string, isText bool, err error) {
	return ask(id, op, args)
}

// Await is Ask for an operation that answers later: it blocks this goroutine until then. It must not be called from a callback's own
// goroutine.
func Await(id int, op string, args ...string) (string, error) {
	last++
	w := &waiter{id: last}
	waiting = append(waiting, w)
	await(w.id, id, op, args)
	w.settled.Wait()
	return w.text, w.err
}

// settled is called by the loader, and never waits.
func settled(id int, text string, err error) {
	if w := takeWaiter(id); w != nil {
		w.text, w.err = text, err
		w.settled.Open()
	}
}

// Decimal is how a number crosses, in digits. It is none below 0.
func Decimal(n int64) string {
	var digits [20]byte
	at := len(digits)
	for at--; ; at-- {
		digits[at] = '0' + byte(n%10)
		if n /= 10; n <= 0 {
			return string(digits[at:])
		}
	}
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
