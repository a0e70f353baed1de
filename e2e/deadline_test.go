package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

type deadline struct {
	Kind      string
	InSeconds float64
}

// deadlines are those that the page has been told of so far.
func (a *app) deadlines() (told []deadline) {
	a.Helper()
	a.Eval("t.told('deadline')", &told)
	return told
}

// at is a deadline of the snapshot, in seconds from now by the true clock.
func (a *app) at(kind string) float64 {
	a.Helper()
	return a.number("(t.client.session().deadlines." + kind + " - Date.now()) / 1000")
}

// looks moves the page's clock to so many seconds after the start, and lets the page look at it.
func (a *app) looks(seconds int) {
	a.Helper()
	a.Eval("t.ahead = " + itoa(seconds) + " * 1000; dispatchEvent(new Event('focus')); t.client.getUser()")
}

// What the application knows of its provider's refresh tokens becomes deadlines that the user can be told of.
func TestRefreshTokenDeadlines(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const options = "{ahead: 0, backgroundRenewal: false, refreshTokenLifetime: {idleSeconds: 420, absoluteSeconds: 900}}"
		a := start(t, b, calm)
		a.signIn(options)
		assert.InDelta(t, 420, a.at("idle"), 20)
		assert.InDelta(t, 900, a.at("absolute"), 20)
		assert.Empty(t, a.deadlines())

		a.looks(200)
		a.WaitFor("t.told('deadline').length")
		a.looks(210)
		a.looks(220)
		told := a.deadlines()
		require.Len(t, told, 1, "once")
		assert.Equal(t, "idle", told[0].Kind)
		assert.InDelta(t, 220, told[0].InSeconds, 20)

		a.Eval("t.ahead = 310000")
		a.token() // the family is used, so it is idle no longer
		assert.InDelta(t, 310+420, a.at("idle"), 20)
		assert.InDelta(t, 900, a.at("absolute"), 20, "from the login on")
		a.looks(605)
		a.WaitFor("t.told('deadline').some(d => d.kind == 'absolute')")
		a.looks(608)
		absolute := 0
		for _, d := range a.deadlines() {
			if d.Kind == "absolute" {
				absolute++
				assert.InDelta(t, 295, d.InSeconds, 20)
			}
		}
		assert.Equal(t, 1, absolute, "%v", a.deadlines())

		a.reload("{..." + options + ", ahead: 400000}")
		assert.InDelta(t, 900, a.at("absolute"), 40, "a reload knows it, too")
		assert.Equal(t, 1, a.refreshes())
	})
}

// Nobody has said how long refresh tokens live: then there is nothing to tell.
func TestNoDeadlines(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		assert.Empty(t, a.session().Deadlines)
		a.looks(200)
		a.looks(100000)
		assert.Empty(t, a.deadlines())
		assert.Equal(t, "demo|alice", a.subject())
	})
}

// The provider says in the ID token when the session must end. It does, whatever else still lives.
func TestSessionExpiry(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.AccessTokenLifetime, c.SessionLifetime = 20*time.Minute, 8*time.Minute })
		a.signIn(alone)
		assert.InDelta(t, 480, a.at("sessionExpiry"), 20)
		a.looks(130)
		assert.Empty(t, a.deadlines())
		a.looks(240)
		a.WaitFor("t.told('deadline').length")
		a.looks(250)
		told := a.deadlines()
		require.Len(t, told, 1)
		assert.Equal(t, "session_expiry", told[0].Kind)
		assert.InDelta(t, 240, told[0].InSeconds, 20)
		a.token()

		a.Eval("t.events.length = 0; t.ahead = 490000")
		e := a.fails("session_expired", "t.client.getTokenSilently()")
		assert.False(t, e.Retryable)
		a.endedOnce()
		assert.NotContains(t, a.Text("t.stored()"), "eyJ")
		assert.Zero(t, a.refreshes())
		a.reload("{ahead: 490000, backgroundRenewal: false}")
		assert.Equal(t, "", a.subject())
	})
}

// Nobody calls: the page ends the session by itself, and the other tabs with it.
func TestSessionExpiryByItself(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { calm(c); c.SessionLifetime = 4 * time.Minute })
		a.signIn(shared)
		other := a.tabs(1, shared)[0]
		for _, tab := range []*app{a, other} {
			tab.looks(250)
			tab.becomes("s.status == 'signed-out'")
			tab.fails("login_required", "t.client.getTokenSilently()")
		}
		assert.Zero(t, a.refreshes())
	})
}

// A page that was closed at the time opens signed out.
func TestSessionExpiryWhileAway(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { calm(c); c.SessionLifetime = 4 * time.Minute })
		a.signIn(shared)
		a.reload("{ahead: 250000, backgroundRenewal: false, cacheLocation: 'localstorage'}")
		assert.Equal(t, "", a.subject())
		assert.NotContains(t, a.Text("t.stored()"), "eyJ")
		assert.Zero(t, a.refreshes())
	})
}
