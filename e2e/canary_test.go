package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// No token, code or verifier is in anything that an application may log or show: console, errors, events, snapshots. The test collects
// every secret that there is, makes as much go wrong as it can, and reads everything that came out.
func TestNoSecretGetsOut(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const options = "{ahead: 0, logs: true, cacheLocation: 'localstorage'}"
		const planted = "canary-access-token-4d1f6c0b9a"
		a := start(t, b)
		a.Allow("the server responded with a status of")
		a.Allow("net::ERR_")
		a.diagnosable()
		var out strings.Builder
		watch := func(expression string) {
			var o struct{ Error map[string]any }
			a.Eval("t.outcome(async () => "+expression+")", &o)
			for name, value := range o.Error {
				if text, ok := value.(string); ok {
					out.WriteString(name + ": " + text + "\n")
				}
			}
		}
		collect := func() {
			var d diagnosis
			a.Eval("t.client.diagnose()", &d)
			for _, f := range d.Checks {
				out.WriteString(f.Detail + f.Hint + "\n")
			}
			trace := strings.Join(d.Trace, "\n") + "\n"
			assert.NotContains(t, strings.ToLower(trace), "alice", "a trace is for strangers to read")
			out.WriteString(trace)
			out.WriteString(a.Text("JSON.stringify([t.events, t.client?.session()])") + "\n" + a.Text("document.documentElement.outerHTML"))
		}

		a.create(options)
		callback := a.callbackURL("{appState: {ordinary: true}}")
		query := a.query()
		secrets := []string{query.Get("code"), query.Get("state")}
		a.create(options)
		secrets = append(secrets, a.values(`(() => {
			const [, record] = Object.entries({...sessionStorage}).find(([key]) => key.startsWith('postern:login:'));
			const login = JSON.parse(record.slice(record.indexOf('{')));
			return [login.code_verifier, login.nonce];
		})()`)...)
		a.Goto(with(t, callback, "iss", "https://evil.example"))
		a.ready()
		a.create(options)
		watch("t.client.handleRedirectCallback()")
		a.Goto(callback)
		a.ready()
		a.create(options)
		watch("t.client.handleRedirectCallback()")
		watch("t.client.handleRedirectCallback(location.href + '?code=" + query.Get("code") + "&state=" + strings.ToLower(query.Get("state")) + "')")
		watch("t.client.handleRedirectCallback(" + "location.href + '?code=" + query.Get("code") + "&code=" + query.Get("code") + "&state=x')")
		collect()

		a.signInAgain("alice", "wonderland", options)
		secrets = append(secrets, a.secrets()...)
		a.Eval("t.ahead = 61000")
		a.stack.Faults().Answer(1, fault.Unavailable)
		watch("t.client.getTokenSilently()")
		// A provider that repeats what it was sent, and one that sends nonsense with a token in it.
		token := secrets[len(secrets)-1]
		for _, answer := range []fault.Reply{
			{Status: 400, Body: `{"error": "invalid_request", "error_description": "unknown token ` + token + `"}`},
			{Status: 400, Body: `{"error": "` + token + `"}`},
			{Status: 400, Body: `{"access_token": "` + planted + `", "refresh_token": 7}`},
			{Status: 400, Body: `{"access_token": "` + token},
			{Status: 400, Body: token},
			{Status: 503, Body: token},
		} {
			answer.Header = map[string][]string{"Content-Type": {"application/json"}}
			a.stack.Faults().Answer(1, answer)
			age(a) // past any back-off
			watch("t.client.getTokenSilently()")
		}
		// Tokens of the test's own making are let in and handed out, and stand nowhere else.
		a.stack.Faults().Answer(1, fault.Reply{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}},
			Body: `{"access_token": "` + planted + `", "token_type": "Bearer", "expires_in": 60, "scope": "openid", "refresh_token": "` + token + `"}`})
		age(a)
		require.Equal(t, planted, a.token())
		secrets = append(secrets, planted)
		collect()
		age(a)
		a.token()
		secrets = append(secrets, a.secrets()...)
		age(a)
		a.stack.Faults().Cut(fault.MidBody, 1)
		watch("t.client.getTokenSilently()") // revokes
		watch("t.client.getTokenSilently()")
		watch("t.client.revokeRefreshToken()")
		collect()
		watch("t.client.logout({logoutParams: {returnTo: 'javascript:alert(1)'}})")
		collect()

		// The same without a logger: what is warned of goes to the console.
		const silent = "{ahead: 0, refreshTokenLifetime: {idleSeconds: 100}}"
		a.Eval("localStorage.clear()")
		a.open(home)
		a.create(silent)
		a.signInAgain("alice", "wonderland", silent)
		secrets = append(secrets, a.secrets()...)
		token = secrets[len(secrets)-1]
		a.stack.Faults().Answer(1, fault.Reply{Status: 400, Header: map[string][]string{"Content-Type": {"application/json"}},
			Body: `{"error": "` + token + `", "error_description": "` + token + `"}`})
		age(a)
		watch("t.client.getTokenSilently()")
		a.Eval("t.ahead += 3600000")
		a.token() // and a clock that is an hour wrong
		secrets = append(secrets, a.secrets()...)
		watch("t.client.logout({openUrl: false})")
		collect()
		out.WriteString(a.Transcript())

		text := out.String()
		require.Contains(t, text, "state_mismatch")
		require.Contains(t, text, "callback_replayed")
		require.Contains(t, text, "issuer_mismatch")
		require.Contains(t, text, "session_revoked")
		require.Contains(t, text, "redirect_blocked")
		require.Contains(t, text, "console.warning: postern: ")
		require.Contains(t, text, "/token: 503 after")
		require.Contains(t, text, "Alice Liddell")
		require.GreaterOrEqual(t, len(secrets), 10)
		for _, secret := range secrets {
			require.Greater(t, len(secret), 20)
			assert.NotContains(t, text, secret)
		}
		assert.NotContains(t, text, "eyJ", "no JWT of any kind")
	})
}

// values are the strings of an array.
func (a *app) values(expression string) (list []string) {
	a.Helper()
	a.Eval(expression, &list)
	return list
}
