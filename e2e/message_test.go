package e2e

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// messages is a provider that posts its answers; byMessage a client that has named no page for them.
func messages(c *stack.Config) {
	calm(c)
	c.WebMessage = true
}

const byMessage = "{ahead: 0, backgroundRenewal: false, useRefreshTokens: false, useRefreshTokensFallback: true}"

// deaf is a page that hears nothing through channels, which is how a page of the application's would hand an answer on.
const deaf = "void (window.BroadcastChannel = class { postMessage() {} close() {} })"

// Response mode web_message: the provider's own page in the frame posts the answer, and no page of the application's has to.
func TestSilentByMessage(t *testing.T) {
	for name, par := range map[string]bool{"in the address": false, "pushed": true} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, messages, func(c *stack.Config) { c.RequirePAR = par })
				a.signIn(byMessage)
				first := a.token()
				age(a)
				a.Eval(deaf)
				assert.NotEqual(t, first, a.token())
				assert.Equal(t, 2, a.exchanges())
				a.noFrame()

				a.stack.ForgetSignIns()
				age(a)
				a.fails("missing_refresh_token", "t.client.getTokenSilently()")
				assert.Contains(t, a.warned(), "third_party_cookies_blocked")
				a.noFrame()
			})
		})
	}
}

func TestPopupByMessage(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, messages)
		a.create(alone)
		a.Eval(deaf)
		window := a.popup()
		window.WaitFor("document.querySelector('#username')")
		window.consent()
		require.Nil(t, a.end("popup").Error)
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, home, a.Text("location.pathname"))
	})
}

// What isn't the provider's, from the window that was opened, for this login, isn't heard; and what is, is checked as any answer is.
func TestForgedMessages(t *testing.T) {
	// The page in the frame, which forges before it answers. STATE is the login's.
	forgeries := map[string]struct{ script, code, counted string }{
		"of another state":  {"say({code: 'forged', state: '~other'}); say({code: 'forged'}); say({code: 'forged', state: ['STATE']})", "", "3 of another login"},
		"of another type":   {"parent.postMessage({type: 'relay', response: {code: 'forged', state: 'STATE'}}, '*'); parent.postMessage('STATE', '*'); parent.postMessage(null, '*')", "", "3 of another login"},
		"of another frame":  {"const f = document.createElement('iframe'); document.documentElement.append(f); f.contentWindow.eval(\"parent.parent.postMessage({type: 'authorization_response', response: {code: 'forged', state: 'STATE'}}, '*')\")", "", "1 of another window"},
		"of another issuer": {"say({code: 'forged', state: 'STATE', iss: 'https://evil.example'})", "issuer_mismatch", ""},
		"code and error":    {"say({code: 'forged', state: 'STATE', error: 'access_denied'})", "callback_invalid", ""},
	}
	for name, forgery := range forgeries {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, messages, func(c *stack.Config) {
					c.Front = func(issuer http.Handler) http.Handler {
						return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
							query, _ := url.ParseQuery(r.URL.RawQuery)
							if query.Get("prompt") != "none" || query.Get("honest") != "" {
								issuer.ServeHTTP(w, r)
								return
							}
							w.Header().Set("Content-Type", "text/html")
							query.Set("honest", "1")
							page := "<!doctype html><script>const say = (response) => parent.postMessage({type: 'authorization_response', response}, '*');" +
								forgery.script + "; location = '/authorize?HONEST'</script>"
							page = strings.ReplaceAll(strings.ReplaceAll(page, "STATE", query.Get("state")), "HONEST", query.Encode())
							_, _ = io.WriteString(w, page)
						})
					}
				})
				a.signIn(byMessage)
				age(a)
				// The page itself, which knows the state, isn't the provider.
				a.Eval(`t.forging = setInterval(() => {
					const key = Object.keys(sessionStorage).find((name) => name.startsWith('postern:login:~'));
					if (key) postMessage({type: 'authorization_response', response: {code: 'forged', state: key.slice('postern:login:'.length)}}, '*');
				}, 1)`)
				if forgery.code != "" {
					a.fails(forgery.code, "t.client.getTokenSilently()")
					assert.Equal(t, 1, a.exchanges())
				} else {
					a.token()
					assert.Equal(t, 2, a.exchanges(), "one for the sign-in, one for the answer")
				}
				a.Eval("clearInterval(t.forging)")
				a.Allow("status of 400") // what diagnose asks the token endpoint
				trace := a.Text("t.client.diagnose().then(({trace}) => trace.at(-1))")
				assert.Regexp(t, "messages ignored: .*[1-9][0-9]* of another origin", trace, "the page's own")
				assert.Contains(t, trace, forgery.counted)
				a.noFrame()
			})
		})
	}
}
