//go:build js && !tinygo

package bridge

import (
	"errors"
	"syscall/js"

	"github.com/hack-pad/safejs"
)

func init() {
	start()
	_ = Set(host, "settled", js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled(args[0].Int(), args[1].Bool(), args[2])
		return nil
	}).Value)
}

// Release does nothing here: Go's finalizers give handles back.
func Release(js.Value) {}

func call(v js.Value, method string, args []any) (js.Value, error) {
	return result(safejs.Safe(v).Call(method, args...))
}

func construct(v js.Value, args []any) (js.Value, error) {
	return result(safejs.Safe(v).New(args...))
}

func get(v js.Value, name string) (js.Value, error) {
	return result(safejs.Safe(v).Get(name))
}

// Set writes a property.
func Set(v js.Value, name string, x any) error {
	return thrown(safejs.Safe(v).Set(name, x))
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
