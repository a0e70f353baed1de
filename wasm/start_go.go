//go:build js && !tinygo

package main

import (
	"syscall/js"
	"time"

	"github.com/postern-auth/postern/internal/bridge"
)

func main() {
	host := bridge.Host()
	_ = bridge.Set(host, "call", js.FuncOf(func(_ js.Value, args []js.Value) any {
		call(args[0].Int(), args[1].Int(), args[2].String(), args[3].String())
		return nil
	}).Value)
	_ = bridge.Set(host, "cached", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return cached(args[0].Int(), time.Duration(args[1].Float())*time.Millisecond, time.Duration(args[2].Float())*time.Millisecond)
	}).Value)
	select {}
}
