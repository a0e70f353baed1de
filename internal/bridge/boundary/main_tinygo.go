//go:build tinygo

package main

import "github.com/postern-auth/postern/internal/bridge"

func main() {}

//export postern_call
func exportCall(promise, _, n int32) {
	text, _, _ := bridge.Take(n)
	call(int(promise), text)
}

// boundary_direct and boundary_accessor are called from outside of any goroutine, as events are.
//
//export boundary_direct
func exportDirect(i int32) int32 { return int32(direct(int(i))) }

//export boundary_accessor
func exportAccessor(i int32) int32 { return int32(accessor(int(i))) }

// direct is what the product must not do, and what TinyGo 0.41 may stop at where it has a collector.
func direct(i int) int {
	arm(i, func(y int) int { return y + i })
	k := armed[7]
	delete(armed, 7)
	return k(1)
}
