//go:build js && !tinygo

package main

import "syscall/js"

func main() {
	cached := js.FuncOf(func(_ js.Value, args []js.Value) any {
		if c := client(args[0].Int()); c != nil {
			if token, ok := c.Cached(); ok {
				return token
			}
		}
		return nil
	})
	js.Global().Get("postern:host").Call("onCached", cached)
	start()
	select {}
}
