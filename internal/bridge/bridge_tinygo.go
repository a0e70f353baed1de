//go:build tinygo

package bridge

import (
	"strings"
	"syscall/js"
	"unsafe"
)

// The loader's imports, called directly: js.Value.Call would panic on an exception, and a panic ends the module. What an import throws
// comes back as a text with thrown in its reference.

//go:wasmimport gojs call
//go:noescape
func jsCall(v uint64, method string, args unsafe.Pointer, n uint32) uint64

//go:wasmimport gojs wait
func jsWait(id int32, promise uint64)

//go:wasmimport gojs get
//go:noescape
func jsGet(v uint64, name string) uint64

// release gives a handle back to the loader's table; what is no handle it leaves alone.
//
//go:wasmimport gojs release
func release(ref uint64)

// encode makes a string ready for fill and returns its length in bytes; it returns -1 for anything else.
//
//go:wasmimport gojs encode
func encode(ref uint64) int32

//go:wasmimport gojs fill
//go:noescape
func fill(at unsafe.Pointer)

// mirror has the layout of js.Value, which keeps its reference private.
type mirror struct {
	ref uint64
	gc  unsafe.Pointer
}

func refOf(v js.Value) uint64 { return (*mirror)(unsafe.Pointer(&v)).ref }

const (
	// thrown is a bit that no reference has: they are NaNs of JavaScript's one kind, with a type in the three bits below.
	thrown = 0x7FF80008 << 32
	// host is the loader's table's entry 6, which syscall/js doesn't use.
	host = 0x7FF80001<<32 | 6
)

// Host returns the loader's host object.
func Host() js.Value { return FromRef(host) }

// Release gives a handle back to the loader's table. Numbers, booleans, null and undefined have none.
func Release(v js.Value) { release(refOf(v)) }

// FromRef takes over the handle that the loader passed to an exported function.
func FromRef(ref uint64) (v js.Value) {
	(*mirror)(unsafe.Pointer(&v)).ref = ref
	return v
}

func wait(id int, promise js.Value) { jsWait(int32(id), refOf(promise)) }

// Exported functions are called outside of any goroutine: a callback made with js.FuncOf would start one, stack and all, for each event.
//
//export postern_settled
func exportSettled(id int32, fulfilled bool, ref uint64) { settled(int(id), fulfilled, FromRef(ref)) }

// StringOf returns a string; anything else is "" and false.
func StringOf(v js.Value) (string, bool) {
	n := encode(refOf(v))
	if n < 0 {
		return "", false
	}
	text := make([]byte, n)
	fill(unsafe.Pointer(unsafe.SliceData(text)))
	return unsafe.String(unsafe.SliceData(text), n), true
}

// exception makes an Error of the loader's text for it: name, NUL, message.
func exception(v js.Value) error {
	text, _ := TakeText(v)
	end := strings.IndexByte(text, 0)
	return &Error{Name: text[:end], Message: text[end+1:]}
}

func result(ref uint64) (js.Value, error) {
	v := FromRef(ref)
	if ref&thrown == thrown {
		return js.Undefined(), exception(v)
	}
	return v, nil
}

// call keeps its arguments' references on the stack. Strings among them are handles that only we know of.
func call(v js.Value, method string, args []any) (js.Value, error) {
	const most = 6
	var refs [most]uint64
	for i, arg := range args {
		refs[i] = refOf(js.ValueOf(arg))
	}
	ref := jsCall(refOf(v), method, unsafe.Pointer(&refs), uint32(len(args)))
	for i, arg := range args {
		if _, ours := arg.(string); ours {
			release(refs[i])
		}
	}
	return result(ref)
}

func get(v js.Value, name string) (js.Value, error) { return result(jsGet(refOf(v), name)) }

// Set writes a property.
func Set(v js.Value, name string, x any) error {
	reflect := js.Global().Get("Reflect")
	defer Release(reflect)
	return Do(reflect, "set", v, name, x)
}

//go:linkname setEventHandler syscall/js.setEventHandler
func setEventHandler(f func() bool)

func init() { setEventHandler(nil) }
