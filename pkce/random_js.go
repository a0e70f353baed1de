package pkce

import "syscall/js"

// buffer is kept: TinyGo never gives a JavaScript value back, so a new array for each verifier would never be freed.
var buffer js.Value

// random fills p from crypto.getRandomValues, whose limit of 65,536 bytes a call is far away.
func random(p []byte) error {
	crypto := js.Global().Get("crypto")
	if crypto.Type() != js.TypeObject || crypto.Get("getRandomValues").Type() != js.TypeFunction {
		return ErrRandom
	}
	if buffer.IsUndefined() {
		buffer = js.Global().Get("Uint8Array").New(32)
	}
	for len(p) > 0 {
		crypto.Call("getRandomValues", buffer)
		n := js.CopyBytesToGo(p, buffer)
		p = p[n:]
	}
	// What is left in the array would be a copy of a secret within a page script's reach.
	buffer.Call("fill", 0)
	return nil
}
