//go:build js

package main

import (
	"strconv"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// TinyGo 0.41 doesn't tell its collector about what a map lookup returned. direct looks a function up, deletes it and calls it, and the
// collector may free it while it runs; accessor does the same with a function in between, whose result is tracked. Both should return 2i+1.

var armed = map[int]func(int) int{}

// litter is global, so that the compiler can't leave the allocations out.
var litter []byte

//go:noinline
func churn(n int) (total int) {
	for i := range n {
		b := make([]byte, 24)
		for j := range b {
			b[j] = byte(i)
		}
		litter = b
		total += len(litter)
	}
	return total
}

// churned is enough to make a collection likely where the compiler has a collector.
const churned = 3000

//go:noinline
func arm(a int, k func(int) int) {
	armed[7] = func(x int) int {
		n := churn(churned) // is this closure, and k, still there afterwards?
		return k(a + x + n - churned*24)
	}
}

func accessor(i int) int {
	arm(i, func(y int) int { return y + i })
	k := lookup(7)
	delete(armed, 7)
	return k(1)
}

//go:noinline
func lookup(id int) func(int) int { return armed[id] }

// lookups is for goroutines what the exported functions are for events.
func lookups() []check {
	return []check{{"lookup/in a goroutine", 100, func(js.Value) string {
		text, _, _ := bridge.Ask(0, "same", "7")
		i, _ := strconv.Atoi(text)
		return equal("the sum", strconv.Itoa(accessor(i)), strconv.Itoa(2*i+1))
	}}}
}
