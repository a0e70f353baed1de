package e2e

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
)

// clean says that nothing of the provider's answer is left in the address bar.
func (a *app) clean() {
	a.Helper()
	for _, name := range []string{"code", "state", "iss", "error", "error_description", "session_state"} {
		assert.NotContains(a, a.query(), name, a.URL())
	}
}

// with changes one parameter of an address; "" takes it away.
func with(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	query := u.Query()
	query.Set(name, value)
	if value == "" {
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// The address bar loses the answer and nothing else: other parameters, the fragment and the router's state stay.
func TestAddressBar(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("{authorizationParams: {redirect_uri: location.href + '?view=inbox&sort=date'}}")
		a.callbackURL("")
		for _, name := range []string{"code", "state", "iss"} {
			assert.Contains(t, a.query(), name)
		}
		a.Eval("history.replaceState({route: 7}, '', location.href + '#message-3')")
		a.create("")
		a.Eval("t.client.handleRedirectCallback()")
		assert.Equal(t, url.Values{"view": {"inbox"}, "sort": {"date"}}, a.query())
		assert.Equal(t, "#message-3", a.Text("location.hash"))
		assert.Equal(t, "7", a.Text("String(history.state.route)"))
		assert.Equal(t, "demo|alice", a.subject())
	})
}

// The address bar is clean before anything can go wrong.
func TestAddressBarAfterFailure(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		for _, answer := range []struct{ query, code string }{
			{"code=x&state=unknown", "state_mismatch"},
			{"code=x", "state_mismatch"},
			{"error=access_denied&state=unknown", "state_mismatch"},
			{"code=x&code=y&state=unknown", "callback_invalid"},
			{"code=x&error=access_denied&state=unknown", "callback_invalid"},
			{"code=%zz&state=unknown", "callback_invalid"},
			{"state=unknown", "callback_invalid"},
		} {
			a.open(home + "?" + answer.query + "&view=inbox")
			a.create("")
			e := a.fails(answer.code, "t.client.handleRedirectCallback()")
			assert.False(t, e.Retryable, answer.query)
			assert.Equal(t, a.stack.AppURL()+home+"?view=inbox", a.URL(), answer.query)
		}
		assert.Zero(t, a.stack.Ledger().Requests(""))
	})
}

// A callback that no answer came with is the application's mistake, and says so.
func TestNoCallback(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		e := a.fails("callback_invalid", "t.client.handleRedirectCallback()")
		assert.Contains(t, e.Description, "handleRedirectCallback")
	})
}

func TestStateTampered(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		callback := a.callbackURL("")
		for _, state := range []string{"", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", strings.ToLower(a.query().Get("state")) + "x"} {
			a.Goto(with(t, callback, "state", state))
			a.ready()
			a.create("")
			a.fails("state_mismatch", "t.client.handleRedirectCallback()")
			a.clean()
			assert.Zero(t, a.stack.Ledger().Requests(""))
			assert.Equal(t, "", a.subject())
		}
		a.Goto(callback)
		a.finish("")
		assert.Equal(t, "demo|alice", a.subject(), "a forged answer doesn't spoil the true one")
	})
}

// An answer that says it comes from another issuer isn't exchanged at this one (RFC 9207).
func TestIssuerMismatch(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for _, issuer := range []string{"https://evil.example", "", "with a slash"} {
			a := start(t, b)
			if issuer == "with a slash" {
				issuer = a.stack.IssuerURL() + "/"
			}
			a.create("")
			callback := a.callbackURL("{appState: 'kept'}")
			a.Goto(with(t, callback, "iss", issuer))
			a.ready()
			a.create("")
			e := a.fails("issuer_mismatch", "t.client.handleRedirectCallback()")
			assert.JSONEq(t, `"kept"`, string(e.AppState))
			a.clean()
			assert.Zero(t, a.stack.Ledger().Requests(""))

			// The login is used up: whoever sent the forged answer doesn't get a second chance.
			a.Goto(callback)
			a.ready()
			a.create("")
			a.fails("callback_replayed", "t.client.handleRedirectCallback()")
			assert.Zero(t, a.stack.Ledger().Requests(""))
		}
	})
}

func TestTransactionExpired(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("{ahead: 0}")
		a.callbackURL("{appState: {page: 9}}")
		a.create("{ahead: 11 * 60 * 1000}")
		e := a.fails("transaction_expired", "t.client.handleRedirectCallback()")
		assert.JSONEq(t, `{"page": 9}`, string(e.AppState))
		a.clean()
		assert.Zero(t, a.stack.Ledger().Requests(""))
		assert.Equal(t, "", a.subject())
	})
}

// React's StrictMode runs every effect twice, and routers are eager too.
func TestSameCallbackTwice(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		callback := a.callbackURL("{appState: {n: 1}}")
		a.create("")
		var results []any
		a.Eval("Promise.all([t.client.handleRedirectCallback(), t.client.handleRedirectCallback()])", &results)
		require.Len(t, results, 2)
		assert.Equal(t, results[0], results[1])
		a.Eval("Promise.all([t.client.handleRedirectCallback("+chromium.Quote(callback)+")])", &results)
		assert.Equal(t, []any{map[string]any{"appState": map[string]any{"n": 1.0}, "response_type": "code"}}, results)
		assert.Equal(t, 1, a.exchanges())
		assert.Equal(t, "demo|alice", a.subject())
	})
}

// A failure handled twice is one failure, too.
func TestSameFailureTwice(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		a.login("{appState: 5}")
		a.answer("cancel")
		a.ready()
		a.create("")
		var results []outcome
		a.Eval("Promise.all([t.outcome(t.client.handleRedirectCallback()), t.outcome(t.client.handleRedirectCallback())])", &results)
		require.Len(t, results, 2)
		assert.Equal(t, results[0], results[1])
		assert.Equal(t, "access_denied", results[0].Error.Code)
		assert.JSONEq(t, `5`, string(results[1].Error.AppState))
	})
}

// The back button, and forward again: the answer is in no entry of the history.
func TestBackButton(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		urls, at := a.History()
		for _, entry := range urls {
			assert.NotContains(t, entry, "code=")
		}
		first := 0
		for urls[first] != a.stack.AppURL()+home {
			first++
		}
		require.Less(t, first, at)
		for _, steps := range []int{at - first, first - at} {
			a.Back(steps)
			a.WaitFor("window.t")
			if !a.Bool("t.client") { // loaded again, and not from the back/forward cache
				a.create("")
			}
			a.clean()
			a.token()
			assert.Equal(t, "demo|alice", a.subject())
		}
		assert.Equal(t, 1, a.exchanges())
		assert.Zero(t, a.refreshes())
	})
}

// Logins under way in one tab don't disturb each other.
func TestTwoLoginsUnderWay(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		first := a.callbackURL("{appState: 'first'}")
		a.open(home)
		a.create("")
		a.login("{appState: 'second'}")
		a.ready()
		second := a.URL()
		for address, state := range map[string]string{first: "first", second: "second"} {
			a.Goto(address)
			a.ready()
			a.create("")
			assert.Equal(t, state, a.Text("t.client.handleRedirectCallback().then(r => r.appState)"))
		}
		assert.Equal(t, 2, a.exchanges())
	})
}
