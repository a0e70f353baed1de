//go:build js && !tinygo

package main

import (
	"syscall/js"
	"time"

	"github.com/postern-auth/postern/internal/bridge"
)

func main() {
	bridge.Export("call", func(args []js.Value) any {
		call(args[0].Int(), args[1].Int(), args[2].String())
		return nil
	})
	bridge.Export("cached", func(args []js.Value) any {
		return cached(args[0].Int(), time.Duration(args[1].Float())*time.Millisecond, time.Duration(args[2].Float())*time.Millisecond)
	})
	select {}
}
