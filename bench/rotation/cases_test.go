package rotation

import (
	"fmt"
	"testing"
	"time"
)

// testCase is one fault: a section of the report.
type testCase struct {
	id, title string
	// what describes it; required says what the session should come to, in the terms of the columns.
	what, required string
	// call heads the column of the first phase.
	call string
	// rows chooses the arrangements in which it means something.
	rows    func(arrangement) bool
	overlap time.Duration
	// runs is how often it is run where tabs share a store: what depends on who comes first may come out differently. 0 is once.
	runs int
	run  func(*world)
}

// overlapped is how long a provider that allows for it takes the previous refresh token.
const overlapped = time.Minute

// cases in the order of the report. The numbers are those of the refresh protocol's failures.
var cases = func() (list []testCase) {
	for _, group := range [][]testCase{tabCases, deathCases, lossCases, answerCases, clockCases, signOutCases, networkCases} {
		list = append(list, group...)
	}
	return list
}()

// done are the rows so far, by case and arrangement, one for each run.
var done = map[[2]string][]row{}

func TestRotation(t *testing.T) {
	for _, c := range cases {
		t.Run(c.id, func(t *testing.T) {
			for _, a := range arrangements {
				if c.rows(a) {
					t.Run(a.id, func(t *testing.T) { c.in(t, a) })
				}
			}
		})
	}
	report(t)
}

// in runs the case in one arrangement. A run that gets stuck has a row that says so, and the others go on.
func (c testCase) in(t *testing.T, a arrangement) {
	for n := range c.times(a) {
		t.Run(fmt.Sprint(n+1), func(t *testing.T) {
			key := [2]string{c.id, a.id}
			result := row{call: "the harness got stuck; see its log"}
			defer func() { done[key] = append(done[key], result) }()
			w := start(t, a, c.overlap)
			c.run(w)
			result = w.facts.row(!a.timed && c.times(a) == 1)
		})
	}
}

func (c testCase) times(a arrangement) int {
	if !a.shared {
		return 1
	}
	return max(1, c.runs)
}
