package consumers

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// auth0-react as it is published, given a client of postern/auth0.
func TestAuth0Client(t *testing.T) {
	a := install(t, "auth0")
	a.npm("run", "client")
	home := a.built("")
	refused(t, home)
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, home))
}

// auth0-react's own source, where the name @auth0/auth0-spa-js leads to postern/auth0.
func TestAuth0Alias(t *testing.T) {
	a := install(t, "auth0")
	a.npm("run", "alias")
	home := a.built("")
	refused(t, home)
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, home))
	scripts, err := filepath.Glob(filepath.Join(a.dir, "dist", "assets", "*.js"))
	require.NoError(t, err)
	require.NotEmpty(t, scripts)
	for _, script := range scripts {
		assert.False(t, strings.Contains(read(t, script), "auth0.is.authenticated"), "%s has auth0-spa-js inside", script)
	}
}

// refused signs somebody in who then says no: the application is told by auth0-spa-js's class, with what it had in hand when it left.
func refused(t *testing.T, home string) {
	t.Helper()
	tab := browser.Open(t)
	const shown = "document.querySelector('#who')?.textContent"
	tab.Goto(home)
	tab.WaitFor(shown)
	require.Equal(t, "nobody", tab.Text(shown))
	tab.Click("#in")
	tab.Fill("#username", "alice")
	tab.Fill("#password", "wonderland")
	tab.Click("#sign-in")
	tab.Click("#deny")
	tab.WaitFor(shown)
	assert.Equal(t, "failed: access_denied: /", tab.Text(shown))
}

// The defaults and errors of auth0-spa-js, without a framework.
func TestAuth0Uses(t *testing.T) {
	a := install(t, "auth0")
	a.npm("run", "client")
	tab := browser.Open(t)
	tab.Goto(a.built("") + "uses.html")
	tab.WaitFor("window.uses")

	type sent struct{ Scope, Audience, Prompt string }
	login := func(arguments string) (s sent) {
		t.Helper()
		tab.Eval("uses.login("+arguments+")", &s)
		return s
	}
	plain := login("{}, {}")
	assert.Equal(t, "openid email read:messages", plain.Scope, "no offline_access: useRefreshTokens is off unless asked for")
	assert.NotEmpty(t, plain.Audience)
	assert.Equal(t, plain, login("{}, {}, 'onRedirect'"), "the old name of openUrl")
	assert.Equal(t, "openid email read:messages offline_access", login("{useRefreshTokens: true}, {}").Scope)
	assert.Equal(t, "openid email read:messages more", login("{}, {authorizationParams: {scope: 'more'}}").Scope, "on top of the client's")
	assert.Equal(t, "openid of:it", login("{authorizationParams: {audience: 'https://api.example.com', scope: {'https://api.example.com': 'of:it', default: 'other'}}}, {}").Scope)
	assert.Equal(t, "openid other", login("{authorizationParams: {scope: {'https://api.example.com': 'of:it', default: 'other'}}}, {}").Scope)
	assert.Equal(t, "openid of:it", login("{authorizationParams: {scope: {'https://api.example.com': 'of:it', default: 'other'}}}, {authorizationParams: {audience: 'https://api.example.com'}}").Scope)
	login("{leeway: 5, cookieDomain: '.example.com', legacySameSiteCookie: false, useCookiesForTransactions: true, sessionCheckExpiryDays: 2, useFormData: true, auth0Client: {name: 'x', version: '1'}}, {}")

	for run, want := range map[string]string{
		"uses.client().getTokenSilently()":                                           "GenericError: login_required: login_required",
		"uses.client().getTokenSilently({cacheMode: 'cache-only'})":                  "no: undefined",
		"uses.client({useRefreshTokens: true}).getTokenSilently()":                   "GenericError: login_required: login_required",
		"uses.client().handleRedirectCallback(location.origin + '/?code=1&state=2')": "GenericError: state_mismatch: state_mismatch",
		"uses.client({sessionTransferTokenQueryParamName: 'stt'}).isAuthenticated()": "GenericError InvalidConfigurationError: invalid_configuration: config_invalid",
		"(window.open = () => null, uses.client()).loginWithPopup()":                 "GenericError PopupOpenError: popup_open: popup_blocked",
		"uses.client().checkSession()":                                               "no: undefined",
		"uses.client().isAuthenticated()":                                            "no: false",
	} {
		assert.Equal(t, want, tab.Text("uses.fails(() => "+run+")"), run)
	}
}

// What the names are and do where there is no browser.
func TestAuth0Names(t *testing.T) {
	a := install(t, "auth0")
	cmd := exec.CommandContext(t.Context(), "node", "names.mjs")
	cmd.Dir = a.dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}
