package browser

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/conformance/cases"
	"github.com/postern-auth/postern/conformance/hostile"
	"github.com/postern-auth/postern/e2e/chromium"
)

// party is the application with one SDK, in a tab. It implements cases.Party.
type party struct {
	*chromium.Tab
	home     string
	settings string // what the page makes its client of
	callback string // where the provider has sent the user back to
}

// open opens a tab, in a profile of its own, for one SDK. sdk is what the page's address calls it.
func open(t *testing.T, sdk string) *party {
	p := &party{Tab: chromed.Open(t), home: app + "/conformance/?sdk=" + sdk}
	// What the browser says to the console about the requests that a case lets fail.
	p.Allow("net::ERR_")
	p.Allow("the server responded with a status of")
	p.Allow("blocked by CORS policy")
	p.Allow("X-Frame-Options")
	p.load(p.home)
	return p
}

// meets lets the SDK meet a case, at a provider of its own. The page is that in which the last case ended, with nothing left of it: to start a
// browser process for each case would take a hundred times as long as the case.
func (p *party) meets(t *testing.T, c *cases.Case) cases.Report {
	outer := p.TB
	p.TB = t
	defer func() { p.TB = outer }()
	provider := hostile.Start(hostile.Fault{})
	t.Cleanup(provider.Close)

	settings := hostile.Object{
		"issuer": provider.Issuer(), "clientId": cases.ClientID, "postern": c.Postern(provider.Issuer(), p.home),
		"api": provider.Issuer() + hostile.APIPath, "subject": hostile.Object{"subject_token": cases.SubjectToken, "subject_token_type": cases.SubjectTokenType},
	}
	client, err := json.Marshal(c.Configured())
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(client, &settings))
	text, err := json.Marshal(settings)
	require.NoError(t, err)
	p.settings = string(text)
	clean := false
	defer func() {
		if !clean {
			p.forget()
		}
	}()

	report, err := c.Run(provider, p)
	require.NoError(t, err)
	seen := len(provider.Requests())
	p.forget()
	clean = true
	for _, late := range provider.Requests()[seen:] {
		// The keys are asked for beside the tokens, and may come second.
		assert.Equal(t, hostile.JWKS, late.Endpoint, "a request after all was over")
	}
	return report
}

// forget leaves nothing of a case to the next, wherever it has ended.
func (p *party) forget() {
	p.Helper()
	if !p.Bool("window.t") {
		p.load(p.home)
	}
	p.Eval("t.forget()")
}

func (p *party) load(address string) {
	p.Helper()
	p.Goto(address)
	p.WaitFor("window.t")
}

func (p *party) step(call string) (o cases.Outcome) {
	p.Helper()
	p.Eval("t."+call+"("+p.settings+")", &o)
	return o
}

// leave goes away from the page, and waits for what comes of it: the page again, another's, or a failure.
func (p *party) leave(verb string) (failed bool) {
	p.Helper()
	p.Eval("t.leave(" + p.settings + ", " + chromium.Quote(verb) + ")")
	p.WaitFor("window.t?.returned || window.t?.left || location.origin != " + chromium.Quote(app))
	return p.Bool("window.t?.left")
}

func (p *party) SignIn() cases.Outcome {
	p.Helper()
	if p.leave("login") {
		return p.left()
	}
	p.callback = p.URL()
	return p.step("finish")
}

func (p *party) left() (o cases.Outcome) {
	p.Helper()
	p.Eval("t.left", &o)
	return o
}

func (p *party) Replay() cases.Outcome {
	p.Helper()
	p.load(p.callback)
	return p.step("finish")
}

func (p *party) Renew() cases.Outcome {
	p.Helper()
	return p.step("renew")
}

func (p *party) Trade() cases.Outcome {
	p.Helper()
	return p.step("trade")
}

func (p *party) UserInfo() cases.Outcome {
	p.Helper()
	return p.step("userInfo")
}

func (p *party) Fetch() cases.Outcome {
	p.Helper()
	return p.step("fetch")
}

func (p *party) SignOut() cases.Outcome {
	p.Helper()
	if p.leave("signOut") {
		return p.left()
	}
	p.load(p.home)
	return p.step("look")
}

func (p *party) Return() cases.Outcome {
	p.Helper()
	if p.leave("depart") {
		return p.left()
	}
	return p.step("finish")
}
