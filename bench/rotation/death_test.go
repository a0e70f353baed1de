package rotation

import (
	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/tools/serve/fault"
)

// What is required where the tab dies or the answer is lost after the provider has committed. The old token is all that is left of the session.
const (
	withOverlap    = "The old refresh token is sent once more and no more than that; still signed in, no family revoked."
	withoutOverlap = "The old refresh token is sent once more and no more than that. The provider takes it for theft and ends the family: " +
		"a silent sign-in begins another, or the user is signed out, with an error that says so and without a loop."
)

var deathCases = []testCase{
	{
		id: "killed-overlap", title: "F2. A tab is closed after the provider has committed; the provider has an overlap",
		what: "One tab's renewal is committed, and the tab is closed before the answer. Then the other tab wants a token. The provider " +
			"accepts the previous refresh token for a minute.",
		required: withOverlap,
		call:     "the other tab", rows: sharing, overlap: overlapped, runs: 3, run: killed,
	},
	{
		id: "killed", title: "F2. A tab is closed after the provider has committed; no overlap",
		what:     "The same with a provider that accepts no previous refresh token, which is the default of many.",
		required: withoutOverlap,
		call:     "the other tab", rows: losing(sharing), runs: 3, run: killed,
	},
	{
		id: "reloaded-overlap", title: "F2. The page is reloaded after the provider has committed; the provider has an overlap",
		what:     "One tab. Its renewal is committed, it is reloaded before the answer, and the new page wants a token.",
		required: withOverlap + " What is kept in memory survives a reload only in a worker that outlives the page.",
		call:     "the new page", rows: all, overlap: overlapped, run: reloaded,
	},
	{
		id: "reloaded", title: "F2. The page is reloaded after the provider has committed; no overlap",
		what:     "The same without overlap.",
		required: withoutOverlap,
		call:     "the new page", rows: losing(all), run: reloaded,
	},
}

func killed(w *world) {
	pages := w.open(2)
	left, victim := pages[0], pages[1]
	gate := w.stack.Faults().Hold(fault.AfterCommit, 1)
	victim.Later(passed)
	w.arrived(gate, 1)
	victim.Close()
	gate.Release()
	w.facts.call = expire(left)
	w.facts.phase()
	w.afterwards(left)
}

func reloaded(w *world) {
	p := w.open(1)[0]
	gate := w.stack.Faults().Hold(fault.AfterCommit, 1)
	p.Later(passed)
	w.arrived(gate, 1)
	p.LoadAgain()
	gate.Release() // a client may wait for what a worker that outlives the page had begun
	p.Start()
	w.facts.call = []app.Outcome{p.Ask()}
	w.facts.phase()
	w.afterwards(p)
}
