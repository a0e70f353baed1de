package rotation

import (
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/app"
)

var networkCases = []testCase{
	{
		id: "flapping", title: "F15. The network comes and goes",
		what: "The token has expired and the browser is offline. The page asks for a token; the network comes back and goes again at " +
			"once; three times. At last it stays, and the page asks again.",
		required: "Still signed in, no family revoked, no storm of requests.",
		call:     "the three calls while offline", rows: single, run: flapping,
	},
}

func flapping(w *world) {
	p := w.open(1)[0]
	for round := range 3 {
		w.network(p, false)
		if round == 0 {
			p.Later(passed)
		} else {
			p.Begin("token", "t.sdk.token()")
		}
		w.facts.call = append(w.facts.call, p.End("token"))
		w.network(p, true)
	}
	w.facts.phase()
	w.afterwards(p)
}

// network connects the page or cuts it off. The provider's port is closed too: Chromium's emulation reaches the page and not the worker from
// which auth0-spa-js sends.
func (w *world) network(p *app.Page, on bool) {
	w.Helper()
	if on {
		require.NoError(w, w.stack.StartIssuer())
		p.Offline(false)
		return
	}
	require.NoError(w, w.stack.StopIssuer())
	p.Offline(true)
}
