package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

const inPopup = "{ahead: 0, backgroundRenewal: false, popupRedirectUri: new URL('/postern/callback.html', location).href}"

// popup presses a button that begins a sign-in in a window of its own, and returns that window.
func (a *app) popup() *app {
	a.Helper()
	window := a.Opened("t.begin('popup', async () => t.client.loginWithPopup())")
	window.Ends()
	window.Allow("favicon.ico")
	return &app{window, a.stack}
}

// consent signs Alice in, in a popup that ends with it.
func (a *app) consent() {
	a.Helper()
	a.authenticate("alice", "wonderland")
	a.WaitFor("document.querySelector('#allow')")
	a.Eval("void setTimeout(() => document.querySelector('#allow').click())") // the page is gone before a click would return
}

func TestPopup(t *testing.T) {
	for name, coop := range map[string]string{"with its opener": "", "cut off from its opener": "same-origin"} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, registered, func(c *stack.Config) { c.IssuerCOOP = coop })
				a.create(inPopup)
				if coop != "" {
					// A browser without windows lets every page believe that it has its user's attention. With windows, the popup has it.
					a.Eval("void (document.hasFocus = () => false)")
				}
				window := a.popup()
				window.WaitFor("document.querySelector('#username')")
				window.consent()
				require.Nil(t, a.end("popup").Error)
				assert.Equal(t, "demo|alice", a.subject())
				assert.Equal(t, home, a.Text("location.pathname"), "the page stayed")
				age(a)
				a.token()
				assert.Equal(t, 1, a.refreshes())
			})
		})
	}
}

func TestPopupFails(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(window *app)
		code string
	}{
		"denied": {func(window *app) {
			window.authenticate("alice", "wonderland")
			window.WaitFor("document.querySelector('#deny')")
			window.Eval("void setTimeout(() => document.querySelector('#deny').click())")
		}, "access_denied"},
		"closed": {func(window *app) { window.Close() }, "popup_closed"},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, registered)
				a.create(inPopup)
				window := a.popup()
				window.WaitFor("document.querySelector('#username')")
				test.do(window)
				e := a.end("popup").Error
				require.NotNil(t, e)
				assert.Equal(t, test.code, e.Code, e.Message)
				assert.Equal(t, "", a.subject())
				a.noFrame()
			})
		})
	}
}

// Nobody waits for ever, and the window that is no longer wanted goes.
func TestPopupTimesOut(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, registered)
		a.create(inPopup)
		a.fails("popup_timeout", "t.client.loginWithPopup({}, {popup: globalThis.opened = window.open(), timeoutInSeconds: 1})")
		assert.True(t, a.Bool("opened.closed"))
		for range 2 { // the application's own window serves again
			a.fails("popup_timeout", "t.client.loginWithPopup({}, {popup: globalThis.kept ??= window.open(), closePopup: false, timeoutInSeconds: 1})")
			assert.False(t, a.Bool("kept.closed"))
		}
		a.Eval("kept.close()")
		a.noFrame()
	})
}

func TestPopupBlocked(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, registered)
		a.create(inPopup)
		a.Eval("void (window.open = () => null)")
		e := a.fails("popup_blocked", "t.client.loginWithPopup()")
		assert.Contains(t, e.Message, "click")
		assert.Equal(t, "", a.subject())
	})
}
