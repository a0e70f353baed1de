package rotation

import (
	"time"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/tools/serve/fault"
)

var tabCases = []testCase{
	{
		id: "two-tabs", title: "F1. Two tabs renew at once",
		what:     "Both find their token expired and ask for one. The provider answers when each has sent its request, or waits for the other's.",
		required: "One request for each rotation, both tabs have the token, no family revoked.",
		call:     "both tabs", rows: all, runs: 10, run: together(2),
	},
	{
		id: "twenty-tabs", title: "F1. Twenty tabs renew at once",
		what:     "The same with twenty. At most six requests are under way at once, since Chromium opens no more connections to one origin.",
		required: "The same.",
		call:     "all tabs", rows: all, runs: 5, run: together(20),
	},
	{
		id: "slow", title: "F8. The answer takes seven seconds, and another tab waits for it",
		what: "The provider commits the first tab's renewal and then sits on the answer for seven seconds. Meanwhile the second tab wants a " +
			"token. (auth0-spa-js's lock gives up after five; seven is less than what any of the SDKs gives a request.)",
		required: "Both tabs have the token in the end, by one request, no family revoked.",
		call:     "both tabs", rows: all, runs: 3, run: slow,
	},
	{
		id: "duplicated", title: "F16. A duplicated tab",
		what: "The page opens itself again by `window.open`, which copies sessionStorage as \"Duplicate tab\" does. Then both tabs renew, " +
			"one after the other.",
		required: "Both tabs work through all rotations, no family revoked. What is kept in the page's memory or in a worker of its " +
			"own isn't copied: such a duplicate is signed out.",
		call: "the first tab, then its duplicate", rows: separate, run: duplicated,
	},
}

// together is n tabs that renew at the same time.
func together(n int) func(*world) {
	return func(w *world) {
		pages := w.open(n)
		gate := w.stack.Faults().Hold(fault.BeforeCommit, n)
		app.LaterTogether(pages, passed)
		app.EveryoneIn(pages, w.stack.Ledger(), w.facts.from, patience)
		gate.Release()
		w.facts.call = ends(pages)
		w.facts.phase()
		w.afterwards(pages...)
	}
}

func slow(w *world) {
	pages := w.open(2)
	gate := w.stack.Faults().Hold(fault.AfterCommit, 1)
	pages[0].Later(passed)
	w.arrived(gate, 1)
	pages[1].Later(passed)
	time.AfterFunc(7*time.Second, gate.Release) // this is no wait of the harness, but the provider's slowness itself
	w.facts.call = ends(pages)
	w.facts.phase()
	w.afterwards(pages...)
}

func duplicated(w *world) {
	first := w.open(1)[0]
	second := w.newPage(first.Opened("window.open(location.href)"))
	second.Start()
	w.facts.call = expire(w.pages...)
	w.facts.phase()
	w.afterwards(first, second)
}
