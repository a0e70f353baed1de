package e2e

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// Without a refresh token the provider is asked in a hidden frame, which is gone afterwards, and its answer with it.
const byFrame = "{ahead: 0, backgroundRenewal: false, useRefreshTokens: false, useRefreshTokensFallback: true, silentRedirectUri: new URL('/postern/callback.html', location).href}"

// registered lets the provider send its answers to callback.html too.
func registered(c *stack.Config) {
	calm(c)
	c.RedirectPaths = append(c.RedirectPaths, "/postern/callback.html")
}

func (a *app) noFrame() {
	a.Helper()
	assert.True(a, a.Bool("!document.querySelector('iframe')"), "a frame was left behind")
	assert.True(a, a.Bool("!Object.keys(sessionStorage).some(key => key.startsWith('postern:login:'))"), "a login was left in flight")
}

func TestSilentRenewal(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, registered)
		a.signIn(byFrame)
		first := a.token()
		age(a)
		second := a.token()
		assert.NotEqual(t, first, second)
		assert.Equal(t, 2, a.exchanges())
		assert.Equal(t, 0, a.refreshes())
		assert.Equal(t, "demo|alice", a.subject())
		a.noFrame()

		a.stack.ForgetSignIns()
		age(a)
		a.fails("missing_refresh_token", "t.client.getTokenSilently()")
		assert.Contains(t, a.warned(), "third_party_cookies_blocked")
		assert.Equal(t, "demo|alice", a.subject(), "the provider's session is not this one")
		a.noFrame()
	})
}

// The page that the provider sends its answer to may be the application itself, which must not start to work in a frame that nobody sees.
func TestSilentSignInThroughTheApplication(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.create(alone)
		a.Eval("t.client.checkSession()")
		assert.Equal(t, "", a.subject(), "nobody is signed in at the provider, and no frame is asked for")
		a.signIn(alone)
		a.Eval("sessionStorage.clear()")
		a.reload("{ahead: 0, backgroundRenewal: false, useRefreshTokensFallback: true}")
		assert.Equal(t, "", a.subject())
		a.Eval("t.client.checkSession()")
		assert.Equal(t, "demo|alice", a.subject())
		a.noFrame()
		age(a)
		a.token()
		assert.Equal(t, 1, a.refreshes(), "a refresh token came with it")
	})
}

// A session that ended at the token endpoint may go on at the provider, also where the application knew when the refresh token would end.
func TestSilentAfterRevocation(t *testing.T) {
	for name, lifetime := range map[string]string{"unforeseen": "", "at its end": ", refreshTokenLifetime: {absoluteSeconds: 60}"} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm)
				a.Allow("status of 400")
				a.signIn("{ahead: 0, backgroundRenewal: false, useRefreshTokensFallback: true" + lifetime + "}")
				a.stack.Faults().RevokeSessions()
				age(a)
				a.token()
				assert.Equal(t, "demo|alice", a.subject())
				a.noFrame()
			})
		})
	}
}

// Nobody calls: the background meets the end, and the frame's answer is there before somebody does.
func TestSilentInTheBackground(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.Allow("status of 400")
		a.signIn("{ahead: 0, useRefreshTokensFallback: true, refreshTokenLifetime: {absoluteSeconds: 60}}")
		first := a.token()
		a.Eval("t.events.length = 0")
		a.stack.Faults().RevokeSessions()
		age(a)
		a.Eval("dispatchEvent(new Event('focus'))")
		a.WaitFor("t.told('token').length")
		assert.Equal(t, 1, a.refreshes())
		assert.Equal(t, 2, a.exchanges())
		assert.Equal(t, "demo|alice", a.subject())
		assert.NotEqual(t, first, a.token())
		assert.Equal(t, 1, a.refreshes(), "the frame's token serves")
		a.noFrame()
	})
}

// A provider that shows a page instead, or forbids to be framed, isn't waited for until the time is up.
func TestSilentMeetsAPage(t *testing.T) {
	for name, header := range map[string]http.Header{
		"a login page":     {"Content-Type": {"text/html"}},
		"that isn't shown": {"Content-Type": {"text/html"}, "X-Frame-Options": {"DENY"}},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, calm, func(c *stack.Config) {
					c.Front = func(issuer http.Handler) http.Handler {
						return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							if query, _ := url.ParseQuery(r.URL.RawQuery); query.Get("prompt") == "none" {
								for name, values := range header {
									w.Header()[name] = values
								}
								_, _ = io.WriteString(w, "<!doctype html><title>Sign in</title><form></form>")
								return
							}
							issuer.ServeHTTP(w, r)
						})
					}
				})
				a.Allow("X-Frame-Options")
				a.signIn(byFrame[:len(byFrame)-1] + ", silentRedirectUri: undefined}")
				age(a)
				a.fails("missing_refresh_token", "t.client.getTokenSilently()")
				assert.NotContains(t, a.warned(), "third_party_cookies_blocked")
				a.noFrame()
			})
		})
	}
}

// To a browser, the provider is a third party. One that shows its frame the provider's cookies signs in; one that hides them is noticed at once, since
// the provider, which knows of nobody then, says so.
func TestSilentFromAnotherSite(t *testing.T) {
	for name, blocked := range map[string]bool{"cookies go along": false, "cookies are hidden": true} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, registered, func(c *stack.Config) { c.CrossSite = true })
				require.Contains(t, a.Text("t.settings.issuer"), "127.0.0.1")
				a.signIn(byFrame)
				if blocked {
					a.BlockThirdPartyCookies()
					a.reload(byFrame)
				}
				age(a)
				if !blocked {
					a.token()
					assert.Equal(t, 2, a.exchanges())
					a.noFrame()
					return
				}
				began := time.Now()
				a.fails("missing_refresh_token", "t.client.getTokenSilently()")
				assert.Less(t, time.Since(began), 20*time.Second, "not the minute that a frame may take")
				assert.Contains(t, a.warned(), "third_party_cookies_blocked")
				assert.Equal(t, "demo|alice", a.subject())
				a.noFrame()
				a.create("{ahead: 0, backgroundRenewal: false, useRefreshTokensFallback: true, cacheLocation: 'memory'}")
				a.Eval("t.client.checkSession()")
				assert.Equal(t, "", a.subject())
			})
		})
	}
}
