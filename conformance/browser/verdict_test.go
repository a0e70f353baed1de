package browser

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/postern-auth/postern/conformance/cases"
	"github.com/postern-auth/postern/conformance/hostile"
)

// verdict is what an SDK made of a case.
type verdict struct {
	did string // in a word
	// right says that it is what is required. Neither is a verdict on a case that doesn't apply.
	right, none bool
	why         string // the SDK's own words
}

// judge says what happened, and whether it is what must happen. It is the same for every SDK: it asks whether the user got in or stayed in,
// and not by which error they were told.
func judge(c *cases.Case, r cases.Report, console string) verdict {
	reached := map[hostile.Endpoint]int{}
	refreshes := 0
	for _, request := range r.Requests {
		reached[request.Endpoint]++
		if request.Grant == "refresh_token" {
			refreshes++
		}
	}
	at := c.Asked()
	refused := r.Failed() || r.User == ""
	switch {
	case at != "" && reached[at] == 0:
		return verdict{did: "n/a", none: true, why: "never asks there"}
	case c.Want.Claim == "nonce" && !r.Nonce:
		return verdict{did: "n/a", none: true, why: "sends no nonce"}
	case reached[hostile.Elsewhere] > 0 || astray.MatchString(console):
		return verdict{did: "went there"}
	case strings.HasPrefix(r.Message, "nothing came of it"): // as page.js says
		return verdict{did: "hung"}
	case c.Want.Refreshes > 0 && refreshes > c.Want.Refreshes:
		return verdict{did: fmt.Sprintf("sent %d times", refreshes)}
	case c.When == cases.AtSignOut:
		return named(r.User == "", "signed out", "still signed in")
	case c.When == cases.AtReturn && c.Want.Code != "": // nobody is signed in either way
		return named(r.Failed(), "refused", "accepted").because(r.Message)
	case c.When == cases.AtReturn:
		return named(!r.Failed(), "accepted", "refused").because(r.Message)
	case c.Want.Recovers:
		return named(r.Next.Code == "" && r.Next.User == hostile.Subject, "kept", "lost").because(r.Next.Message)
	case staysIn(c):
		return named(r.Failed() && r.User != "", "failed, signed in", "signed out").because(r.Message)
	case c.When == cases.AtReplay:
		return named(r.Failed(), "refused", "accepted").because(r.Message)
	case c.Want.Code != "":
		return named(refused, "refused", "accepted").because(r.Message)
	}
	return named(!refused, "accepted", "refused").because(r.Message)
}

func named(right bool, well, badly string) verdict {
	if right {
		return verdict{did: well, right: true}
	}
	return verdict{did: badly}
}

func (v verdict) because(message string) verdict {
	v.why = message
	return v
}

// required is what the case requires, in the words of judge.
func required(c *cases.Case) string {
	switch {
	case c.When == cases.AtSignOut:
		return "sign out"
	case c.Want.Recovers:
		return "keep the session"
	case staysIn(c):
		return fmt.Sprintf("fail, `%s`, and stay signed in", c.Want.Code)
	case c.Want.Code != "":
		return "refuse, `" + c.Want.Code + "`"
	}
	return "accept"
}

// staysIn says that a renewal must fail and keep its user.
func staysIn(c *cases.Case) bool {
	return c.When == cases.AtRenewal && c.Want.Code != "" && !c.Want.SignedOut
}

// unconfigurable are cases that an SDK has no option for.
func unconfigurable(c *cases.Case, sdk string) bool {
	if c.When == cases.AtTrade || strings.HasSuffix(c.Client.ResponseMode, "jwt") || c.Client.PAR {
		return sdk == "auth0" || sdk == "oidc" // neither pushes a request; neither opens a signed response; to exchange a token, the first signs its user in by it, the second can't
	}
	switch sdk {
	case "auth0":
		return c.Client.SkipSignature || c.When == cases.AtReturn || c.Client.ResponseMode != "" || c.Client.Silent // whose frame wants a provider with web_message
	case "oidc":
		return c.Client.SkipSignature || c.Client.Algs != nil || c.Client.Organization != "" || c.When == cases.AtFetch
	}
	return false
}

// astray is what the browser says to the console when the page's own policy keeps it from where no server of ours can stand.
var astray = regexp.MustCompile(`(?i)as\.example|run.* javascript: URL|JavaScript URL`)

// reason is an SDK's own words, without what differs from run to run or could do something to whoever reads them.
func reason(why string) string {
	why, _, _ = strings.Cut(why, ";")
	why = strings.TrimSpace(port.ReplaceAllString(strings.Join(strings.Fields(why), " "), "…"))
	why = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' && r != '…' {
			return '·'
		}
		return r
	}, why)
	if letters := []rune(why); len(letters) > 60 {
		why = string(letters[:60]) + "…"
	}
	return strings.NewReplacer("|", `\|`, "`", "'", "<", "&lt;", "*", `\*`, "_", `\_`).Replace(why)
}

var port = regexp.MustCompile(`(?i)localhost:\d+`)

// cell is a verdict as the table has it. What is wrong is set in bold, unless a specification allows it.
func cell(v verdict, note string) string {
	text := v.did
	switch {
	case v.right || v.none:
	case note != "":
		text += " (" + note + ")"
	default:
		text = "**" + text + "**"
	}
	if v.why != "" && (v.did == "refused" || v.none) {
		text += ": " + reason(v.why)
	}
	return text
}
