//go:build tinygo

package bridge

import (
	"syscall/js"
	"unsafe"
)

// The loader's imports, called directly: js.Value.Call would panic on an exception, and a panic ends the module.

//go:wasmimport gojs syscall/js.finalizeRef
func finalizeRef(ref uint64)

//go:wasmimport gojs syscall/js.valueCall
//go:noescape
func valueCall(ret unsafe.Pointer, v uint64, method string, args unsafe.Pointer, n, c uint32)

//go:wasmimport gojs syscall/js.valueNew
//go:noescape
func valueNew(ret unsafe.Pointer, v uint64, args unsafe.Pointer, n, c uint32)

// mirror has the layout of js.Value, which keeps its reference private.
type mirror struct {
	ref uint64
	gc  unsafe.Pointer
}

// answer is what valueCall and valueNew write: a value, or an exception where ok is false.
type answer struct {
	ref uint64
	ok  bool
}

func refOf(v js.Value) uint64 { return (*mirror)(unsafe.Pointer(&v)).ref }

func fromRef(ref uint64) (v js.Value) {
	(*mirror)(unsafe.Pointer(&v)).ref = ref
	return v
}

// Release gives a handle back to the loader's table. Numbers, booleans, null, undefined and the first seven entries have none.
func Release(v js.Value) {
	ref := refOf(v)
	if high := uint32(ref >> 32); high&0x7FF80000 == 0x7FF80000 && high&7 != 0 && uint32(ref) > 6 {
		finalizeRef(ref)
	}
}

func init() { start() }

// FromRef takes over the handle that the loader passed to an exported function.
func FromRef(ref uint64) js.Value { return fromRef(ref) }

// Exported functions are called outside of any goroutine: a callback made with js.FuncOf would start one, stack and all, for each event.
//
//export postern_settled
func exportSettled(id int32, fulfilled bool, ref uint64) { settled(int(id), fulfilled, fromRef(ref)) }

const mostArgs = 6

// arguments are the references of one call. Strings among them are handles that only we know of.
type arguments struct {
	refs [mostArgs]uint64
	ours [mostArgs]bool
	n    uint32
}

func (a *arguments) fill(args []any) {
	for i, arg := range args {
		a.refs[i] = refOf(js.ValueOf(arg))
		_, a.ours[i] = arg.(string)
	}
	a.n = uint32(len(args))
}

func (a *arguments) result(ret answer) (js.Value, error) {
	for i := range a.n {
		if a.ours[i] {
			finalizeRef(a.refs[i])
		}
	}
	v := fromRef(ret.ref)
	if !ret.ok {
		return js.Undefined(), exception(v)
	}
	return v, nil
}

func call(v js.Value, method string, args []any) (js.Value, error) {
	var a arguments
	var ret answer
	a.fill(args)
	valueCall(unsafe.Pointer(&ret), refOf(v), method, unsafe.Pointer(&a.refs), a.n, mostArgs)
	return a.result(ret)
}

func construct(v js.Value, args []any) (js.Value, error) {
	var a arguments
	var ret answer
	a.fill(args)
	valueNew(unsafe.Pointer(&ret), refOf(v), unsafe.Pointer(&a.refs), a.n, mostArgs)
	return a.result(ret)
}

// get goes through Reflect.get, since the import behind js.Value.Get has no way to say that the getter threw.
func get(v js.Value, name string) (js.Value, error) {
	reflect := js.Global().Get("Reflect")
	defer Release(reflect)
	return call(reflect, "get", []any{v, name})
}

// peek reads a property of an object, and undefined where that throws.
func peek(v js.Value, name string) js.Value { return v.Get(name) }

// Set writes a property.
func Set(v js.Value, name string, x any) error {
	reflect := js.Global().Get("Reflect")
	defer Release(reflect)
	return Do(reflect, "set", v, name, x)
}
