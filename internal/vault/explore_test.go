package vault

import (
	"fmt"
	"hash/maphash"
	"os"
	"runtime"
	"strings"
	"testing"
)

// explorer searches every state that can be reached from the first.
type explorer struct {
	kind     kind
	tabs     int
	calls    uint8 // of each tab
	faults   uint8
	families int
	overlap  bool
	mutant   mutant

	seed   maphash.Seed
	seen   map[uint64]struct{}
	live   map[uint64]struct{}
	fair   bool
	broken string
	at     uint64 // the state in which it broke
	last   string // and the step
	states int

	now       situation
	rec, sent record
}

func (x *explorer) String() string {
	return fmt.Sprintf("%d tabs, %v store, overlap %v, %d calls each, %d faults, %d families", x.tabs, x.kind, x.overlap, x.calls, x.faults, x.families)
}

func (x *explorer) hash(s *state) uint64 { return maphash.Comparable(x.seed, *s) }

func (x *explorer) first() (s state) {
	first := entry{family: 1, gen: 1, token: 1, of: 1, good: 1}
	s.shared, s.newest[1], s.faults = first, 1, x.faults
	if x.kind == copied {
		s.shared = entry{}
	}
	for i := range x.tabs {
		s.tabs[i] = tab{calls: x.calls, haveFam: 1, haveGen: 1}
		if x.kind != shared {
			s.tabs[i].own = first
		}
	}
	return s
}

// next emits every state that may follow s.
func (x *explorer) next(s *state, emit func(i int, what string, s state)) {
	for i := range x.tabs {
		next := *s
		at := s.tabs[i].at
		if x.act(&next, i) {
			emit(i, placeNames[at], next)
		}
		x.others(s, i, emit)
	}
	x.world(s, emit)
}

// search goes breadth first, so that what it finds is short. It returns the broken invariant, or "", and tells how it came to
// that, which takes another search.
func (x *explorer) search(tell bool) (broken, how string) {
	x.seed = maphash.MakeSeed()
	if broken = x.sweep(nil); broken == "" || !tell {
		return broken, ""
	}
	before := map[uint64]uint64{}
	x.broken, x.last, x.states = "", "", 0
	return x.sweep(before), x.how(before)
}

// sweep sees every state once. Where before isn't nil, it notes which state came before each.
func (x *explorer) sweep(before map[uint64]uint64) string {
	x.seen, x.live = map[uint64]struct{}{}, map[uint64]struct{}{}
	start := x.first()
	x.seen[x.hash(&start)] = struct{}{}
	for level := []state{start}; len(level) > 0; {
		var next []state
		for i := range level {
			s := &level[i]
			x.states++
			x.checkQuiet(s)
			x.checkLive(*s)
			x.next(s, func(who int, what string, after state) {
				h := x.hash(&after)
				if _, known := x.seen[h]; !known {
					x.seen[h] = struct{}{}
					next = append(next, after)
					if before != nil {
						before[h] = x.hash(s)
					}
				}
				if x.broken != "" && x.last == "" {
					x.last = line(who, what)
				}
			})
			if x.broken != "" {
				x.at = x.hash(s)
				return x.broken
			}
		}
		level = next
	}
	return ""
}

// how tells how the state was reached in which something broke.
func (x *explorer) how(before map[uint64]uint64) string {
	var path []uint64
	s := x.first()
	for h := x.at; h != 0; h = before[h] {
		path = append(path, h)
	}
	var b strings.Builder
	for i := len(path) - 2; i >= 0; i-- {
		found := false
		from := s
		x.next(&from, func(who int, what string, after state) {
			if !found && x.hash(&after) == path[i] {
				found, s = true, after
				b.WriteString(line(who, what))
			}
		})
	}
	return b.String() + x.last
}

func line(who int, what string) string {
	if who < 0 {
		return what + "\n"
	}
	return fmt.Sprintf("tab %d: %s\n", who, what)
}

// bound is how far the search goes: "quick" with the race detector and as WebAssembly, which are slow, "usual" within make test, and "full"
// within make model.
func bound() string {
	switch {
	case os.Getenv("POSTERN_MODEL") != "":
		return os.Getenv("POSTERN_MODEL")
	case racing || runtime.GOARCH == "wasm":
		return "quick"
	}
	return "usual"
}

var bounds = map[string][]explorer{
	"quick": {{tabs: 2, calls: 1, faults: 1, families: 2}},
	"usual": {{tabs: 2, calls: 2, faults: 1, families: 2}, {tabs: 3, calls: 1, faults: 1, families: 1}, {tabs: 2, calls: 1, faults: 2, families: 2}},
	"full":  {{tabs: 2, calls: 2, faults: 2, families: 2}, {tabs: 3, calls: 1, faults: 2, families: 1}, {tabs: 2, calls: 1, faults: 3, families: 2}},
}

func everyBound() (all []explorer) {
	for _, bound := range bounds[bound()] {
		for _, bound.kind = range []kind{shared, slow, copied} {
			for _, bound.overlap = range []bool{false, true} {
				all = append(all, bound)
			}
		}
	}
	return all
}

func TestExplore(t *testing.T) {
	total := 0
	for _, x := range everyBound() {
		t.Run(x.String(), func(t *testing.T) {
			broken, how := x.search(true)
			if broken != "" {
				t.Errorf("%s\n%s", broken, how)
			}
			t.Logf("%d states", x.states)
			total += x.states
		})
	}
	fmt.Printf("the search saw %d states (%s)\n", total, bound())
}
