package cases

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/conformance/hostile"
)

// complaints collects what testify finds wrong.
type complaints []string

// Errorf implements assert.TestingT.
func (c *complaints) Errorf(format string, args ...any) {
	*c = append(*c, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

// Judge says what is wrong with a run, and nothing where all is as it should be.
func (c *Case) Judge(r Report) []string {
	var wrong complaints
	c.judgeOutcome(&wrong, r.Outcome)
	c.judgeRequests(&wrong, r.Requests)
	c.judgeProofs(&wrong, r.Requests)
	if c.Want.Revoked {
		assert.Zero(&wrong, r.Live, "a refresh token of the refused answer still works")
	}
	if c.Want.Recovers {
		assert.Equal(&wrong, "", r.Next.Code, "the session should have been kept: %s", r.Next.Message)
		assert.Equal(&wrong, hostile.Subject, r.Next.User, "the user, at last")
	}
	return wrong
}

// Verdict ends a test. A case that is marked as not yet right may be wrong, and must not be right.
func (c *Case) Verdict(t testing.TB, wrong []string) {
	t.Helper()
	switch {
	case c.NotYet == "":
		for _, complaint := range wrong {
			t.Error(complaint)
		}
	case len(wrong) == 0:
		t.Errorf("this passes now, so take its mark away: notYet: %s", c.NotYet)
	default:
		t.Skipf("not yet: %s", c.NotYet)
	}
}

func (c *Case) judgeOutcome(wrong *complaints, o Outcome) {
	assert.Equal(wrong, c.Want.Code, o.Code, "%s", o.Message)
	assert.Equal(wrong, c.user(), o.User, "the user")
	if c.Want.Claim != "" {
		// "id_token_claim: ID token: iss is not ..."
		_, what, _ := strings.Cut(o.Message, "ID token: ")
		assert.Equal(wrong, c.Want.Claim, strings.SplitN(what, " ", 2)[0], "the claim that is named in %q", o.Message)
	}
	assert.Contains(wrong, o.Message, c.Want.Says)
	if c.Want.Server != "" {
		assert.Equal(wrong, c.Want.Server, o.Server, "the provider's own code")
	}
	for _, letter := range o.Message {
		if letter < ' ' || letter > '~' || letter == '<' || letter == '>' {
			assert.Fail(wrong, "the message isn't inert", "%q", o.Message)
			break
		}
	}
	assert.Zero(wrong, o.Frames, "frames were left behind")
	assert.LessOrEqual(wrong, len(o.Message), 400, "the message is a flood")
	assert.NotContains(wrong, o.Message+o.Server, SubjectToken, "the message holds a secret")
	if c.Want.Warning != "" {
		assert.Contains(wrong, o.Warnings, c.Want.Warning)
	}
	if most := c.Want.Lifetime; most != 0 {
		assert.LessOrEqual(wrong, o.Lifetime, most)
		assert.Greater(wrong, o.Lifetime, most/2)
	}
}

// user is who must be signed in at the end of the step.
func (c *Case) user() string {
	switch {
	case c.When == AtSignOut, c.When == AtReturn, c.Want.SignedOut, c.When == AtSignIn && c.Want.Code != "":
		return ""
	}
	return hostile.Subject
}

// order is how far a sign-in has come when an endpoint is reached.
var order = []hostile.Endpoint{hostile.Discovery, hostile.PAR, hostile.Authorization, hostile.Token}

func (c *Case) judgeRequests(wrong *complaints, requests []hostile.Request) {
	count := map[hostile.Endpoint]int{}
	refreshes := 0
	for _, r := range requests {
		count[r.Endpoint]++
		if r.Grant == "refresh_token" {
			refreshes++
		}
	}
	if n := c.Want.Refreshes; n != 0 {
		assert.Equal(wrong, max(0, n), refreshes, "uses of the refresh token")
	}
	assert.Zero(wrong, count[hostile.Elsewhere], "requests to where the provider lured")
	if n := c.Want.Fetches; n != 0 {
		assert.Equal(wrong, n, count[hostile.JWKS], "requests for the keys")
	}
	for _, r := range requests {
		judgeRequest(wrong, r)
		c.judgeResources(wrong, r)
	}
	c.judgePushes(wrong, requests)
	c.judgeStop(wrong, count)
}

// judgeStop says that all is over at the endpoint where it must be, and how often that may be asked.
func (c *Case) judgeStop(wrong *complaints, count map[hostile.Endpoint]int) {
	stop := c.Want.Stop
	if stop == "" {
		return
	}
	if stop != hostile.Discovery { // whose metadata may stand at either of two addresses
		assert.LessOrEqual(wrong, count[stop], max(1, c.Want.Tries), "requests to the %s endpoint", stop)
	}
	last := slices.Index(order, stop)
	if last < 0 {
		return
	}
	for _, further := range order[last+1:] {
		assert.Zero(wrong, count[further], "requests to the %s endpoint, though all was over at the %s endpoint", further, stop)
	}
	if stop != hostile.Token {
		assert.Zero(wrong, count[hostile.Revocation], "requests to the revocation endpoint")
	}
}

// judgeResources says that a token is asked for the resources it is wanted for, by every request that may ask (RFC 8707 section 2): where one
// doesn't, the provider may choose another.
func (c *Case) judgeResources(wrong *complaints, r hostile.Request) {
	switch {
	case c.Client.Resources == nil:
	case r.Endpoint == hostile.Authorization:
		assert.Equal(wrong, c.Client.Resources, r.URL.Query()["resource"], "the resources of the authorization request")
	case r.Endpoint == hostile.Token:
		assert.Equal(wrong, c.Client.Resources, r.Form["resource"], "the resources of the token request with %s", r.Grant)
	}
}

// judgeRequest says what every request must hold, whatever the provider does.
func judgeRequest(wrong *complaints, r hostile.Request) {
	if r.URL == nil {
		return
	}
	q := r.URL.Query()
	switch r.Endpoint {
	case hostile.Authorization:
		if !q.Has("request_uri") {
			judgeAuthorization(wrong, q)
		}
	case hostile.PAR:
		judgeAuthorization(wrong, r.Form)
	case hostile.EndSession:
		assert.Equal(wrong, ClientID, q.Get("client_id"))
		assert.NotEmpty(wrong, q.Get("id_token_hint"))
	}
	assert.NotContains(wrong, q, "client_secret")
}

func judgeAuthorization(wrong *complaints, q url.Values) {
	assert.Equal(wrong, "code", q.Get("response_type"))
	assert.Equal(wrong, "S256", q.Get("code_challenge_method"))
	for _, name := range []string{"code_challenge", "state", "nonce"} {
		assert.GreaterOrEqual(wrong, len(q.Get(name)), 43, "%s has less than 256 bits", name)
	}
}
