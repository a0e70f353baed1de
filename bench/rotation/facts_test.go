package rotation

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// facts are what one run has shown: what the application saw, and what the provider's ledger says.
type facts struct {
	ledger  *ledger.Ledger
	from    int // entries of the ledger that were there before
	revoked int // revocations that were there before

	call, next, later []app.Outcome // what the application saw, in three phases
	requests          []int         // at the token endpoint, in each phase
}

func newFacts(l *ledger.Ledger) *facts {
	return &facts{ledger: l, from: len(l.Entries()), revoked: len(l.Revocations())}
}

// phase ends one: requests from now on count for the next.
func (f *facts) phase() {
	n := len(f.ledger.Entries()) - f.from
	for _, earlier := range f.requests {
		n -= earlier
	}
	f.requests = append(f.requests, n)
}

// row is what a table shows. It is made while the run's servers still stand.
type row struct {
	call, next, later, requests, uses, revocation string
}

// row says how long calls took only where that is worth knowing: where nothing else in the arrangement takes its time at random.
func (f *facts) row(timed bool) row {
	return row{
		call: saw(f.call, timed), next: saw(f.next, timed), later: saw(f.later, timed),
		requests: f.sums(), uses: f.uses(), revocation: f.revocations(),
	}
}

// sums lists the requests, and says how many of them were not renewals: a silent sign-in ends in one, too.
func (f *facts) sums() string {
	var parts []string
	for _, n := range f.requests {
		parts = append(parts, fmt.Sprint(n))
	}
	text := strings.Join(parts, " + ")
	codes := 0
	for _, e := range f.ledger.Entries()[f.from:] {
		if e.GrantType == "authorization_code" {
			codes++
		}
	}
	if codes > 0 {
		text += fmt.Sprintf(" (%d by a silent sign-in)", codes)
	}
	return text
}

func (f *facts) uses() string {
	used, sent := f.ledger.MaxUses(), f.ledger.MaxSends()
	if sent > used {
		return fmt.Sprintf("%d (%d sent)", used, sent)
	}
	return fmt.Sprint(used)
}

// revocations says how many families ended, why, and of how many if of more than one.
func (f *facts) revocations() string {
	families := map[string]bool{}
	for _, e := range f.ledger.Entries() {
		if e.Family != "" {
			families[e.Family] = true
		}
	}
	reasons := map[ledger.Reason]int{}
	ended := f.ledger.Revocations()[f.revoked:]
	for _, r := range ended {
		reasons[r.Reason]++
	}
	text := fmt.Sprint(len(ended))
	if len(families) > 1 {
		text += fmt.Sprintf(" of %d", len(families))
	}
	var why []string
	for _, known := range []struct {
		reason ledger.Reason
		name   string
	}{{ledger.Reuse, "reuse"}, {ledger.ByClient, "by the SDK"}, {ledger.BadExchange, "code"}} {
		if reasons[known.reason] > 0 {
			why = append(why, known.name)
		}
	}
	if len(why) > 0 {
		text += " (" + strings.Join(why, ", ") + ")"
	}
	return text
}

// saw sums up outcomes: equal ones are counted, tokens come first. Which of the tabs got one is left to chance, and not told.
func saw(outcomes []app.Outcome, timed bool) string {
	var order []string
	count, tokens := map[string]int{}, map[string]bool{}
	for _, o := range outcomes {
		text := "token"
		if o.Error != nil {
			text = told(o.Error)
		} else {
			tokens[o.Value] = true
		}
		if count[text] == 0 {
			order = append(order, text)
		}
		count[text]++
	}
	slices.SortStableFunc(order, func(x, y string) int {
		switch {
		case x == "token":
			return -1
		case y == "token":
			return 1
		default:
			return strings.Compare(x, y)
		}
	})
	var parts []string
	for _, text := range order {
		part := text
		if len(outcomes) > 1 {
			part = fmt.Sprintf("%d × %s", count[text], text)
		}
		if text == "token" && count[text] > 1 {
			part += fmt.Sprintf(" (%d different)", len(tokens))
		}
		parts = append(parts, part)
	}
	text := strings.Join(parts, ", ")
	slowest := slices.MaxFunc(append(outcomes, app.Outcome{}), func(x, y app.Outcome) int { return int(x.Seconds*1000) - int(y.Seconds*1000) })
	if timed && slowest.Seconds >= 2 {
		text += fmt.Sprintf(", after %.0f s", slowest.Seconds)
	}
	return text
}

var (
	origins = regexp.MustCompile(`https?://localhost:\d+`) // they differ in each run
	spaces  = regexp.MustCompile(`\s+`)
)

// told is the code, and where there is none, what else the error says.
func told(f *app.Failure) string {
	text := f.Code
	if text == "" {
		text = f.Name + ": " + f.Message
	}
	if f.Code == "request_error" { // auth0-spa-js's word for an answer without a code
		text += ": " + f.Message
	}
	text = spaces.ReplaceAllString(origins.ReplaceAllString(text, "…"), " ")
	if letters := []rune(text); len(letters) > 70 {
		text = string(letters[:69]) + "…"
	}
	return "`" + strings.NewReplacer("`", "'", "|", "/").Replace(text) + "`"
}
