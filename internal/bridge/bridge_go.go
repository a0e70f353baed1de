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
	Export("settled", func(args []js.Value) any {
		text, _, err := result(safejs.Safe(args[2]), nil)
		if !args[1].Bool() {
			text, err = "", exception(describe(args[2]))
		}
		settled(args[0].Int(), text, err)
		return nil
	})
}

// Export gives the loader a function of the module.
func Export(name string, f func(args []js.Value) any) {
	_, _ = reflect.Call("set", host, name, js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) }))
}

// reflect is by whose methods everything is done. What a getter or a trap throws goes right through Go's own loader and its stack; what a
// method throws is caught.
var reflect = safejs.Safe(js.Global().Get("Reflect"))

func ask(id int, op string, args []string) (string, bool, error) {
	return apply(host, op, append([]any{id}, list(args)...))
}

func await(waiter, id int, op string, args []string) {
	host.Call("await", waiter, id, op, list(args))
}

// Call calls a method of v with texts, and returns its result where that is a text.
func Call(v js.Value, method string, args ...string) (text string, isText bool, err error) {
	return apply(v, method, list(args))
}

func list(args []string) []any {
	list := make([]any, len(args))
	for i, arg := range args {
		list[i] = arg
	}
	return list
}

func apply(v js.Value, method string, args []any) (string, bool, error) {
	f, err := reflect.Call("get", v, method)
	if err != nil {
		return result(f, err)
	}
	return result(reflect.Call("apply", f, v, args))
}

// Get reads a property, and undefined where that throws: then whatever is done with it fails. Release gives it back.
func Get(v js.Value, name string) js.Value {
	property, err := reflect.Call("get", v, name)
	if err != nil {
		return js.Undefined()
	}
	return safejs.Unsafe(property)
}

// Release does nothing here: Go's finalizers give handles back.
func Release(js.Value) {}

func result(v safejs.Value, err error) (string, bool, error) {
	var e js.Error
	switch {
	case errors.As(err, &e):
		return "", false, exception(describe(e.Value)) // what safejs wraps
	case err != nil:
		return "", false, &Error{Name: "TypeError", Message: err.Error()}
	}
	text, isText := textOf(safejs.Unsafe(v))
	return text, isText, nil
}

func textOf(v js.Value) (string, bool) {
	if v.Type() != js.TypeString {
		return "", false
	}
	return v.String(), true
}

// describe does what js/abi.js does for the shipped build: it turns what was thrown, which may be any value, into a text. A name or a message
// that throws in turn is left out: what it threw might have such a name itself, and so on for ever.
func describe(v js.Value) string {
	switch v.Type() {
	case js.TypeObject, js.TypeFunction:
		name, _ := textOf(Get(v, "name"))
		message, _ := textOf(Get(v, "message"))
		return name + "\x00" + message
	case js.TypeString:
		return "Error\x00" + v.String()
	}
	return "Error\x00a value that is no error was thrown"
}
