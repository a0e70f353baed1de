package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file that few pages need, and that a user who was offline for a moment didn't get: the error blames neither the code nor the browser's storage, and the
// next call fetches it.
func TestMoreLost(t *testing.T) {
	for name, test := range map[string]struct{ options, file, call, then string }{
		"fetch":    {"{}", "postern.more.js", "t.client.fetch('/nothing/here')", "login_required"},
		"a key":    {"{useDpop: true}", "postern.more.js", "t.client.loginWithRedirect({openUrl: () => {}})", ""},
		"a popup":  {"{}", "postern.more.js", "t.client.loginWithPopup({}, {popup: {close() {}}, timeoutInSeconds: 1})", "popup_timeout"},
		"a worker": {"{cacheLocation: 'memory'}", "postern.more.js", "t.client.isAuthenticated()", ""},
		"diagnose": {"{}", "postern.diagnose.js", "t.client.diagnose().then(() => {})", ""},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.Allow("net::ERR_")
				a.Allow("status of 400") // what diagnose() asks is refused
				a.Eval("t.construct(" + test.options + ")")
				a.Lose(test.file, 1)
				e := a.fails("wasm_unavailable", test.call)
				assert.True(t, e.Retryable)
				assert.Contains(t, e.Description, test.file)
				if test.then != "" {
					a.fails(test.then, test.call)
					return
				}
				a.begin("again", test.call)
				require.Nil(t, a.end("again").Error)
			})
		})
	}
}
