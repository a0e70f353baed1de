package rotation

import "strings"

// arrangement is an SDK and where it keeps its tokens: a row of each table.
type arrangement struct {
	id, name string
	sdk      string // as the page's ?sdk= knows it
	options  string // JavaScript, for the page's create
	// shared says that all tabs see one session. Where it is false, each tab signs in by itself and has a family of its own.
	shared bool
	// timed says that the SDK renews by a timer, which looks every five seconds. How long a call took then says nothing.
	timed bool
	// lost says that the arrangement differs from the one before it only where a session was lost.
	lost bool
}

var arrangements = []arrangement{
	{id: "postern-local", name: "Postern, localstorage", sdk: "postern", options: "cacheLocation: 'localstorage'", shared: true},
	{
		id: "postern-frameless", name: "Postern, localstorage, useRefreshTokensFallback: false", sdk: "postern",
		options: "cacheLocation: 'localstorage', useRefreshTokensFallback: false", shared: true, lost: true,
	},
	{id: "postern-memory", name: "Postern, memory and worker", sdk: "postern", options: "cacheLocation: 'memory'", shared: true},
	{id: "postern-session", name: "Postern, sessionstorage", sdk: "postern", options: "cacheLocation: 'sessionstorage'"},
	{id: "auth0-memory", name: "auth0-spa-js, memory and worker", sdk: "auth0", options: "cacheLocation: 'memory'"},
	{id: "auth0-local", name: "auth0-spa-js, localstorage", sdk: "auth0", options: "cacheLocation: 'localstorage'", shared: true},
	{
		id: "auth0-framed", name: "auth0-spa-js, localstorage, useRefreshTokensFallback: true", sdk: "auth0",
		options: "cacheLocation: 'localstorage', useRefreshTokensFallback: true", shared: true, lost: true,
	},
	{
		id: "oidc-timer", name: "oidc-client-ts, localStorage, automaticSilentRenew", sdk: "oidc",
		options: "store: 'localStorage', automaticSilentRenew: true", shared: true, timed: true,
	},
	{
		id: "oidc-call", name: "oidc-client-ts, localStorage, signinSilent()", sdk: "oidc",
		options: "store: 'localStorage', automaticSilentRenew: false", shared: true,
	},
	{
		id: "oidc-session", name: "oidc-client-ts, sessionStorage, signinSilent()", sdk: "oidc",
		options: "store: 'sessionStorage', automaticSilentRenew: false",
	},
}

// Which rows a case has.
var (
	all     = func(a arrangement) bool { return !a.lost }
	sharing = func(a arrangement) bool { return a.shared && !a.lost }
	// separate are those that don't share a store of the browser's.
	separate = func(a arrangement) bool { return !a.shared || strings.HasSuffix(a.id, "-memory") }
	// single leaves out what differs from another row only where there is a second tab.
	single = func(a arrangement) bool { return sharing(a) || strings.HasSuffix(a.id, "-memory") }
)

// losing are these rows and those that differ where the session is lost.
func losing(rows func(arrangement) bool) func(arrangement) bool {
	return func(a arrangement) bool { return a.lost || rows(a) }
}
