//go:build js

package main

import (
	"strconv"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/lock"
)

// crowd is how many functions wait at once.
const crowd = 200

// waits tries what those that wait have in the module's memory meanwhile: nobody else may write there.
func waits() []check {
	return []check{{"waits/stacks", 5, func(js.Value) string {
		var all lock.Gate
		fault, left := "", crowd
		for i := range crowd {
			lock.Go(func() {
				// They end in another order than they began in, some at the same moment.
				if below(i, 6) != i*6 && fault == "" {
					fault = "what function " + strconv.Itoa(i) + " had on its stack was written over"
				}
				if left--; left == 0 {
					all.Open()
				}
			})
		}
		all.Wait()
		return fault
	}}}
}

// below waits at each of its depths, and returns how often it found what it had left times i.
func below(i, depth int) int {
	if depth == 0 {
		return 0
	}
	// No larger, or TinyGo has it in the heap.
	var kept [30]int64
	fill(&kept, i*depth)
	// The gate's own Wait, without a function in between that puts the stack right.
	later := &lock.Gate{}
	lock.Go(func() {
		_, _ = bridge.Await((crowd-i)*depth%61, "after", "")
		later.Open()
	})
	later.Wait()
	sum := below(i, depth-1)
	if holds(&kept, i*depth) {
		sum += i
	}
	return sum
}

//go:noinline
func fill(kept *[30]int64, with int) {
	for j := range kept {
		kept[j] = int64(with + j)
	}
}

//go:noinline
func holds(kept *[30]int64, with int) bool {
	for j := range kept {
		if kept[j] != int64(with+j) {
			return false
		}
	}
	return true
}

// overflow uses more than a stack has, some 240 bytes for each depth, and ends the module: that is how it is noticed.
func overflow(depth int) bool {
	var kept [30]int64
	fill(&kept, depth+1)
	return (depth == 0 || overflow(depth-1)) && holds(&kept, depth+1)
}
