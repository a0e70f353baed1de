package rotation

import "fmt"

// arrangement is an SDK and where it keeps its tokens: a row of each table.
type arrangement struct {
	id, name string
	sdk      string // as the page's ?sdk= knows it
	options  string // JavaScript, for the page's create
	// shared says that all tabs see one session. Where it is false, each tab signs in by itself and has a family of its own.
	shared bool
	// timed says that the SDK renews by a timer, which looks every five seconds. How long a call took then says nothing.
	timed bool
}

var arrangements = []arrangement{
	{id: "postern-local", name: "Postern, localstorage", sdk: "postern", options: "cacheLocation: 'localstorage'", shared: true},
	{id: "postern-session", name: "Postern, sessionstorage", sdk: "postern", options: "cacheLocation: 'sessionstorage'"},
	{id: "auth0-memory", name: "auth0-spa-js, memory and worker", sdk: "auth0", options: "cacheLocation: 'memory'"},
	{id: "auth0-local", name: "auth0-spa-js, localstorage", sdk: "auth0", options: "cacheLocation: 'localstorage'", shared: true},
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

// create is the JavaScript that makes the client. Postern is told to go by the clock that is moved, also where it would rather trust the monotonic
// one, and wants to know of the provider's overlap; the others have no such options.
func (a arrangement) create(overlapSeconds int) string {
	options := a.options
	if a.sdk == "postern" {
		options += fmt.Sprintf(", nowProvider: () => Date.now(), rotationOverlapInSeconds: %d", overlapSeconds)
	}
	return "t.create({" + options + "})"
}

// Which rows a case has.
var (
	all      = func(arrangement) bool { return true }
	sharing  = func(a arrangement) bool { return a.shared }
	separate = func(a arrangement) bool { return !a.shared }
	// single leaves out what differs from another row only where there is a second tab.
	single = func(a arrangement) bool { return a.shared || a.id == "auth0-memory" }
)
