package cases

import (
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/postern-auth/postern/conformance/hostile"
)

// The authorization response comes through the user's address bar: anybody who can have them click a link writes it.
var callback = []Case{
	{
		Name: "state-missing", Number: "H6", What: "the response has no state",
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Del("state") }), Want: Want{Code: "state_mismatch", Stop: hostile.Authorization},
	},
	{
		Name: fapi + "ensure-authorization-response-with-invalid-state-fails", Number: "H6", What: "the response has another state",
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("state", rand.Text()) }),
		Want:  Want{Code: "state_mismatch", Stop: hostile.Authorization},
	},
	{
		Name: "state-replayed", Number: "H6", What: "a response is opened a second time", When: AtReplay,
		Want: Want{Code: "callback_replayed", Stop: hostile.Discovery},
	},
	{
		Name: fapi + "invalid-authorization-response-iss", Number: "H7", What: "the response comes from another issuer",
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("iss", "https://evil.example") }),
		Want:  Want{Code: "issuer_mismatch", Stop: hostile.Authorization}, Lenient: rfc9207,
	},
	{
		Name: fapi + "remove-authorization-response-iss", Number: "H7", What: "the response lacks the iss that the metadata promise",
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Del("iss") }),
		Want:  Want{Code: "issuer_mismatch", Stop: hostile.Authorization}, Lenient: rfc9207,
	},
	{
		Name: "error-with-invalid-iss", Number: "H7", What: "an error response comes from another issuer",
		Fault: response(func(_ *hostile.Provider, q url.Values) {
			refuse(q, "access_denied")
			q.Set("iss", "https://evil.example")
		}),
		Want: Want{Code: "issuer_mismatch", Stop: hostile.Authorization},
	},
	{
		Name: "code-and-error", Number: "H8", What: "the response holds a code and an error",
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("error", "access_denied") }),
		Want:  Want{Code: "callback_invalid", Stop: hostile.Authorization},
	},
	{
		Name: "code-twice", Number: "H8", What: "the response holds two codes",
		Fault: response(func(_ *hostile.Provider, q url.Values) { q["code"] = []string{q.Get("code"), rand.Text()} }),
		Want:  Want{Code: "callback_invalid", Stop: hostile.Authorization}, Lenient: onceServer,
	},
	{
		Name: "state-twice", Number: "H8", What: "the response holds two states, the right one first", Lenient: onceServer,
		Fault: response(func(_ *hostile.Provider, q url.Values) { q["state"] = []string{q.Get("state"), rand.Text()} }),
		Want:  Want{Code: "callback_invalid", Stop: hostile.Authorization},
	},
	{
		Name: "iss-twice", Number: "H7", What: "the response comes from two issuers, the right one first", Lenient: rfc9207,
		Fault: response(func(_ *hostile.Provider, q url.Values) { q["iss"] = []string{q.Get("iss"), "https://evil.example"} }),
		Want:  Want{Code: "issuer_mismatch", Stop: hostile.Authorization},
	},
	{
		Name: "access-denied", Number: "H9", What: "the user said no",
		Fault: response(func(_ *hostile.Provider, q url.Values) { refuse(q, "access_denied") }),
		Want:  Want{Code: "access_denied", Server: "access_denied", Stop: hostile.Authorization},
	},
	{
		Name: "error-with-html", Number: "H9", What: "the error's description is HTML with bidirectional controls",
		Fault: response(func(_ *hostile.Provider, q url.Values) {
			refuse(q, "access_denied")
			q.Set("error_description", "<img src=x onerror=alert(1)>\u202egro.live\u2066")
		}),
		Want: Want{Code: "access_denied", Stop: hostile.Authorization},
	},
	{
		Name: "error-with-line-breaks", Number: "H9", What: "the error's description holds line breaks, which RFC 6749 doesn't allow",
		Fault: response(func(_ *hostile.Provider, q url.Values) {
			refuse(q, "access_denied")
			q.Set("error_description", "no\r\nSet-Cookie: a=b")
		}),
		Want: Want{Code: "callback_invalid", Stop: hostile.Authorization},
	},
	{
		Name: "error-with-flood", Number: "H9", What: "the error's description is 10 KB long",
		Fault: response(func(_ *hostile.Provider, q url.Values) {
			refuse(q, "access_denied")
			q.Set("error_description", strings.Repeat("call 0900 now ", 700))
		}),
		Want: Want{Code: "access_denied", Stop: hostile.Authorization},
	},
	{
		Name: "error-unknown", Number: "H10", What: "the error is one that nobody has specified",
		Fault: response(func(_ *hostile.Provider, q url.Values) { refuse(q, "out_of_coffee") }),
		Want:  Want{Code: "authorization_failed", Server: "out_of_coffee", Stop: hostile.Authorization},
	},
	{
		Name: "fragment", Number: "H8", What: "the response stands in the fragment, as was asked for", Client: inFragment,
	},
	{
		Name: "fragment-access-denied", Number: "H9", What: "the user said no, in the fragment, as was asked for", Client: inFragment,
		Fault: response(func(_ *hostile.Provider, q url.Values) { refuse(q, "access_denied") }),
		Want:  Want{Code: "access_denied", Server: "access_denied", Stop: hostile.Authorization},
	},
	{
		Name: "fragment-not-asked", Number: "H8", What: "the response stands in the fragment, and a query was asked for", Fault: answersIn("fragment"),
		Want: misplaced(),
	},
	{
		Name: "fragment-asked-query-answered", Number: "H8", What: "the response stands in the query, and the fragment was asked for", Client: inFragment,
		Fault: answersIn("query"), Want: misplaced(),
	},
	{
		Name: "fragment-and-query", Number: "H8", What: "the response stands in the query, as was asked for, and in the fragment as well",
		Fault: answersIn("query", "fragment"), Want: misplaced(), Lenient: elsewhereToo,
	},
	{
		Name: "fragment-and-query-fragment-asked", Number: "H8", What: "the response stands in the fragment, as was asked for, and in the query as well",
		Client: inFragment, Fault: answersIn("query", "fragment"), Want: misplaced(), Lenient: elsewhereToo,
	},
	{
		Name: "fragment-state-invalid", Number: "H6", What: "the response in the fragment has another state", Client: inFragment,
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("state", rand.Text()) }),
		Want:  Want{Code: "state_mismatch", Stop: hostile.Authorization},
	},
	{
		Name: "fragment-iss-invalid", Number: "H7", What: "the response in the fragment comes from another issuer", Client: inFragment,
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("iss", "https://evil.example") }),
		Want:  Want{Code: "issuer_mismatch", Stop: hostile.Authorization}, Lenient: rfc9207,
	},
	{
		Name: "fragment-access-token", Number: "H8", What: "an access token stands beside the code in the fragment, as of a hybrid flow", Client: inFragment,
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("access_token", rand.Text()) }), Want: misplaced(), Lenient: unknown,
	},
	{
		Name: "parameters-unknown", Number: "H8", What: "the response holds parameters that nobody has specified",
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("weather", "fine") }),
	},
}

var inFragment = Client{ResponseMode: "fragment"}

func answersIn(modes ...string) hostile.Fault { return hostile.Fault{Modes: modes} }

func misplaced() Want { return Want{Code: "callback_invalid", Stop: hostile.Authorization} }

const (
	elsewhereToo = "a client may look in one place alone"
	unknown      = "RFC 6749 section 4.1.2 has a client ignore parameters that it doesn't know"
	rfc9207      = "a client need not know RFC 9207 unless it speaks with several providers"
	onceServer   = "RFC 6749 section 3.1 forbids it to the server, and leaves the client out"
)

func response(change func(p *hostile.Provider, q url.Values)) hostile.Fault {
	return hostile.Fault{Redirect: change}
}

// refuse makes an error of a response.
func refuse(q url.Values, code string) {
	q.Del("code")
	q.Set("error", code)
}
