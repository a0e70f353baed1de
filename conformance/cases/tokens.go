package cases

import (
	"net/http"
	"time"

	"github.com/postern-auth/postern/conformance/hostile"
)

// The token response decides what the application sends to its API, and for how long.
var tokens = []Case{
	{Name: oidcc, Also: fapi + "happy-path", Number: "", What: "nothing is wrong", Want: Want{Fetches: 1}},
	{
		Name: "exchange-invalid-grant", Number: "H11", What: "the code is refused",
		Fault: answer(hostile.Token, http.StatusBadRequest, "application/json", `{"error":"invalid_grant"}`),
		Want:  Want{Code: "token_endpoint_error", Server: "invalid_grant", Stop: hostile.Token},
	},
	{
		Name: "exchange-interaction-required", Number: "", What: "the code is exchanged for interaction_required, which only another login can answer",
		Fault: answer(hostile.Token, http.StatusBadRequest, "application/json", `{"error":"interaction_required"}`),
		Want:  Want{Code: "interaction_required", Server: "interaction_required", Says: "a login", Stop: hostile.Token},
	},
	{
		Name: "exchange-503", Number: "H11", What: "the exchange is answered with 503: the code may be used up, and isn't sent again",
		Fault: answer(hostile.Token, http.StatusServiceUnavailable, "application/json", "{}"),
		Want:  Want{Code: "token_endpoint_error", Stop: hostile.Token},
	},
	{
		Name: "exchange-mfa-required", Number: "H11", What: "the exchange is answered with mfa_required",
		Fault: answer(hostile.Token, http.StatusForbidden, "application/json", `{"error":"mfa_required","mfa_token":"t"}`),
		Want:  Want{Code: "mfa_required", Server: "mfa_required", Stop: hostile.Token},
	},
	{
		Name: "exchange-200-error", Number: "H11", What: "an error comes with status 200",
		Fault: answer(hostile.Token, http.StatusOK, "application/json", `{"error":"invalid_grant"}`),
		Want:  Want{Code: "token_endpoint_error", Server: "invalid_grant", Stop: hostile.Token},
	},
	{
		Name: "token-redirect-302", Number: "H12", What: "the token endpoint redirects with 302",
		Fault: redirected(hostile.Token, http.StatusFound), Want: Want{Code: "network", Says: "redirect", Stop: hostile.Token},
		Lenient: followed,
	},
	{
		Name: "token-redirect-307", Number: "H12", What: "the token endpoint redirects with 307, which carries the code along",
		Fault: redirected(hostile.Token, http.StatusTemporaryRedirect), Want: Want{Code: "network", Says: "redirect", Stop: hostile.Token},
		Lenient: followed,
	},
	{
		Name: "token-html", Number: "H13", What: "the tokens are marked as HTML",
		Fault: around(hostile.Token, func(_ *hostile.Provider, honest http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { honest.ServeHTTP(typed{w, "text/html"}, r) })
		}),
		Want: refusedTokens(), Lenient: "RFC 6749 section 5.1 binds the server, and says nothing of a client that meets another type",
	},
	{
		Name: "token-empty", Number: "H13", What: "the answer is empty", Fault: answer(hostile.Token, http.StatusOK, "application/json", ""),
		Want: refusedTokens(),
	},
	{
		Name: "token-truncated", Number: "H13", What: "the JSON text is cut off",
		Fault: answer(hostile.Token, http.StatusOK, "application/json", `{"access_token":"a","token_type":"Bear`), Want: refusedTokens(),
	},
	{Name: "access-token-missing", Number: "H14", What: "there is no access token", Fault: member("access_token", nil), Want: revokedTokens()},
	{Name: "access-token-empty", Number: "H14", What: "the access token is empty", Fault: member("access_token", ""), Want: revokedTokens()},
	{Name: "access-token-number", Number: "H14", What: "the access token is a number", Fault: member("access_token", 42), Want: revokedTokens()},
	{Name: "token-type-missing", Number: "H15", What: "there is no token_type", Fault: member("token_type", nil), Want: revokedTokens()},
	{Name: "token-type-mac", Number: "H15", What: "the token_type is mac", Fault: member("token_type", "mac"), Want: revokedTokens()},
	{Name: fapi + "token-type-case-insensitivity", Number: "H15", What: "the token_type is bEARER", Fault: member("token_type", "bEARER")},
	{
		Name: "expires-in-missing", Number: "H17", What: "there is no expires_in: the token is used for some minutes only", Fault: member("expires_in", nil),
		Want: Want{Lifetime: 300},
	},
	{Name: "expires-in-text", Number: "H17", What: `expires_in is "3600", a text`, Fault: member("expires_in", "3600"), Want: Want{Lifetime: 3600}},
	{Name: "expires-in-zero", Number: "H17", What: "expires_in is 0", Fault: member("expires_in", 0)},
	{Name: "expires-in-negative", Number: "H17", What: "expires_in is -1", Fault: member("expires_in", -1), Want: revokedTokens(), Lenient: lifetimes},
	{Name: "expires-in-1e99", Number: "H17", What: "expires_in is 1e99", Fault: member("expires_in", 1e99), Want: revokedTokens(), Lenient: lifetimes},
	{
		Name: "scope-narrowed", Number: "H18", What: "less is granted than was asked", Client: Client{Scope: Scope + " read:messages"},
		Fault: member("scope", Scope), Want: Want{Warning: "scope_narrowed"},
	},
	{
		Name: "scope-widened", Number: "H18", What: "more is granted than was asked", Fault: member("scope", Scope+" admin"),
		Want: Want{Warning: "scope_widened"},
	},
	{
		Name: "authorization-details-untyped", Number: "H14", What: "a granted authorization detail has no type",
		Fault: member("authorization_details", []hostile.Object{{"type": "payment"}, {"amount": 1}}), Want: revokedTokens(),
		Lenient: details,
	},
	{
		Name: "authorization-details-text", Number: "H14", What: "the granted authorization details are a text of JSON",
		Fault: member("authorization_details", `[{"type":"payment"}]`), Want: revokedTokens(), Lenient: details,
	},
	{
		Name: "authorization-details", What: "authorization details are granted, in part of types that nobody knows",
		Fault: member("authorization_details", []hostile.Object{{"type": "payment"}, {"type": "unheard-of", "x": []int{1}}}),
	},
	{Name: "resources", What: "a token for two resources is asked for", Client: Client{Resources: resources}},
	{
		Name: "token-drip-fed", Number: "H2", What: "the tokens come a byte at a time, and never end",
		Fault: instead(hostile.Token, drip), Client: Client{Timeout: 2}, Want: Want{Code: "timeout", Stop: hostile.Token},
	},
}

