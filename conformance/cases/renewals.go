package cases

import (
	"net/http"
	"time"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A renewal happens without the user. What goes wrong must neither sign them out for nothing nor let another user take their place.
var renewals = []Case{
	{Name: oidcc + "-refresh-token", Number: "", What: "nothing is wrong with the renewal", When: AtRenewal},
	otherUser(oidcc+"-refresh-token-invalid-sub", "the renewed ID token is another user's", "sub", "user-2"),
	otherUser(oidcc+"-refresh-token-invalid-issuer", "the renewed ID token is another issuer's", "iss", "https://evil.example"),
	otherUser("refresh-token-invalid-azp", "the renewed ID token was made for another client", "azp", "another"),
	otherUser("refresh-token-invalid-aud", "the renewed ID token's audience is another client", "aud", "another"),
	otherUser("refresh-token-invalid-auth-time", "the renewed ID token speaks of another sign-in", "auth_time", time.Now().Add(-hour).Unix()),
	otherUser("refresh-token-invalid-nonce", "the renewed ID token has another login's nonce", "nonce", "another"),
	{
		Name: "refresh-token-invalid-sig", Number: "H30", What: "an attacker's key has signed the renewed ID token", When: AtRenewal,
		Fault: idToken(func(t *hostile.IDToken) { t.Key = hostile.Impostor() }),
		Want:  Want{Code: "id_token_signature", Stop: hostile.Token, Revoked: true, SignedOut: true}, Lenient: tls,
	},
	{
		Name: "refresh-token-kid-unknown", Number: "H22", When: AtRenewal, Times: 3,
		What:  "the renewed ID tokens name a key that can't be had: they are left aside, and the keys fetched again but once a minute",
		Fault: idToken(func(t *hostile.IDToken) { t.Header["kid"] = "nobody" }), Want: Want{Fetches: 1},
	},
	{
		Name: "refresh-token-jwks-500", Number: "H23", What: "the renewed ID token names a new key, and the keys can't be fetched just now", When: AtRenewal,
		Fault: hostile.Fault{
			IDToken: func(_ *hostile.Provider, t *hostile.IDToken) { t.Header["kid"] = "nobody" },
			Answers: answer(hostile.JWKS, http.StatusInternalServerError, "application/json", "{}").Answers,
		},
		Want: Want{Recovers: true},
	},
	{Name: "refresh-without-refresh-token", Number: "H31", What: "the renewal brings no refresh token: the old one stays", When: AtRenewal,
		Fault: hostile.Fault{NoRotation: true, Tokens: func(_ *hostile.Provider, response hostile.Object) { delete(response, "refresh_token") }},
		Want:  Want{Recovers: true},
	},
	{
		Name: "refresh-without-id-token", Number: "H32", What: "the renewal brings no ID token, which is optional", When: AtRenewal,
		Fault: member("id_token", nil), Want: Want{Recovers: true},
	},
	{Name: "refresh-resources", What: "a new token for two resources is asked for", When: AtRenewal, Client: Client{Resources: resources}},
	{
		Name: "refresh-503", Number: "H33", What: "a renewal is answered with 503", When: AtRenewal,
		Fault: answer(hostile.Token, http.StatusServiceUnavailable, "application/json", `{"error":"temporarily_unavailable"}`),
		Want:  Want{Code: "token_endpoint_error", Stop: hostile.Token, Recovers: true},
	},
	{
		Name: "refresh-mfa-required", Number: "H33", What: "a renewal is answered with mfa_required: the user has to come, and stays signed in", When: AtRenewal,
		Fault: answer(hostile.Token, http.StatusForbidden, "application/json", `{"error":"mfa_required","mfa_token":"t"}`),
		Want:  Want{Code: "mfa_required", Server: "mfa_required", Stop: hostile.Token, Recovers: true},
	},
	{
		Name: "refresh-500-html", Number: "H33", What: "a renewal is answered with 500 and a page of HTML", When: AtRenewal,
		Fault: answer(hostile.Token, http.StatusInternalServerError, "text/html", "<!doctype html><h1>Sorry</h1>"),
		Want:  Want{Code: "token_endpoint_error", Stop: hostile.Token, Recovers: true},
	},
	{
		Name: "refresh-429", Number: "H33", What: "a renewal is answered with 429", When: AtRenewal,
		Fault: answer(hostile.Token, http.StatusTooManyRequests, "application/json", `{"error":"too_many_requests"}`),
		Want:  Want{Code: "rate_limited", Stop: hostile.Token, Recovers: true},
	},
	{
		Name: "refresh-429-retry-after", Number: "H33", What: "a renewal is answered with 429 and Retry-After, and another wanted at once: it isn't sent",
		When: AtRenewal, Times: 2,
		Fault: around(hostile.Token, func(*hostile.Provider, http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "60")
				w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = w.Write([]byte(`{"error":"too_many_requests"}`))
			})
		}),
		Want: Want{Code: "rate_limited", Refreshes: 1}, Lenient: "RFC 9110 section 10.2.3 obliges nobody to wait",
	},
	{
		Name: "refresh-invalid-grant", Number: "H34", What: "the refresh token is refused", When: AtRenewal,
		Fault: answer(hostile.Token, http.StatusBadRequest, "application/json", `{"error":"invalid_grant"}`),
		Want:  Want{Code: "session_revoked", Stop: hostile.Token, SignedOut: true},
	},
	{
		Name: "refresh-interaction-required", Number: "", When: AtRenewal,
		What:  "a renewal is answered with interaction_required, as when a policy has changed: the refresh token is none the worse",
		Fault: answer(hostile.Token, http.StatusBadRequest, "application/json", `{"error":"interaction_required","error_description":"AADSTS50076"}`),
		Want:  Want{Code: "interaction_required", Server: "interaction_required", Says: "a login", Stop: hostile.Token, Recovers: true},
	},
	{
		Name: "refresh-consent-required", Number: "", When: AtRenewal,
		What:  "a renewal is answered with consent_required: the user is asked in a login, and stays signed in until then",
		Fault: answer(hostile.Token, http.StatusBadRequest, "application/json", `{"error":"consent_required"}`),
		Want:  Want{Code: "consent_required", Server: "consent_required", Says: "a login", Stop: hostile.Token, Recovers: true},
	},
	{
		Name: "refresh-lost", Number: "H35", What: "the provider rotates the refresh token, and its answer is cut off: it is asked once more", When: AtRenewal,
		Fault: cut(1), Want: Want{Refreshes: 2, Recovers: true},
	},
	{
		Name: "refresh-lost-twice", Number: "H35", What: "the second answer is cut off too: a third try would look like theft", When: AtRenewal,
		Fault: cut(2), Want: Want{Code: "network", Refreshes: 2},
		Lenient: "no specification says how often a refresh token may be sent whose answer was lost",
	},
	{
		Name: "refresh-same-refresh-token", Number: "H36", What: "the renewal brings the same refresh token again", When: AtRenewal,
		Fault: hostile.Fault{NoRotation: true}, Want: Want{Recovers: true},
	},
	{
		Name: "refresh-access-token-missing", Number: "H14", What: "the renewal brings a refresh token and no access token: the session is kept",
		When: AtRenewal, Fault: member("access_token", nil), Want: Want{Code: "token_response_invalid", Stop: hostile.Token, Recovers: true},
	},
}

// otherUser is a renewal that speaks of somebody, or of something, else.
func otherUser(name, what, claim string, value any) Case {
	return Case{
		Name: name, Number: "H30", What: what, When: AtRenewal, Fault: setClaim(claim, value),
		Want: Want{Code: "id_token_claim", Claim: claim, Stop: hostile.Token, Revoked: true, SignedOut: true},
	}
}
