package demo

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
)

// focused is the element that the keyboard speaks to, by its id, and whether anybody can see that it is this one: by an outline of its own or of
// the label around it.
const focused = `(() => {
	const e = document.activeElement;
	const seen = (e) => e && getComputedStyle(e).outlineStyle != 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2;
	return { id: e === document.body ? 'none' : e.id || e.value || e.textContent.trim(), visible: Boolean(seen(e) || seen(e.closest('label'))) };
})()`

type focus struct {
	ID      string
	Visible bool
}

func (p *page) focus() (f focus) {
	p.Helper()
	p.Eval(focused, &f)
	return f
}

// tabTo presses the tab key until an element has the focus.
func (p *page) tabTo(id string) {
	p.Helper()
	for range 40 {
		p.Press(kb.Tab)
		if p.focus().ID == id {
			return
		}
	}
	p.Fatalf("the tab key doesn't reach %s", id)
}

// The whole job without a mouse. Enter is the key that a form and a button have in common.
func TestKeyboardJob(t *testing.T) {
	t.Parallel()
	p := open(t, made[0])
	p.is(signedOut)
	p.tabTo("login")
	p.Press(kb.Enter)

	p.WaitFor("document.activeElement?.id == 'username'")
	p.Press("alice")
	p.Press(kb.Tab)
	p.Press("wonderland" + kb.Enter)
	p.WaitFor("document.activeElement?.id == 'allow'")
	p.Press(kb.Enter)

	p.is(signedIn)
	p.shows("#generation", "1")
	p.tabTo("renew")
	p.Press(kb.Enter)
	p.shows("#generation", "2")
	assert.Equal(t, "renew", p.focus().ID, "pressing again takes no search")
	p.tabTo("call-api")
	p.Press(" ")
	p.shows("#api-status", "200 OK")

	// A problem's panel gives the focus back, and one that ends the session leaves it where the way on is.
	p.Allow("status of 503")
	p.Allow("status of 400")
	p.tabTo("fault-unavailable")
	p.Press(kb.Enter)
	p.shows("#armed", "503")
	p.tabTo("renew")
	p.Press(kb.Enter)
	p.shows("#problem-code", "token_endpoint_error")
	assert.Equal(t, "renew", p.focus().ID)
	p.tabTo("problem-dismiss")
	p.Press(kb.Enter)
	assert.Equal(t, "renew", p.focus().ID)
	p.tabTo("fault-revoke")
	p.Press(kb.Enter)
	p.shows("#events", "revoke the session")
	p.tabTo("renew")
	p.WaitFor("(document.querySelector('#renew').click(), document.querySelector('#status').textContent == 'signed out')")
	p.WaitFor("document.querySelector('#problem-sign-in')")
	assert.Equal(t, focus{"login", true}, p.focus())
}

// The tab key goes through everything that can be used, in the order in which it is seen, shows where it is, and isn't caught anywhere.
func TestKeyboardOrder(t *testing.T) {
	t.Parallel()
	p := open(t, made[0])
	p.signIn()
	for name, view := range map[string]chromium.View{
		"light":          {Width: 1280, Height: 900},
		"dark":           {Width: 1280, Height: 900, Dark: true},
		"forced colours": {Width: 1280, Height: 900, Forced: true},
	} {
		p.Show(view)
		p.Eval("document.activeElement.blur(); document.querySelector('h1').tabIndex = -1; document.querySelector('h1').focus()")
		var order []string
		for range 40 {
			p.Press(kb.Tab)
			f := p.focus()
			if f.ID == "none" || len(order) > 0 && f.ID == order[0] {
				break
			}
			require.True(t, f.Visible, "%s: nobody sees that %s has the focus", name, f.ID)
			order = append(order, f.ID)
		}
		assert.Equal(t, []string{
			"logout", "renew", "call-api", "api-body", "clear-events", "events",
			"fault-unavailable", "fault-lose", "fault-revoke", "fault-expire",
			"Claims", "claims", "Raw token", "sessionstorage", "diagnose", "Trace for a bug report, without secrets",
		}, order, name)
	}
}

// Signing in in a popup hides the button that was pressed.
func TestFocusAfterPopup(t *testing.T) {
	t.Parallel()
	p := open(t, made[0])
	p.is(signedOut)
	p.Eval("document.querySelector('#popup').focus()")
	popup := p.Opened("document.querySelector('#popup').click()")
	popup.Ends()
	popup.Fill("#username", "alice")
	popup.Fill("#password", "wonderland")
	popup.Click("#sign-in")
	popup.Click("#allow")
	p.is(signedIn)
	assert.Equal(t, "logout", p.focus().ID)
}

// What changes without a press is told: the places where the page speaks are live regions, and what changes every second isn't in one.
func TestLiveRegions(t *testing.T) {
	t.Parallel()
	p := open(t, made[0])
	p.signIn()
	const live = "!!document.querySelector(%s).closest('[role=status], [role=alert], [role=log], [aria-live]')"
	for _, id := range []string{"#status", "#problem", "#events", "#api-status", "#armed", "#diagnosis-summary", "#facts"} {
		assert.True(t, p.Bool(fmt.Sprintf(live, chromium.Quote(id))), id)
	}
	for _, id := range []string{"#token-seconds", "#token-bar"} {
		assert.False(t, p.Bool(fmt.Sprintf(live, chromium.Quote(id))), id)
	}
}

// Whoever asks the system for less motion gets none.
func TestReducedMotion(t *testing.T) {
	t.Parallel()
	p := open(t, made[0])
	p.signIn()
	const moving = "document.getAnimations().length + [...document.querySelectorAll('*')].filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
	p.Show(chromium.View{Width: 1280, Height: 900, Calm: true})
	p.Click("#renew")
	p.shows("#generation", "2")
	assert.True(t, p.Bool(moving+" == 0"))
	p.Show(chromium.View{Width: 1280, Height: 900})
	assert.True(t, p.Bool(moving+" > 0"))
}
