package rotation

import "github.com/postern-auth/postern/tools/serve/fault"

var lossCases = []testCase{
	{
		id: "lost-overlap", title: "F3. The response is lost in mid-body; the provider has an overlap",
		what:     "The provider commits, sends the headers and half of the body, and the connection breaks.",
		required: withOverlap,
		call:     "the call", rows: single, overlap: overlapped, run: cut(fault.MidBody),
	},
	{
		id: "lost", title: "F3. The response is lost in mid-body; no overlap",
		what:     "The same without overlap.",
		required: withoutOverlap,
		call:     "the call", rows: losing(single), run: cut(fault.MidBody),
	},
	{
		id: "never-arrived", title: "F4. The connection breaks before the provider has committed",
		what: "The request is read and the connection is closed, with nothing committed and nothing answered. Chromium may send the " +
			"request again by itself; the page can't tell.",
		required: "Still signed in, no family revoked.",
		call:     "the call", rows: single, run: cut(fault.BeforeCommit),
	},
	{
		id: "resent-overlap", title: "F17. The connection breaks after the commit and before the headers; the provider has an overlap",
		what:     "Nothing is answered, so that the browser itself may send the request again, perhaps twice.",
		required: "Nobody notices, or the old refresh token is sent once more by the SDK; still signed in, no family revoked.",
		call:     "the call", rows: single, overlap: overlapped, run: cut(fault.AfterCommit),
	},
	{
		id: "resent", title: "F17. The connection breaks after the commit and before the headers; no overlap",
		what:     "The same without overlap: the browser's own second request is what looks like theft.",
		required: withoutOverlap + " The browser's request is the one more.",
		call:     "the call", rows: losing(single), run: cut(fault.AfterCommit),
	},
}

// cut breaks one connection of the token endpoint.
func cut(at fault.Point) func(*world) {
	return func(w *world) {
		p := w.open(1)[0]
		w.stack.Faults().Cut(at, 1)
		w.facts.call = expire(p)
		w.facts.phase()
		w.afterwards(p)
	}
}
