package e2e

import (
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// signIn goes all the way as Alice, who has not consented before, and leaves a client made with options, which t.options takes.
func (a *app) signIn(options string) {
	a.Helper()
	a.signInAs("alice", "wonderland", options)
}

func (a *app) signInAs(user, password, options string) {
	a.Helper()
	a.create(options)
	a.signInAgain(user, password, options)
}

// signInAgain does it with the client that is there. The provider may remember the user, or what they consented to, and not ask.
func (a *app) signInAgain(user, password, options string) {
	a.Helper()
	const back = "window.t && !t.client"
	a.login("")
	a.WaitFor("document.querySelector('#username') || " + back)
	if !a.Bool(back) {
		a.authenticate(user, password)
		a.WaitFor("document.querySelector('#allow') || " + back)
	}
	if !a.Bool(back) {
		a.answer("allow")
	}
	a.finish(options)
	require.Equal(a, "demo|"+user, a.subject())
}

// finish takes the provider's answer as a page does that has just been loaded.
func (a *app) finish(options string) {
	a.Helper()
	a.ready()
	a.create(options)
	a.Eval("t.client.handleRedirectCallback()")
}

// login sends the user to the provider, from where they may be back already. options are RedirectLoginOptions.
func (a *app) login(options string) {
	a.Helper()
	a.begin("login", "t.client.loginWithRedirect("+options+")")
	a.WaitFor("!window.t?.client || t.ended.login?.error")
	if a.Bool("window.t?.client") {
		require.Nil(a, a.end("login").Error, "the login didn't begin")
	}
}

// authenticate fills in the provider's login form.
func (a *app) authenticate(user, password string) {
	a.Helper()
	a.Fill("#username", user)
	a.Fill("#password", password)
	a.answer("sign-in")
}

// answer presses a button of the provider: sign-in or cancel, allow or deny, sign-out or stay.
func (a *app) answer(button string) {
	a.Helper()
	a.Click("#" + button)
}

// callbackURL goes through a login and stops where the provider has sent the user back, before the page has handled the answer.
func (a *app) callbackURL(loginOptions string) string {
	a.Helper()
	a.login(loginOptions)
	a.authenticate("alice", "wonderland")
	a.answer("allow")
	a.ready()
	return a.URL()
}

// refusesChanged is a callback whose address, which an expression makes, isn't the one that the provider has sent the user to: nothing of it is believed,
// and all of it is gone from the address bar.
func (a *app) refusesChanged(options, address, code string) {
	a.Helper()
	a.create(options)
	a.callbackURL("")
	a.Eval("history.replaceState(null, '', " + address + ")")
	a.create(options)
	a.fails(code, "t.client.handleRedirectCallback()")
	assert.Equal(a, a.stack.AppURL()+home, a.URL())
	assert.Zero(a, a.exchanges())
	assert.Equal(a, "", a.subject())
}

// renewsInFrame is a session without a refresh token: the next access token comes by a hidden frame.
func (a *app) renewsInFrame(options string) {
	a.Helper()
	a.signIn(options)
	first := a.token()
	age(a)
	assert.NotEqual(a, first, a.token())
	assert.Equal(a, 2, a.exchanges())
	a.noFrame()
}