var resources = []string{"https://api.example/v1", "urn:example:orders"}

const details = "a client that asks for no authorization details (RFC 9396) need not read them"

const lifetimes = "no specification says what a client makes of a lifetime that can't be"

func refusedTokens() Want { return Want{Code: "token_response_invalid", Stop: hostile.Token} }

// revokedTokens is where the refresh token could be read beside what was wrong.
func revokedTokens() Want {
	w := refusedTokens()
	w.Revoked = true
	return w
}

// member changes one member of the token response, or leaves it out for nil.
func member(name string, value any) hostile.Fault {
	return hostile.Fault{Tokens: func(_ *hostile.Provider, response hostile.Object) { set(response, name, value) }}
}

// typed answers under another content type.
type typed struct {
	http.ResponseWriter
	contentType string
}

func (t typed) WriteHeader(status int) {
	t.Header().Set("Content-Type", t.contentType)
	t.ResponseWriter.WriteHeader(status)
}

// cut ends the connection in the middle of the first answers to a renewal: the provider has done its part, and the client doesn't know.
func cut(times int) hostile.Fault {
	return around(hostile.Token, func(p *hostile.Provider, honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if p.Grants("refresh_token") > times {
				honest.ServeHTTP(w, r)
				return
			}
			honest.ServeHTTP(dropped{w.Header()}, r)
			w.Header().Set("Content-Length", "4096")
			_, _ = w.Write([]byte("{"))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
	})
}

// dropped is where an answer goes that nobody gets.
type dropped struct{ header http.Header }

func (d dropped) Header() http.Header         { return d.header }
func (d dropped) Write(b []byte) (int, error) { return len(b), nil }
func (d dropped) WriteHeader(int)             {}

// hour is what rows count in.
const hour = time.Hour
