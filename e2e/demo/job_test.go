package demo

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// The job that the demo shows, whichever compiler has made the SDK.
func TestJob(t *testing.T) {
	builds.Each(t, made, func(t *testing.T, b builds.Build) {
		p := open(t, b)
		p.through(func(string) {})
	})
}

// A session that ends in the background, under a panel that says "you stay signed in", isn't left like that.
func TestEndIsTold(t *testing.T) {
	t.Parallel()
	p := openWith(t, stack.Config{Dist: made[0].Dir, AccessTokenLifetime: 4 * time.Second})
	p.signIn()
	p.Allow("status of 503")
	p.Allow("status of 400")
	p.Click("#fault-unavailable")
	p.shows("#armed", "503")
	p.Click("#renew")
	p.shows("#problem-code", "token_endpoint_error")
	p.stack.Faults().RevokeSessions()
	p.stack.ForgetSignIns()
	p.is(signedOut)
	p.WaitFor("document.querySelector('#problem-sign-in')")
	p.Click("#problem-sign-in")
	p.WaitFor("document.querySelector('#username')")
}

// Nothing is cut off or has to be scrolled to sideways, down to the width at which WCAG 2.2 (1.4.10, Reflow) still asks for it.
func TestNothingOverflows(t *testing.T) {
	t.Parallel()
	p := open(t, made[0])
	p.through(func(state string) {
		for _, width := range []int64{1280, 960, 703, 390, 320} {
			p.Show(chromium.View{Width: width, Height: 800, Calm: true})
			var wide []string
			p.Eval(overflowing, &wide)
			assert.Empty(t, wide, "%s, %d pixels wide", state, width)
		}
		p.Show(views["wide, light"])
	})
}

// overflowing are the elements that reach beyond the window, but for what stands in a well that scrolls.
const overflowing = `[...document.body.querySelectorAll('*')].filter((e) => {
	if (e.closest('pre, #events') !== null && !e.matches('pre, #events')) return false;
	const box = e.getBoundingClientRect();
	return box.width > 0 && getComputedStyle(e).visibility == 'visible' && (box.right > innerWidth + .5 || box.left < -.5);
}).map((e) => e.tagName + '#' + e.id + '.' + e.className)`
