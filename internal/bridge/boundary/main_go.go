//go:build js && !tinygo

package main

import (
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

func main() {
	_ = bridge.Set(bridge.Host(), "call", js.FuncOf(func(_ js.Value, args []js.Value) any {
		call(args[0].Int(), args[2].String(), args[3].String())
		return nil
	}).Value)
	select {}
}
