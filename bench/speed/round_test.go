package speed

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// csp lets every SDK do what it does by default: auth0-spa-js makes its worker from a blob, others may frame the provider.
const csp = "default-src 'self' http://localhost:*; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; img-src data:"

// Calls for a token that needs no renewal, and renewals, in each round. The browser's clock shows tenths of a millisecond: a batch has to be long.
const (
	batches, calls = 10, 1000
	renewals       = 10
)

func TestSpeed(t *testing.T) {
	if !*write && !*show {
		t.Skip("this takes minutes, and is run by make bench")
	}
	all := append(measured[:len(measured):len(measured)], beside...)
	g := newGround(t, all)
	// Round by round, and each round begins with another: what else the machine does, it does to all of them.
	for round := range *rounds {
		for i := range all {
			v := all[(i+round)%len(all)]
			t.Run(fmt.Sprintf("%d/%s", round+1, v.id), func(t *testing.T) { g.measure(t, v) })
		}
	}
	for n := range *crowds {
		for _, v := range measured {
			t.Run(fmt.Sprintf("crowd/%d/%s", n+1, v.id), func(t *testing.T) { g.samples.add(v.id, "tabs", float64(crowd(t, v))) })
		}
	}
	if !t.Failed() {
		report(t, &g.samples)
	}
}

// ground is the servers of a run, and what was measured on them.
type ground struct {
	site    *site
	samples samples
}

func newGround(t *testing.T, all []variant) *ground {
	t.Helper()
	s, err := newSite(built)
	require.NoError(t, err)
	var paths []string
	for _, v := range all {
		paths = append(paths, v.path())
	}
	front := &app.Front{}
	s.stack, err = stack.Start(t.Context(), stack.Config{
		App: s, CSP: csp, RedirectPaths: paths,
		AccessTokenLifetime: time.Hour, // nothing is renewed but when it is asked for
		Front:               front.Before,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.stack.Close()) })
	front.Audience = s.stack.APIURL()
	return &ground{site: s}
}

// measure is one round of one variant. Each begins with an empty profile, over each of the networks.
func (g *ground) measure(t *testing.T, v variant) {
	if v.loads {
		for _, n := range networks {
			tab := g.open(t)
			tab.Slow(n.Network)
			g.samples.add(v.id, n.id, g.load(tab, v))
		}
	}
	if v.loads {
		tab := g.open(t)
		g.site.take(v)
		g.samples.add(v.id, "cold", g.load(tab, v))
		g.samples.add(v.id, "transfer", float64(g.site.take(v))/1000)
		g.load(tab, v) // the browser keeps compiled code from the second time on
		g.samples.add(v.id, "warm", g.load(tab, v))
		tab.Close()
	}
	tab := g.open(t)
	g.load(tab, v)
	if v.signs {
		g.signIn(tab, v)
		var cached, refreshed []float64
		tab.Eval(fmt.Sprintf("b.cached(%d, %d)", batches, calls), &cached)
		g.samples.add(v.id, "cached", summary(cached).median)
		g.samples.add(v.id, "memory", tab.Memory()/1000)
		tab.Eval(fmt.Sprintf("b.refresh(%d)", renewals), &refreshed)
		g.samples.add(v.id, "refresh", summary(refreshed).median)
	} else {
		g.samples.add(v.id, "memory", tab.Memory()/1000)
	}
	tab.Close()
}

func (g *ground) open(t *testing.T) *chromium.Tab {
	tab := browser.Open(t)
	tab.Allow("") // what an SDK says to the console is no part of this
	g.leave(tab)  // now there is a process for the page
	return tab
}

// leave goes to a page without anything.
func (g *ground) leave(tab *chromium.Tab) {
	tab.Helper()
	tab.Goto(g.site.stack.AppURL() + empty)
}

// load goes to the page from there and returns after how many milliseconds the client was usable.
func (g *ground) load(tab *chromium.Tab, v variant) (ms float64) {
	tab.Helper()
	g.leave(tab)
	tab.Goto(g.site.stack.AppURL() + v.path())
	tab.Eval("globalThis.b ? 0 : new Promise((resolve) => { globalThis.started = resolve; })")
	tab.Eval("b.ready", &ms)
	return ms
}

// signIn measures the call of login, signs in, and measures the page that the provider sends the user to.
func (g *ground) signIn(tab *chromium.Tab, v variant) {
	tab.Helper()
	var login struct {
		MS  float64
		URL string
	}
	tab.Eval("b.login()", &login)
	g.samples.add(v.id, "login", login.MS)
	before := len(g.site.stack.Ledger().Entries())
	// The page is replaced, so that the browser doesn't keep it for the back button.
	tab.Eval("delete globalThis.b, void location.replace(" + chromium.Quote(login.URL) + ")")
	const back = "window.b"
	tab.WaitFor("document.querySelector('#username') || " + back)
	app.Consent(tab, back)
	var ms float64
	tab.Eval("b.ready", &ms)
	g.samples.add(v.id, "callback", ms)
	require.Len(tab, g.site.stack.Ledger().Entries(), before+1, "one exchange signs in")
	require.NotEmpty(tab, tab.Text("b.token()"))
}
