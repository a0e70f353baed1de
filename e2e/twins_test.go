package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// twin makes one of two clients of the same options, as an effect does that React's StrictMode runs twice, and hands it the address in t.url. What
// becomes of that is its result, and who the client knows at once to be signed in.
func (a *app) twin(name, options string) {
	a.Helper()
	a.Eval("t.construct(" + options + "); t.url ??= location.href; t." + name + " = t.client")
	a.begin(name, "{ const { appState } = await t."+name+".handleRedirectCallback(t.url); return [appState, await t."+name+".isAuthenticated()]; }")
}

// An application that makes its client in an effect has two of them under StrictMode, and the first is closed, perhaps, where the effect cleans up. In one
// page that is one exchange and one result all the same, and the second client knows the session.
func TestTwoClientsOneCallback(t *testing.T) {
	for name, test := range map[string]struct {
		options  string
		close    bool
		ofItsOwn bool
	}{
		"session":                   {alone, false, false},
		"session, closed":           {alone, true, false},
		"local, closed":             {shared, true, false},
		"custom":                    {custom, false, false},
		"custom, closed":            {custom, true, false},
		"memory, closed":            {"{...(" + inWorker + "), useWorker: false}", true, false},
		"worker, closed":            {inWorker, true, false},
		"worker of its own, closed": {inWorker, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b)
				if test.ofItsOwn {
					a.BeforeScripts(ofItsOwn)
					a.open(home)
				}
				a.create(test.options)
				a.callbackURL("{appState: 7}")
				gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
				a.twin("first", test.options)
				arrived(t, gate)
				if test.close {
					a.Eval("t.first.close()")
					a.failed("client_closed", "the call under way", a.end("first"))
				}
				a.twin("second", test.options)
				gate.Release()
				assert.JSONEq(t, "[7,true]", string(a.end("second").Value))
				if !test.close {
					assert.JSONEq(t, "[7,true]", string(a.end("first").Value))
				}
				a.twin("third", test.options)
				assert.JSONEq(t, "[7,true]", string(a.end("third").Value), "afterwards")
				assert.Equal(t, 1, a.exchanges())
				a.clean()
				assert.Equal(t, "demo|alice", a.subject())
				a.greeted("demo|alice")
			})
		})
	}
}
