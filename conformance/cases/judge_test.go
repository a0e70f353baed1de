package cases

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A judge who finds nothing wrong with anything would let every case pass.
func TestJudge(t *testing.T) {
	refusal := Case{Want: Want{Code: "id_token_claim", Claim: "aud", Stop: hostile.Token, Revoked: true}}
	signedIn := Outcome{User: hostile.Subject}
	refused := Outcome{Code: "id_token_claim", Message: "id_token_claim: ID token: aud doesn't name this client"}
	requests := func(endpoints ...hostile.Endpoint) (all []hostile.Request) {
		for _, e := range endpoints {
			all = append(all, hostile.Request{Endpoint: e})
		}
		return all
	}
	whole := requests(hostile.Discovery, hostile.Authorization, hostile.Discovery, hostile.Token, hostile.JWKS, hostile.Revocation)

	for name, test := range map[string]struct {
		c     Case
		r     Report
		wrong int
	}{
		"refused":               {refusal, Report{Outcome: refused, Requests: whole}, 0},
		"accepted":              {refusal, Report{Outcome: signedIn, Requests: whole}, 3},
		"another claim":         {refusal, Report{Outcome: Outcome{Code: refused.Code, Message: "id_token_claim: ID token: audience"}}, 1},
		"not revoked":           {refusal, Report{Outcome: refused, Live: 1}, 1},
		"tried again":           {refusal, Report{Outcome: refused, Requests: requests(hostile.Token, hostile.Token)}, 1},
		"lured":                 {refusal, Report{Outcome: refused, Requests: requests(hostile.Elsewhere)}, 1},
		"refused, and let in":   {refusal, Report{Outcome: Outcome{Code: refused.Code, Message: refused.Message, User: "user-1"}}, 1},
		"signed in":             {Case{}, Report{Outcome: signedIn}, 0},
		"nobody":                {Case{}, Report{}, 1},
		"a flood":               {Case{}, Report{Outcome: Outcome{User: hostile.Subject, Message: string(make([]byte, 500))}}, 2},
		"no warning":            {Case{Want: Want{Warning: "w"}}, Report{Outcome: signedIn}, 1},
		"too many keys":         {Case{Want: Want{Fetches: 1}}, Report{Outcome: signedIn, Requests: requests(hostile.JWKS, hostile.JWKS)}, 1},
		"went on after the end": {Case{Want: Want{Stop: hostile.Discovery}}, Report{Outcome: signedIn, Requests: whole}, 3},
		"kept":                  {Case{When: AtRenewal, Want: Want{Recovers: true}}, Report{Outcome: signedIn, Next: &signedIn}, 0},
		"lost":                  {Case{When: AtRenewal, Want: Want{Recovers: true}}, Report{Outcome: signedIn, Next: &Outcome{Code: "login_required"}}, 2},
		"resources not asked for": {Case{Client: Client{Resources: resources}}, Report{Outcome: signedIn, Requests: []hostile.Request{
			{Endpoint: hostile.Token, Form: url.Values{"resource": resources}}, {Endpoint: hostile.Token, Form: url.Values{"resource": resources[1:]}},
		}}, 1},
		"a frame is left":  {Case{}, Report{Outcome: Outcome{User: hostile.Subject, Frames: 1}}, 1},
		"went on unpushed": {Case{Want: Want{Code: "network", Stop: hostile.PAR}}, Report{Outcome: Outcome{Code: "network"}, Requests: requests(hostile.PAR, hostile.Authorization)}, 1},
		"said it again": {Case{Client: pushing}, Report{Outcome: signedIn, Requests: []hostile.Request{
			{Endpoint: hostile.Authorization, URL: &url.URL{RawQuery: "client_id=conformance&request_uri=u&login_hint=eve"}},
		}}, 1},
		"used twice": {Case{Client: pushing}, Report{Outcome: signedIn, Requests: []hostile.Request{
			{Endpoint: hostile.Authorization, URL: &url.URL{RawQuery: "client_id=conformance&request_uri=u"}},
			{Endpoint: hostile.Authorization, URL: &url.URL{RawQuery: "client_id=conformance&request_uri=u"}},
		}}, 1},
		"still signed in": {Case{When: AtSignOut}, Report{Outcome: signedIn}, 1},
	} {
		assert.Len(t, test.c.Judge(test.r), test.wrong, "%s: %v", name, test.c.Judge(test.r))
	}
}

// told is a test that hears what it is told.
type told struct {
	testing.TB
	failed, skipped bool
}

func (told) Helper()                     {}
func (t *told) Error(...any)             { t.failed = true }
func (t *told) Errorf(string, ...any)    { t.failed = true }
func (t *told) Skipf(s string, _ ...any) { t.skipped = true }

func TestVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		notYet          string
		wrong           []string
		failed, skipped bool
	}{
		"right":              {"", nil, false, false},
		"wrong":              {"", []string{"it"}, true, false},
		"not yet":            {"why", []string{"it"}, false, true},
		"a mark that is old": {"why", nil, true, false},
	} {
		var got told
		(&Case{NotYet: test.notYet}).Verdict(&got, test.wrong)
		assert.Equal(t, test.failed, got.failed, name)
		assert.Equal(t, test.skipped, got.skipped, name)
	}
}
