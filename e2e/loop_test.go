package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/chromium"
)

// An application that sends its user to sign in whenever nobody is signed in turns a small mistake into an endless loop. The fifth round
// within a minute stops, and the error names the cause.

// rounds goes to the provider and back four times, and each time does what a broken application does then.
func (a *app) rounds(options, loginOptions string, broken func()) authError {
	a.Helper()
	for range 4 {
		a.login(loginOptions)
		a.ready()
		a.create(options)
		broken()
	}
	e := a.fails("login_loop", "t.client.loginWithRedirect("+loginOptions+")")
	assert.False(a, e.Retryable)
	return e
}

// known makes the provider know the user, so that it sends them straight back.
func (a *app) known(options string) {
	a.Helper()
	a.signIn(options)
	a.Eval("t.client.logout({openUrl: false})")
	a.Eval("t.ahead += 120000") // another minute
}

func TestLoopCallbackFails(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create(alone)
		e := a.rounds(alone, "{authorizationParams: {prompt: 'none'}}", func() {
			a.fails("login_required", "t.client.handleRedirectCallback()")
		})
		assert.Contains(t, e.Description, "login_required", "what the callback failed with")

		a.Eval("t.ahead = 61000")
		a.login("") // a minute later it is a new try
		a.authenticate("alice", "wonderland")
		a.answer("allow")
		a.finish(alone)
		assert.Equal(t, "demo|alice", a.subject())
	})
}

func TestLoopCallbackForgotten(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.known(alone)
		a.open(home)
		a.create("{ahead: 120000, backgroundRenewal: false}")
		e := a.rounds("{ahead: 120000, backgroundRenewal: false}", "", func() {})
		assert.Contains(t, e.Description, "handleRedirectCallback")
		assert.Equal(t, 1, a.exchanges())
	})
}

// The session doesn't survive the page load that the application makes after every sign-in.
func TestLoopSessionLost(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const options = "{ahead: 120000, backgroundRenewal: false, cacheLocation: 'memory', useWorker: false}"
		a := start(t, b)
		a.known(alone)
		a.open(home)
		a.create(options)
		e := a.rounds(options, "", func() {
			a.Eval("t.client.handleRedirectCallback()")
			a.reload(options)
			assert.Equal(t, "", a.subject())
		})
		assert.Regexp(t, `(?i)lost|gone|memory|stor`, e.Description)
		assert.NotContains(t, e.Description, "handleRedirectCallback")
	})
}

// Somebody who presses the button again and again in one page makes no loop, and neither do pages of other tabs.
func TestNoLoop(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create(alone)
		for range 7 {
			a.Eval("t.client.loginWithRedirect({openUrl: () => {}})")
		}
		for _, tab := range a.tabs(6, alone) {
			tab.Eval("t.client.loginWithRedirect({openUrl: () => {}})")
		}
	})
}

// A state that was handled before, in this tab: the back button, or a bookmark. It neither signs out nor asks the provider.
func TestCallbackReplayed(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		callback := a.callbackURL("")
		a.create("")
		a.Eval("t.client.handleRedirectCallback()")
		a.Eval("t.client.handleRedirectCallback(" + chromium.Quote(callback) + ")") // in the same page it is the same result
		for range 2 {
			a.Goto(callback)
			a.ready()
			a.create("")
			e := a.fails("callback_replayed", "t.client.handleRedirectCallback()")
			assert.False(t, e.Retryable)
			a.clean()
			assert.Equal(t, "demo|alice", a.subject())
		}
		other := a.anotherTab()
		other.Goto(callback)
		other.ready()
		other.create("")
		other.fails("state_mismatch", "t.client.handleRedirectCallback()") // that tab has never heard of it
		assert.Equal(t, 1, a.exchanges())
	})
}
