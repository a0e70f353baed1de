package rotation

import (
	"time"

	"github.com/postern-auth/postern/bench/app"
)

var clockCases = []testCase{
	{
		id: "clock-behind", title: "F7. A clock an hour behind",
		what:     "The machine's clock is wrong from the start: the page is opened, the user signs in, and the page asks for a token, all an hour behind.",
		required: "A token, without a renewal at each call; later one renewal. (`clock_skew` is a warning that the table doesn't show.)",
		call:     "sign-in and first call", rows: single, run: skewed(-time.Hour),
	},
	{
		id: "clock-ahead", title: "F7. A clock an hour ahead",
		what:     "The same, an hour ahead. ID tokens live an hour.",
		required: "The same.",
		call:     "sign-in and first call", rows: single, run: skewed(time.Hour),
	},
	{
		id: "clock-day", title: "F7. A clock a day ahead",
		what:     "The same, a day ahead: by this clock every ID token has long expired when it arrives.",
		required: "The same, or an error at sign-in that names the clock; no loop.",
		call:     "sign-in and first call", rows: single, run: skewed(24 * time.Hour),
	},
}

// skewed is a machine whose clock is wrong all along.
func skewed(ahead time.Duration) func(*world) {
	return func(w *world) {
		p := w.newPage(browser.Open(w))
		p.StartAhead(ahead)
		p.Load()
		in := p.SignIn()
		w.count()
		if in.Error != nil {
			w.facts.call = []app.Outcome{in}
		} else {
			w.facts.call = []app.Outcome{p.Ask()}
		}
		w.facts.phase()
		w.afterwards(p)
	}
}
