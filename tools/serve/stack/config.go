package stack

import (
	"cmp"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/postern-auth/postern/tools/serve/provider"
)

// What a test needs to know of the provider.
const (
	ClientID    = provider.ClientID
	ACRPassword = provider.ACRPassword
	ACRFresh    = provider.ACRFresh
)

// User is somebody who can sign in.
type User = provider.User

// Users returns everybody who can sign in.
func Users() []User { return provider.Users() }

// Config describes a stack. Its zero value is one on free ports with nothing to serve but /config.json.
type Config struct {
	// Where to listen, as in ":4300". An address without a host means the loopback interface; "" means a free port on it.
	AppAddr, IssuerAddr, APIAddr string

	// Demo is the directory behind "/" of the app, Dist the one behind "/postern/". Mounts adds others, by prefix.
	Demo, Dist string
	Mounts     map[string]string
	// App answers for "/" in place of Demo, for a development server with a mind of its own.
	App http.Handler
	// CSP replaces the app's Content-Security-Policy, for a test page that needs another.
	CSP string
	// COOP is the app's Cross-Origin-Opener-Policy, IssuerCOOP that of the login pages. "" sends none.
	COOP, IssuerCOOP string
	// RedirectPaths are paths of the app to which a login and a logout may return, beside "", "/", "/callback" and the relay page
	// "/postern/callback.html".
	RedirectPaths []string

	// Algorithm signs tokens: RS256, the default, or ES256.
	Algorithm string
	// Audiences adds resources that access tokens can be for. The API's URL is always one.
	Audiences []string
	// The lifetimes default to a minute, a day and an hour. They are cut to whole seconds.
	AccessTokenLifetime, RefreshTokenLifetime, IDTokenLifetime time.Duration
	// SessionLifetime makes ID tokens say when the session must end, in session_expiry. The default is that they don't.
	SessionLifetime time.Duration
	// RotationOverlap is how long the immediate predecessor of a refresh token is still accepted. The default is not at all.
	RotationOverlap time.Duration
	// CrossSite gives the issuer another site than the app's, to which its cookies are those of a third party.
	CrossSite bool
	// RequirePAR refuses authorization requests that weren't pushed.
	RequirePAR bool
	// RefreshAlways gives a refresh token without the scope offline_access too.
	RefreshAlways bool
	// WebMessage lets the provider's pages post their answers to the window that opened them.
	WebMessage bool
	// DPoPNonces makes the provider and the API want their nonces in each DPoP proof.
	DPoPNonces bool

	// Front stands before the issuer, for a test whose client wants other paths, or who wants to see what goes by. nil is nothing.
	Front func(issuer http.Handler) http.Handler

	// Faults opens /faults to the app. From Go, faults can be armed in any case.
	Faults bool
	// Now is the clock of everything but go-oidc's own timestamps: the overlap, max_age and the API's view of a token's end. A test
	// may run it ahead.
	Now func() time.Time
	// Log hears what the provider refuses and why. The default is nobody.
	Log *slog.Logger
}

func (c Config) withDefaults() Config {
	c.AppAddr = cmp.Or(c.AppAddr, ":0")
	c.IssuerAddr = cmp.Or(c.IssuerAddr, ":0")
	c.APIAddr = cmp.Or(c.APIAddr, ":0")
	c.Algorithm = cmp.Or(c.Algorithm, "RS256")
	c.AccessTokenLifetime = cmp.Or(c.AccessTokenLifetime, time.Minute)
	c.RefreshTokenLifetime = cmp.Or(c.RefreshTokenLifetime, 24*time.Hour)
	// go-oidc refuses an ID token hint that has expired, so a short life would make sign-out fail in a tab left open.
	c.IDTokenLifetime = cmp.Or(c.IDTokenLifetime, time.Hour)
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c Config) redirectURIs(app string) []string {
	var uris []string
	for _, path := range slices.Concat([]string{"", "/", "/callback", "/postern/callback.html"}, c.RedirectPaths) {
		uris = append(uris, app+path)
	}
	return uris
}

// mounts are the app's directories by prefix.
func (c Config) mounts() map[string]string {
	all := map[string]string{}
	if c.Demo != "" {
		all["/"] = c.Demo
	}
	if c.Dist != "" {
		all["/postern/"] = c.Dist
	}
	for prefix, dir := range c.Mounts {
		all[prefix] = dir
	}
	return all
}
