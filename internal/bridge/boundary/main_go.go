//go:build js && !tinygo

package main

import (
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

func main() {
	bridge.Export("call", func(args []js.Value) any {
		call(args[0].Int(), args[2].String())
		return nil
	})
	select {}
}
