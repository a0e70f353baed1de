package demo

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// page is the demo in a tab, with the servers that make demo starts.
type page struct {
	*chromium.Tab
	stack *stack.Stack
}

// open opens the demo with a build of the SDK. An empty Dir is a server that hasn't got it. Tokens live long enough for nothing to be renewed in the
// background, which would count a generation that a test on a slow machine doesn't expect.
func open(t *testing.T, b builds.Build) *page {
	t.Helper()
	return openWith(t, stack.Config{Dist: b.Dir, AccessTokenLifetime: 10 * time.Minute})
}

func openWith(t *testing.T, c stack.Config) *page {
	t.Helper()
	c.Demo, c.Faults, c.Log = filepath.Join(root, "demo"), true, slog.New(slog.NewTextHandler(t.Output(), nil))
	s, err := stack.Start(context.WithoutCancel(t.Context()), c)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	p := &page{browser.Open(t), s}
	p.Goto(s.AppURL() + "/")
	return p
}

// The status as the page shows it.
const (
	signedOut = "signed out"
	signedIn  = "signed in"
)

// is waits until the page says so and has nothing more to do.
func (p *page) is(status string) {
	p.Helper()
	p.WaitFor("document.querySelector('#status')?.textContent == " + chromium.Quote(status) + " && !document.querySelector('[aria-busy]')")
}

// shows waits until an element holds a text.
func (p *page) shows(selector, text string) {
	p.Helper()
	p.WaitFor("document.querySelector(" + chromium.Quote(selector) + ")?.textContent.includes(" + chromium.Quote(text) + ")")
}

// step is a state of the pages: what it is called, and what its user does to get there from the one before.
type step struct {
	name string
	act  func(p *page)
}

// tour leads through every state of every page. Each step ends when the page has come to rest.
var tour = []step{
	{"signed out", func(p *page) { p.is(signedOut) }},
	{"sign-in form", func(p *page) {
		p.Click("#login")
		p.WaitFor("document.querySelector('#username')")
	}},
	{"wrong password", func(p *page) {
		p.Allow("status of 401")
		p.Fill("#username", "alice")
		p.Fill("#password", "looking-glass")
		p.Click("#sign-in")
		p.WaitFor("document.querySelector('#problem')")
	}},
	{"consent", func(p *page) {
		p.Fill("#password", "wonderland")
		p.Click("#sign-in")
		p.WaitFor("document.querySelector('#allow')")
	}},
	{"signed in", func(p *page) {
		p.Click("#allow")
		p.is(signedIn)
		p.shows("#user-name", "Alice Liddell")
		p.shows("#generation", "1")
	}},
	{"API called", func(p *page) {
		p.Click("#call-api")
		p.shows("#api-status", "200 OK")
		p.shows("#api-body", "demo|alice")
	}},
	{"renewed", func(p *page) {
		p.Click("#renew")
		p.shows("#generation", "2")
		p.shows("#ledger", "Renewals1")
	}},
	{"diagnosed, all unfolded", func(p *page) {
		p.Allow("status of 400") // the token endpoint refuses what nobody can be granted
		p.Click("#diagnose")
		p.shows("#diagnosis-summary", "All 15 checks")
		p.WaitFor("document.querySelectorAll('#diagnosis li[data-ok=true]').length == 15")
		p.shows("#trace", "restore: ok")
		p.Eval("document.querySelectorAll('details').forEach((d) => { d.open = true })")
		p.shows("#raw", "ey")
	}},
	{"fault armed", func(p *page) {
		p.Click("#fault-unavailable")
		p.shows("#armed", "503")
	}},
	{"an error that passes", func(p *page) {
		p.Allow("status of 503")
		p.Click("#renew")
		p.shows("#problem-code", "token_endpoint_error")
	}},
	{"renewed all the same", func(p *page) {
		// The provider wants a second's peace, as its answer said, and until then every press gets the same answer.
		p.WaitFor("(document.querySelector('#renew').click(), Number(document.querySelector('#generation').textContent) >= 3)")
		p.is(signedIn)
		p.WaitFor("document.querySelector('#problem').hidden")
	}},
	{"the API refuses", func(p *page) {
		p.Click("#fault-expire")
		p.shows("#events", "expire now")
		p.Click("#call-api")
		p.shows("#api-status", "401")
	}},
	{"an answer lost", func(p *page) {
		p.Allow("net::ERR_")
		p.Allow("status of 400")
		p.Click("#fault-lose")
		p.shows("#armed", "cut")
		p.Click("#renew")
		p.shows("#ledger", "Revocations1")
		p.is(signedIn)
		p.shows("#generation", "1")
	}},
	{"an error that ends the session", func(p *page) {
		p.Click("#fault-revoke")
		p.shows("#events", "revoke the session")
		p.Click("#renew")
		p.is(signedOut)
		p.WaitFor("document.querySelector('#problem-sign-in')")
	}},
	{"signed out at the provider", func(p *page) {
		p.Goto(p.stack.IssuerURL() + "/logout")
		p.WaitFor("document.querySelector('h1')")
	}},
	{"a request that the provider refuses", func(p *page) {
		p.Goto(p.stack.IssuerURL() + "/authorize?client_id=nobody")
		p.WaitFor("document.querySelector('#problem')")
	}},
}

// through takes a page along the tour, and calls at in each state.
func (p *page) through(at func(state string)) {
	p.Helper()
	for _, s := range tour {
		s.act(p)
		at(s.name)
	}
}

// signIn is the part of the tour that ends with Alice signed in.
func (p *page) signIn() {
	p.Helper()
	for _, s := range tour {
		s.act(p)
		if s.name == "signed in" {
			return
		}
	}
}
