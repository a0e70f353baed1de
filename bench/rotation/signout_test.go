package rotation

import "github.com/postern-auth/postern/tools/serve/fault"

const signedOut = "The user stays signed out: no call yields a token. The late answer's tokens are revoked at the provider, not stored."

var signOutCases = []testCase{
	{
		id: "sign-out", title: "F11. Sign-out races a renewal, in one tab",
		what: "The provider has committed the renewal and not yet answered, when the user signs out in the same tab. Then the answer arrives. " +
			"Sign-out is the SDK's, without the navigation to the provider that would end the page and with it the race: " +
			"`logout({openUrl: false})`, `removeUser()`.",
		required: signedOut,
		call:     "the renewal under way", rows: single, run: signOut(1),
	},
	{
		id: "sign-out-elsewhere", title: "F11. Sign-out in another tab races a renewal",
		what:     "The same, with the sign-out in a second tab.",
		required: signedOut,
		call:     "the renewal under way", rows: sharing, runs: 3, run: signOut(2),
	},
}

// signOut signs out in the last of n tabs while the first renews.
func signOut(n int) func(*world) {
	return func(w *world) {
		pages := w.open(n)
		gate := w.stack.Faults().Hold(fault.AfterCommit, 1)
		pages[0].Later(passed)
		w.arrived(gate, 1)
		last := pages[n-1]
		last.Begin("out", "t.sdk.signOut()")
		// An SDK whose sign-out waits for the renewal would wait for ever; so that it may, it isn't waited for any longer than it takes others.
		last.Eval("Promise.race([t.flights.out, new Promise((resolve) => { setTimeout(resolve, 1000); })])")
		gate.Release()
		w.facts.call = ends(pages[:1])
		last.End("out")
		w.facts.phase()
		for _, p := range pages[1:] {
			p.Pass(passed)
		}
		w.afterwards(pages...)
	}
}
