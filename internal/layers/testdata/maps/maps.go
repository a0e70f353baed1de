// Package maps is read by a test, never built: each lookup whose line says so must be flagged, and no other.
package maps

import (
	"strings"
	"syscall/js"
)

type point struct{ x, y int }

type named struct {
	point
	name string
}

type table map[string]*point

type holder struct {
	funcs   map[int]func()
	texts   map[string]string
	counts  map[string]int
	points  map[string]point
	pairs   map[string][2]named
	none    map[string][0]func()
	values  map[int]js.Value
	builder map[int]*strings.Builder
	table   table
	deep    map[string]map[string]int
	any     map[string]any
	channel map[string]chan int
	slices  [][]string
}

// The trap itself: what was looked up is freed while it runs.
func (h *holder) run(id int) {
	f := h.funcs[id] // flagged
	delete(h.funcs, id)
	f()
}

func (h *holder) reads(k string) (n int, s string) {
	s = h.texts[k]         // flagged
	s, ok := h.texts[k]    // flagged
	if h.texts[k] == "x" { // flagged
		n++
	}
	n += len(h.texts[k])    // flagged
	h.texts[k] += "more"    // flagged
	h.funcs[0]()            // flagged
	_ = h.pairs[k][0].x     // flagged
	_ = h.values[1]         // flagged
	h.builder[2].Reset()    // flagged
	h.table[k].x = 1        // flagged
	_ = (h.any)[k]          // flagged
	n += <-h.channel[k]     // flagged
	h.deep[k]["inner"] = 1  // flagged
	n += h.deep[k]["inner"] // flagged
	for range h.texts[k] {  // flagged
		n++
	}
	_ = ok
	return n, s
}

func (h *holder) harmless(k string) int {
	h.texts[k] = "written"
	(h.funcs[1]) = nil
	delete(h.texts, k)
	_, found := h.texts[k]
	if _, found = h.any[k]; found {
		h.counts[k]++
	}
	_ = h.none[k]
	_ = h.slices[0][1]
	h.counts[k] += h.points[k].x
	return h.counts[k] + len(h.texts)
}

// Accessors: what they return is tracked.
func (h *holder) text(k string) string { return h.texts[k] }

func (h *holder) function(id int) func() {
	return (h.funcs[id])
}

// Each of these does something with the value before it is safe.
func (h *holder) called(id int)               { h.funcs[id]() }                        // flagged
func (h *holder) trimmed(k string) string     { return strings.TrimSpace(h.texts[k]) } // flagged
func (h *holder) both(k string) (string, int) { return h.texts[k], h.counts[k] }       // flagged

func (h *holder) literal(id int) func() {
	get := func() func() { return h.funcs[id] }
	return get()
}

func generic[M ~map[string]E, E any, S ~[]E](m M, s S) E {
	e := m["k"] // flagged
	e = s[0]
	return e
}
