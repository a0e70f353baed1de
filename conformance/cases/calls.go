package cases

import (
	"net/http"

	"github.com/postern-auth/postern/conformance/hostile"
)

// An API refuses a token in the words of its WWW-Authenticate (RFC 6750 section 3, RFC 9449 section 9, RFC 9470 section 3). Whatever those are, it gets no
// more than one more try for each thing that may help, and nobody loses a session over it.
var calls = []Case{
	{Name: "fetch", What: "nothing is wrong with the API", When: AtFetch, Want: Want{Refreshes: -1}},
	{
		Name: "fetch-401-once", What: "the API refuses the access token: it is renewed, and the API called once more", When: AtFetch,
		Fault: says(hostile.API, saying{`Bearer error="invalid_token"`, ""}), Want: Want{Refreshes: 1},
	},
	{
		Name: "fetch-401-without-challenge", What: "the API refuses, and doesn't say why", When: AtFetch, Fault: says(hostile.API, saying{"", ""}),
		Want: Want{Refreshes: 1},
	},
	{
		Name: "fetch-401-for-ever", What: "the API refuses every access token: the answer is the application's", When: AtFetch,
		Fault: says(hostile.API, refusals(99, saying{`Bearer error="invalid_token"`, ""})...),
		Want:  Want{Code: "status_401", Stop: hostile.API, Tries: 2, Refreshes: 1, Recovers: true},
	},
	{
		Name: "fetch-insufficient-scope", What: "the API wants another scope, which no new token has", When: AtFetch,
		Fault: says(hostile.API, saying{`Bearer error="insufficient_scope", scope="admin"`, ""}), Want: callFails("status_401"),
	},
	{
		Name: "fetch-step-up", What: "the API wants the user to have signed in by other means", When: AtFetch,
		Fault: says(hostile.API, saying{`Bearer error="insufficient_user_authentication", acr_values="urn:strong"`, ""}), Want: callFails("step_up_required"),
	},
	{
		Name: "fetch-challenge-unterminated", What: "the challenge ends inside of a quotation", When: AtFetch, Lenient: tolerant,
		Fault: says(hostile.API, saying{`Bearer error="invalid_token`, ""}), Want: callFails("challenge_malformed"),
	},
	{
		Name: "fetch-challenge-error-twice", What: "the challenge holds two errors", When: AtFetch, Lenient: tolerant,
		Fault: says(hostile.API, saying{`Bearer error="invalid_token", error="insufficient_scope"`, ""}), Want: callFails("challenge_malformed"),
	},
	{
		Name: "fetch-challenges", Number: "H42", What: "there is a challenge for DPoP, too, in the same header: this client has a Bearer token", When: AtFetch,
		Fault: says(hostile.API, saying{`DPoP error="use_dpop_nonce", algs="ES256", Bearer error="invalid_token"`, "api-1"}), Want: Want{Refreshes: 1},
	},
	{Name: "fetch-dpop", What: "nothing is wrong with the API, and the token is bound to a key", When: AtFetch, Client: bound, Want: Want{Refreshes: -1}},
	{
		Name: "fetch-dpop-nonce", Number: "H37", What: "the API wants a nonce in the proof", When: AtFetch, Client: bound, Fault: wanting(hostile.API, 1),
		Want: Want{Refreshes: -1},
	},
	{
		Name: "fetch-dpop-nonce-for-ever", Number: "H37", What: "the API wants another nonce each time", When: AtFetch, Client: bound,
		Fault: wanting(hostile.API, 99), Want: Want{Code: "dpop_failed", Stop: hostile.API, Tries: 2, Refreshes: -1, Recovers: true},
	},
	{
		Name: "fetch-dpop-nonce-on-200", Number: "H38", What: "a nonce comes with an answer: it is used next", When: AtFetch, Times: 2, Client: bound,
		Fault: around(hostile.API, func(p *hostile.Provider, honest http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if p.Reached(hostile.API) == 1 {
					w.Header().Set("DPoP-Nonce", "api-1")
					honest.ServeHTTP(w, r)
					return
				}
				hostile.WantNonce(hostile.API, "api-1", honest).ServeHTTP(w, r)
			})
		}),
		Want: Want{Stop: hostile.API, Tries: 2, Refreshes: -1},
	},
	{
		Name: "fetch-dpop-nonce-elsewhere", Number: "H38", What: "the API wants a nonce, and then another token: the provider doesn't get the API's nonce",
		When: AtFetch, Client: bound,
		Fault: says(hostile.API, saying{`DPoP error="use_dpop_nonce"`, "api-1"}, saying{`DPoP error="invalid_token"`, "api-2"}), Want: Want{Refreshes: 1},
	},
	{
		Name: "fetch-dpop-nonce-twice", Number: "H37", What: "the API sends two nonces", When: AtFetch, Client: bound,
		Fault: says(hostile.API, saying{`DPoP error="use_dpop_nonce"`, "api-1, api-2"}), Want: callFails("dpop_failed"),
	},
	{
		Name: "fetch-dpop-nonce-unreadable", Number: "H39", What: "the API wants a nonce, which pages of other origins may not read", When: AtFetch,
		Client: bound, Browser: true, Fault: around(hostile.API, func(_ *hostile.Provider, honest http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Expose-Headers", "WWW-Authenticate")
				hostile.WantNonce(hostile.API, "api-1", honest).ServeHTTP(w, r)
			})
		}),
		Want: callFails("dpop_nonce_unreadable"),
	},
}

// callFails is a call that is tried once, and costs no token.
func callFails(code string) Want {
	return Want{Code: code, Stop: hostile.API, Refreshes: -1, Recovers: true}
}

func refusals(times int, each saying) (all []saying) {
	for range times {
		all = append(all, each)
	}
	return all
}
