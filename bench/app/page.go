package app

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// Page is page.js, open in a tab.
type Page struct {
	*chromium.Tab
	// Home is its address, Create the JavaScript that makes its client.
	Home, Create string
}

// Outcome is what became of a call.
type Outcome struct {
	Value   string
	Error   *Failure
	Seconds float64
}

// Failure is what an application can tell errors apart by. Code is that of the SDK or of the provider, where the error has one.
type Failure struct{ Name, Code, Message string }

// NewPage takes a tab for a page. What goes wrong there is what is being measured.
func NewPage(tab *chromium.Tab, home, create string) *Page {
	tab.Allow("")
	return &Page{tab, home, create}
}

// Load opens the application and makes its client.
func (p *Page) Load() {
	p.Helper()
	p.Goto(p.Home)
	p.Start()
}

// Start makes the client of a page that has just been loaded.
func (p *Page) Start() {
	p.Helper()
	p.WaitFor("window.t && !t.sdk")
	p.Eval(p.Create)
}

// LoadAgain loads the page again, with its clock as it is. Start makes its client.
func (p *Page) LoadAgain() {
	p.Helper()
	var ahead float64
	p.Eval("t.clock.ahead", &ahead)
	p.StartAhead(time.Duration(ahead) * time.Millisecond)
	p.Reload()
}

// StartAhead sets the clock of every page that this tab loads from now on.
func (p *Page) StartAhead(d time.Duration) {
	p.Helper()
	p.BeforeScripts(fmt.Sprintf("globalThis.startAhead = %d", d.Milliseconds()))
}

// SignIn goes to the provider and comes back. Where the provider remembers the user, it asks nothing.
func (p *Page) SignIn() Outcome {
	p.Helper()
	const back = "window.t?.returned"
	p.Begin("login", "t.sdk.login()")
	p.WaitFor("document.querySelector('#username') || window.t?.ended.login?.error || " + back)
	if p.Bool("window.t?.ended.login?.error") {
		return p.End("login")
	}
	Consent(p.Tab, back)
	p.Start()
	p.Begin("callback", "t.sdk.callback()")
	return p.End("callback")
}

// Consent does what the provider's pages ask of the user, until the application's page is back.
func Consent(tab *chromium.Tab, back string) {
	tab.Helper()
	if !tab.Bool(back) {
		tab.Fill("#username", "alice")
		tab.Fill("#password", "wonderland")
		tab.Click("#sign-in")
		tab.WaitFor("document.querySelector('#allow') || " + back)
	}
	if !tab.Bool(back) {
		tab.Click("#allow")
	}
	tab.WaitFor(back)
}

// Begin starts a call and doesn't wait for it; End does.
func (p *Page) Begin(name, expression string) {
	p.Helper()
	p.Eval("t.begin(" + chromium.Quote(name) + ", async () => " + expression + ")")
}

// End waits for what Begin began.
func (p *Page) End(name string) (o Outcome) {
	p.Helper()
	p.Eval("t.flights["+chromium.Quote(name)+"]", &o)
	return o
}

// Ask asks for a token now.
func (p *Page) Ask() Outcome {
	p.Helper()
	p.Begin("token", "t.sdk.token()")
	return p.End("token")
}

// Pass lets time pass by the page's clock.
func (p *Page) Pass(d time.Duration) {
	p.Helper()
	p.Eval(fmt.Sprintf("t.pass(%d)", d.Milliseconds()))
}

// Later does so and begins to ask for a token.
func (p *Page) Later(d time.Duration) {
	p.Helper()
	p.Eval(fmt.Sprintf("t.later(%d)", d.Milliseconds()))
}

// LaterTogether does it in all pages at one moment: told one by one, the first would already have given up when the last begins.
func LaterTogether(pages []*Page, d time.Duration) {
	for _, p := range pages {
		p.Helper()
		p.Eval(fmt.Sprintf("t.arm(%d)", d.Milliseconds()))
	}
	pages[0].Eval("t.go()")
	for _, p := range pages { // one whose clock is moved after another's answer has come is another case
		p.WaitFor("!t.armed")
	}
}

// connections is how many Chromium opens to one origin. Further requests wait in the browser.
const connections = 6

// EveryoneIn waits until each page has either sent a request, or waits for a lock that another holds, or has its answer; or until each has told a
// worker, which may be one for all; or until no further request can come. Only then nothing more is coming, whether or not the SDK lets its tabs
// wait for each other. from is how many entries the ledger had before.
func EveryoneIn(pages []*Page, l *ledger.Ledger, from int, patience time.Duration) {
	first := pages[0]
	first.Helper()
	ctx, cancel := context.WithTimeout(first.Context(), patience)
	defer cancel()
	for {
		var in int
		first.Eval("navigator.locks.query().then((l) => l.pending.length)", &in)
		sent := len(l.Entries()) - from
		if in += sent; in >= len(pages) || sent >= connections {
			return
		}
		told := 0
		for _, p := range pages {
			if p.Bool("t.ended.token") {
				in++
			}
			if p.Bool("t.told") {
				told++
			}
		}
		if max(in, told) >= len(pages) {
			return
		}
		select {
		case <-ctx.Done():
			first.Fatalf("%d of %d pages sent a request, wait for a lock or have an answer", max(in, told), len(pages))
		case <-time.After(20 * time.Millisecond): // the next look
		}
	}
}
