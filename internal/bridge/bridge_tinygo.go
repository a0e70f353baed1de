//go:build tinygo

package bridge

import (
	"syscall/js"
	"unsafe"
)

// The loader's imports, called directly: js.Value.Call would panic on an exception, and a panic ends the module. Each returns what Take
// takes.

//go:wasmimport gojs ask
//go:noescape
func jsAsk(id int32, op string, args unsafe.Pointer, n int32) int32

//go:wasmimport gojs await
//go:noescape
func jsAwait(waiter, id int32, op string, args unsafe.Pointer, n int32)

//go:wasmimport gojs call
//go:noescape
func jsCall(v uint64, method string, args unsafe.Pointer, n int32) int32

// fill copies the bytes of the text that the loader holds ready.
//
//go:wasmimport gojs fill
//go:noescape
func fill(at unsafe.Pointer)

//go:wasmimport gojs syscall/js.finalizeRef
func release(ref uint64)

// nothing stands for a result that is no text. Below it are the lengths of what was thrown.
const nothing = -1

// Take takes over the text that the loader holds ready: n is its length, and says what it is.
func Take(n int32) (text string, isText bool, err error) {
	if n == nothing {
		return "", false, nil
	}
	thrown := n < nothing
	if thrown {
		n = nothing - 1 - n
	}
	bytes := make([]byte, n)
	fill(unsafe.Pointer(unsafe.SliceData(bytes)))
	text = unsafe.String(unsafe.SliceData(bytes), n)
	if thrown {
		return "", false, exception(text)
	}
	return text, true, nil
}

func pointer(args []string) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(args)) }

func ask(id int, op string, args []string) (string, bool, error) {
	return Take(jsAsk(int32(id), op, pointer(args), int32(len(args))))
}

func await(waiter, id int, op string, args []string) {
	jsAwait(int32(waiter), int32(id), op, pointer(args), int32(len(args)))
}

// refOf reads a js.Value's reference, its first word.
func refOf(v js.Value) uint64 { return *(*uint64)(unsafe.Pointer(&v)) }

// Call calls a method of v with texts, and returns its result where that is a text.
func Call(v js.Value, method string, args ...string) (text string, isText bool, err error) {
	return Take(jsCall(refOf(v), method, pointer(args), int32(len(args))))
}

// Get reads a property, and undefined where that throws: then whatever is done with it fails. Release gives it back.
func Get(v js.Value, name string) js.Value { return v.Get(name) }

// Release gives a handle back to the loader's table. Numbers, booleans, null and undefined have none.
func Release(v js.Value) { release(refOf(v)) }

// Exported functions are called outside of any goroutine: a callback made with js.FuncOf would start one, stack and all, for each event.
//
//export postern_settled
func exportSettled(id, n int32) {
	text, _, err := Take(n)
	settled(int(id), text, err)
}

//go:linkname setEventHandler syscall/js.setEventHandler
func setEventHandler(f func() bool)

func init() { setEventHandler(nil) }
