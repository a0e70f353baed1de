//go:build js && !tinygo

package bridge

import (
	"errors"
	"syscall/js"

	"github.com/hack-pad/safejs"
)

var host js.Value

// handover is where the loader puts its host object for the length of the module's start.
const handover = "postern:host"

func init() { Start() }

// Start takes the host object from where the loader has put it. A test, which has no loader, puts one there and calls Start again.
func Start() {
	host = js.Global().Get(handover)
	js.Global().Delete(handover)
	_ = Set(host, "settled", js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled(args[0].Int(), args[1].Bool(), args[2])
		return nil
	}).Value)
}

// Host returns the loader's host object.
func Host() js.Value { return host }

func wait(id int, promise js.Value) { host.Call("wait", id, promise) }

// Release does nothing here: Go's finalizers give handles back.
func Release(js.Value) {}

// reflect is by whose methods everything is done. What a getter, a setter or a trap throws goes right through Go's own loader and its
// stack; what a method throws is caught.
var reflect = safejs.Safe(js.Global().Get("Reflect"))

func call(v js.Value, method string, args []any) (js.Value, error) {
	f, err := get(v, method)
	if err != nil {
		return f, err
	}
	return result(reflect.Call("apply", f, v, args))
}

func get(v js.Value, name string) (js.Value, error) {
	return result(reflect.Call("get", v, name))
}

// peek reads a property of an object, and undefined where that throws.
func peek(v js.Value, name string) js.Value {
	property, err := reflect.Call("get", v, name)
	if err != nil {
		return js.Undefined()
	}
	return safejs.Unsafe(property)
}

// Set writes a property.
func Set(v js.Value, name string, x any) error {
	_, err := result(reflect.Call("set", v, name, x))
	return err
}

func result(v safejs.Value, err error) (js.Value, error) {
	if err != nil {
		return js.Undefined(), thrown(err)
	}
	return safejs.Unsafe(v), nil
}

// thrown finds the JavaScript error that safejs wraps.
func thrown(err error) error {
	var e js.Error
	if errors.As(err, &e) {
		return exception(e.Value)
	}
	if err != nil {
		return &Error{Name: "TypeError", Message: err.Error()}
	}
	return nil
}

// StringOf returns a string; anything else is "" and false.
func StringOf(v js.Value) (string, bool) {
	if v.Type() != js.TypeString {
		return "", false
	}
	return v.String(), true
}

// exception turns what was thrown, which may be any value, into an Error. A name or a message that throws in turn is left out: what it threw
// might have such a name itself, and so on for ever.
func exception(v js.Value) error {
	switch v.Type() {
	case js.TypeObject, js.TypeFunction:
		name, _ := StringOf(peek(v, "name"))
		message, _ := StringOf(peek(v, "message"))
		return &Error{Name: name, Message: message}
	case js.TypeString:
		return &Error{Name: "Error", Message: v.String()}
	}
	return &Error{Name: "Error", Message: "a value that is no error was thrown"}
}
