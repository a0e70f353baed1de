package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// A vault in a worker is one for all tabs of the origin, so that one that reloads or opens anew has the session, and nobody is sent to the provider for it.

// mortal has the vault in a worker that a page can end, and whose session ends as soon as its last page is gone.
const mortal = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', workerUrl: '/e2e/mortal-worker.js'}"

func TestWorkerOfAllTabs(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(inWorker)
		first := a.token()
		other := a.tabs(1, inWorker)[0]
		assert.Equal(t, "worker", other.session().Storage)
		assert.Equal(t, "demo|alice", other.subject(), "a new tab")
		same(t, first, other.token())

		a.reload(inWorker)
		assert.Equal(t, "demo|alice", a.subject(), "a reload")
		same(t, first, a.token())

		a.Close()
		same(t, first, other.token(), "the tab that started the worker is gone")
		other.reload("{...(" + inWorker + "), authorizationParams: {scope: 'openid'}}")
		assert.Equal(t, "demo|alice", other.subject(), "what a login asks for makes no other session")
		assert.Equal(t, 1, other.exchanges())
		assert.Zero(t, other.refreshes())
		other.kept(1)
	})
}

// The only tab reloads: Chromium keeps the worker for it. When the last one is closed, the session isn't waited for by anybody.
func TestWorkerOfTheLastTab(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(inWorker)
		for range 3 {
			a.reload(inWorker)
			assert.Equal(t, "demo|alice", a.subject())
		}
		assert.Equal(t, 1, a.exchanges())

		last := a.tabs(1, mortal)[0]
		last.signInAgain("alice", "wonderland", mortal)
		a.Eval("void (t.alone = new Promise((heard) => { new BroadcastChannel('mortal').onmessage = heard; }))")
		last.Close()
		a.Eval("t.alone.then(() => {})")
		assert.Equal(t, "", a.tabs(1, mortal)[0].subject())
		a.greeted("demo|alice")
	})
}

// In two tabs the same token ends at once: it is renewed once, for both.
func TestWorkerOfAllTabsRotatesOnce(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(inWorker)
		other := a.tabs(1, inWorker)[0]
		for round := range 3 {
			age(a, other)
			gate := held(t, fault.BeforeCommit, a)
			renew(other)
			gate.Release()
			same(t, a.text("token"), other.text("token"))
			assert.Equal(t, round+1, a.refreshes())
			assert.Equal(t, round+2, other.session().Generation)
		}
		a.kept(1)
	})
}

// A tab that sleeps holds nobody up, and has missed nothing when it wakes.
func TestWorkerOfAllTabsFrozen(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(inWorker)
		other := a.tabs(1, inWorker)[0]
		age(a, other)
		gate := held(t, fault.BeforeCommit, a)
		a.Freeze()
		gate.Release()
		token := other.token()
		age(other)
		assert.NotEqual(t, token, other.token())
		other.Eval("t.client.logout({openUrl: false})")
		a.Thaw()
		a.becomes("s.status == 'signed-out'")
		other.kept(1, ledger.ByClient)
	})
}

// The worker ends, with the session. Each tab is told by its next call, and the first one to call starts another worker for all of them.
func TestWorkerOfAllTabsEnds(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := spied(t, b, "")
		a.signIn(mortal)
		other := a.tabs(1, mortal)[0]
		age(a, other)
		a.Eval("spied.workers[0].postMessage('die')")
		for _, tab := range []*app{a, other} {
			assert.True(t, tab.fails("internal", "t.client.getTokenSilently()").Retryable)
			tab.fails("login_required", "t.client.getTokenSilently()")
			assert.Equal(t, "", tab.subject())
		}
		a.signInAgain("alice", "wonderland", at(mortal, 1))
		other.becomes("s.status == 'signed-in'")
		same(t, a.token(), other.token())
	})
}

// Another provider's client, other options of the vault, another script: each has a worker of its own.
func TestWorkerOfOthers(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(inWorker)
		for _, options := range []string{"clientId: 'another'", "httpTimeoutInSeconds: 9", "workerUrl: '/postern/postern.worker.js?mine'", "wasmUrl: '/postern/postern.wasm?mine'"} {
			other := a.tabs(1, "{...("+inWorker+"), "+options+"}")[0]
			assert.Equal(t, "", other.subject(), options)
		}
		a.greeted("demo|alice")
		require.Equal(t, 1, a.exchanges())
	})
}
