package cases

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A request that is pushed (RFC 9126) is one that nobody changes on its way through the address bar. What it comes to is asked before the user leaves.
var pushes = []Case{
	{Name: "par", What: "nothing is wrong with the pushed request", Client: pushing},
	{
		Name: "par-required", What: "the metadata say that requests must be pushed, and the client wasn't told so",
		Fault: pushedAlone(), Lenient: par,
	},
	{
		Name: "par-without-endpoint", What: "requests are to be pushed, and the metadata name no endpoint for it", Client: pushing,
		Fault: metadata("pushed_authorization_request_endpoint", nil), Want: Want{Code: "config_invalid", Says: "par", Stop: hostile.Discovery},
	},
	{
		Name: "par-http-endpoint", Number: "H3", What: "the endpoint to push to is an http address on the network", Client: pushing,
		Fault: metadata("pushed_authorization_request_endpoint", "http://as.example/par"), Want: Want{Code: "insecure_url", Stop: hostile.Discovery},
	},
	{
		Name: "par-refused", What: "the pushed request is refused", Client: pushing,
		Fault: answer(hostile.PAR, http.StatusBadRequest, "application/json", `{"error":"invalid_request","error_description":"no"}`),
		Want:  Want{Code: "authorization_failed", Server: "invalid_request", Stop: hostile.PAR},
	},
	{
		Name: "par-refused-with-html", Number: "H9", What: "the pushed request is refused in HTML with bidirectional controls", Client: pushing,
		Fault: answer(hostile.PAR, http.StatusBadRequest, "application/json", `{"error":"<b>\u202e","error_description":"<img src=x onerror=alert(1)>\u2066"}`),
		Want:  refusedPush(),
	},
	{
		Name: "par-500", What: "the pushed request is answered with 500 and a page of HTML", Client: pushing,
		Fault: answer(hostile.PAR, http.StatusInternalServerError, "text/html", "<!doctype html><h1>Sorry</h1>"), Want: refusedPush(),
	},
	{
		Name: "par-html", What: "the pushed request is answered with a page of HTML", Client: pushing,
		Fault: answer(hostile.PAR, http.StatusCreated, "text/html", "<!doctype html>"), Want: refusedPush(),
	},
	{
		Name: "par-without-request-uri", What: "the answer to the pushed request holds no request_uri", Client: pushing,
		Fault: answer(hostile.PAR, http.StatusCreated, "application/json", `{"expires_in":60}`), Want: refusedPush(),
	},
	{
		Name: "par-request-uri-mistyped", What: "the request_uri is a list", Client: pushing,
		Fault: answer(hostile.PAR, http.StatusCreated, "application/json", `{"request_uri":["urn:x"],"expires_in":60}`), Want: refusedPush(),
	},
	{
		Name: "par-request-uri-twice", What: "the answer to the pushed request names two", Client: pushing,
		Fault: answer(hostile.PAR, http.StatusCreated, "application/json", `{"request_uri":"urn:x","request_uri":"urn:y"}`), Want: refusedPush(),
	},
	{
		Name: "par-redirect", Number: "H12", What: "the pushed request is redirected with 307, which carries it along", Client: pushing,
		Fault: redirected(hostile.PAR, http.StatusTemporaryRedirect), Want: Want{Code: "network", Stop: hostile.PAR},
	},
	{
		Name: "par-flood", What: "the answer to the pushed request is 2 MB long", Client: pushing,
		Fault: instead(hostile.PAR, func(_ *hostile.Provider, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write(slices.Repeat([]byte(" "), 2<<20))
		}),
		Want: Want{Code: "response_too_large", Stop: hostile.PAR},
	},
}

var pushing = Client{PAR: true}

const par = "RFC 9126 section 5 lets a client ignore it, who is then refused"

// pushedAlone sends the user back who comes with a request that wasn't pushed.
func pushedAlone() hostile.Fault {
	fault := around(hostile.Authorization, func(p *hostile.Provider, honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			back, err := url.Parse(q.Get("redirect_uri"))
			if q.Has("request_uri") || err != nil {
				honest.ServeHTTP(w, r)
				return
			}
			answer := back.Query()
			for name, value := range map[string]string{"error": "invalid_request", "state": q.Get("state"), "iss": p.Issuer()} {
				answer.Set(name, value)
			}
			back.RawQuery = answer.Encode()
			http.Redirect(w, r, back.String(), http.StatusFound)
		})
	})
	fault.Metadata = metadata("require_pushed_authorization_requests", true).Metadata
	return fault
}

func refusedPush() Want { return Want{Code: "authorization_failed", Stop: hostile.PAR} }

// judgePushes says that a request that was pushed isn't said again where the user sees it, that none points to another, and that each is used once
// (RFC 9126 sections 2.1, 4 and 7.3).
func (c *Case) judgePushes(wrong *complaints, requests []hostile.Request) {
	used := map[string]bool{}
	for _, r := range requests {
		if r.URL == nil {
			continue
		}
		q := r.URL.Query()
		uri := q.Get("request_uri")
		switch {
		case r.Endpoint == hostile.PAR:
			assert.NotContains(wrong, r.Form, "request_uri")
			assert.Empty(wrong, q, "the request stands in the body")
		case r.Endpoint == hostile.Authorization && (c.Client.PAR || uri != ""):
			assert.Equal(wrong, url.Values{"client_id": {ClientID}, "request_uri": {uri}}, q)
			assert.False(wrong, used[uri], "a request_uri is used twice")
			used[uri] = true
		}
	}
}
