package rotation

import (
	"fmt"
	"time"

	"github.com/postern-auth/postern/e2e/chromium"
)

// page is the application, open in a tab.
type page struct {
	*chromium.Tab
	world *world
}

// outcome is what became of a call.
type outcome struct {
	Value   string
	Error   *failure
	Seconds float64
}

// failure is what an application can tell errors apart by. Code is that of the SDK or of the provider, where the error has one.
type failure struct{ Name, Code, Message string }

func (w *world) newPage(tab *chromium.Tab) *page {
	tab.Allow("") // what goes wrong here is what is being measured
	p := &page{tab, w}
	w.pages = append(w.pages, p)
	return p
}

// load opens the application and makes its client.
func (p *page) load() {
	p.Helper()
	p.Goto(p.world.home())
	p.start()
}

// start makes the client of a page that has just been loaded.
func (p *page) start() {
	p.Helper()
	p.WaitFor("window.t && !t.sdk")
	p.Eval("t.create({" + p.world.arrangement.options + "})")
}

// reload loads the page again, with its clock as it is.
func (p *page) reload() {
	p.Helper()
	var ahead float64
	p.Eval("t.clock.ahead", &ahead)
	p.startAhead(time.Duration(ahead) * time.Millisecond)
	p.Reload()
	p.start()
}

// startAhead sets the clock of every page that this tab loads from now on.
func (p *page) startAhead(d time.Duration) {
	p.Helper()
	p.BeforeScripts(fmt.Sprintf("globalThis.startAhead = %d", d.Milliseconds()))
}

// signIn goes to the provider and comes back. Where the provider remembers the user, it asks nothing.
func (p *page) signIn() outcome {
	p.Helper()
	const back = "window.t?.returned"
	p.begin("login", "t.sdk.login()")
	p.WaitFor("document.querySelector('#username') || window.t?.ended.login?.error || " + back)
	if p.Bool("window.t?.ended.login?.error") {
		return p.end("login")
	}
	if !p.Bool(back) {
		p.Fill("#username", "alice")
		p.Fill("#password", "wonderland")
		p.Click("#sign-in")
		p.WaitFor("document.querySelector('#allow') || " + back)
	}
	if !p.Bool(back) {
		p.Click("#allow")
	}
	p.WaitFor(back)
	p.start()
	p.begin("callback", "t.sdk.callback()")
	return p.end("callback")
}

// begin starts a call and doesn't wait for it; end does.
func (p *page) begin(name, expression string) {
	p.Helper()
	p.Eval("t.begin(" + chromium.Quote(name) + ", async () => " + expression + ")")
}

func (p *page) end(name string) (o outcome) {
	p.Helper()
	p.Eval("t.flights["+chromium.Quote(name)+"]", &o)
	return o
}

// ask asks for a token now.
func (p *page) ask() outcome {
	p.Helper()
	p.begin("token", "t.sdk.token()")
	return p.end("token")
}

// pass lets the access token's life pass by the page's clock.
func (p *page) pass() {
	p.Helper()
	p.Eval(fmt.Sprintf("t.pass(%d)", passed))
}

// expire does so and begins to ask for another.
func (p *page) expire() {
	p.Helper()
	p.Eval(fmt.Sprintf("t.later(%d)", passed))
}

// passed is a little more than the life of a token, in milliseconds.
const passed = int64((life + time.Minute) / time.Millisecond)

// expireTogether does it in all pages at one moment: told one by one, the first would already have given up when the last begins.
func expireTogether(pages []*page) {
	for _, p := range pages {
		p.Helper()
		p.Eval(fmt.Sprintf("t.arm(%d)", passed))
	}
	pages[0].Eval("t.go()")
}
