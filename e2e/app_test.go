package e2e

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// home is the path of the test page, where logins come back to.
const home = "/e2e/"

// app is the test page, open in a tab, and the servers that it talks to.
type app struct {
	*chromium.Tab
	stack *stack.Stack
}

// start starts the servers and opens the page. configure may change the servers.
func start(t *testing.T, b build, configure ...func(*stack.Config)) *app {
	t.Helper()
	return startIn(t, browser, b, configure...)
}

func startIn(t *testing.T, in *chromium.Browser, b build, configure ...func(*stack.Config)) *app {
	t.Helper()
	c := stack.Config{
		Dist:          b.Dir,
		Mounts:        map[string]string{home: "pages"},
		RedirectPaths: []string{home, home + "classic.html", home + "?view=inbox&sort=date"},
		Log:           slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, change := range configure {
		change(&c)
	}
	for prefix, dir := range c.Mounts {
		full, err := filepath.Abs(dir)
		require.NoError(t, err)
		c.Mounts[prefix] = full
	}
	// t.Context() ends before the cleanups: servers that went with it would leave the tabs with a closed port.
	s, err := stack.Start(context.WithoutCancel(t.Context()), c)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	a := &app{in.Open(t), s}
	a.open(home)
	return a
}

// anotherTab opens the page once more, in a second tab of the same browser.
func (a *app) anotherTab() *app {
	a.Helper()
	other := &app{a.Sibling(), a.stack}
	other.open(home)
	return other
}

// open loads a page of the app.
func (a *app) open(path string) {
	a.Helper()
	a.Goto(a.stack.AppURL() + path)
	a.ready()
}

// ready waits for a test page that has just been loaded.
func (a *app) ready() {
	a.Helper()
	a.WaitFor("window.t && !t.client")
}

// reload loads the page again and makes the client anew.
func (a *app) reload(options string) {
	a.Helper()
	a.Reload()
	a.ready()
	a.create(options)
}

// create makes the page's client. options are JavaScript, as t.options of the page takes them; "" is none.
func (a *app) create(options string) {
	a.Helper()
	a.Eval("t.create(" + options + ")")
}

// authError is every field of an AuthError.
type authError struct {
	Name, Code, Error, Message, Cause string
	Description                       string `json:"error_description"`
	Retryable, IsError                bool
	AppState                          json.RawMessage
}

// outcome is what became of a promise.
type outcome struct {
	Value json.RawMessage
	Error *authError
}

// fails runs an expression that must end in an AuthError with this code, and returns the error.
func (a *app) fails(code, expression string) authError {
	a.Helper()
	var o outcome
	a.Eval("t.outcome(async () => "+expression+")", &o)
	return a.failed(code, expression, o)
}

func (a *app) failed(code, expression string, o outcome) authError {
	a.Helper()
	require.NotNil(a, o.Error, "%s should have failed; it is %s", expression, o.Value)
	require.Equal(a, "AuthError", o.Error.Name, "%s: %+v", expression, *o.Error)
	require.Equal(a, code, o.Error.Code, "%s: %s", expression, o.Error.Message)
	require.True(a, o.Error.IsError)
	return *o.Error
}

// begin starts an expression and doesn't wait for it; end does, and returns its outcome.
func (a *app) begin(name, expression string) {
	a.Helper()
	a.Eval("t.begin(" + chromium.Quote(name) + ", async () => " + expression + ")")
}

func (a *app) end(name string) (o outcome) {
	a.Helper()
	a.Eval("t.flights["+chromium.Quote(name)+"]", &o)
	return o
}

// token returns an access token.
func (a *app) token() string {
	a.Helper()
	return a.Text("t.client.getTokenSilently()")
}

// snapshot is the session as the page sees it.
type snapshot struct {
	Status           string
	User             map[string]any
	ExpiresAt        int64
	Deadlines        map[string]any
	ClockSkewSeconds float64
	Generation       int
	Storage          string
}

func (a *app) session() (s snapshot) {
	a.Helper()
	a.Eval("t.client.session()", &s)
	return s
}

// subject is the sub of whoever is signed in, and "" where nobody is. Every way of asking must agree.
func (a *app) subject() string {
	a.Helper()
	var seen struct {
		User, Claims, Snapshot *string
		Authenticated          bool
		Status                 string
	}
	a.Eval(`(async () => ({
		user: (await t.client.getUser())?.sub, claims: (await t.client.getIdTokenClaims())?.sub,
		authenticated: await t.client.isAuthenticated(),
		snapshot: t.client.session().user?.sub, status: t.client.session().status,
	}))()`, &seen)
	require.Equal(a, seen.User, seen.Claims)
	require.Equal(a, seen.User, seen.Snapshot)
	require.Equal(a, seen.User != nil, seen.Authenticated)
	if seen.User == nil {
		require.Equal(a, "signed-out", seen.Status)
		return ""
	}
	require.Contains(a, []string{"signed-in", "recovering", "offline"}, seen.Status)
	return *seen.User
}

// query is what stands behind the question mark of the address bar.
func (a *app) query() url.Values {
	a.Helper()
	u, err := url.Parse(a.URL())
	require.NoError(a, err)
	return u.Query()
}

// exchanges and refreshes count the requests at the token endpoint.
func (a *app) exchanges() int { return a.stack.Ledger().Requests("authorization_code") }
func (a *app) refreshes() int { return a.stack.Ledger().Requests("refresh_token") }

// revoked counts the families that ended for a reason.
func (a *app) revoked(why ledger.Reason) (n int) {
	for _, r := range a.stack.Ledger().Revocations() {
		if r.Reason == why {
			n++
		}
	}
	return n
}
