package cases

import (
	"net/http"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A token exchange brings the application a token. Whatever it brings, nobody else may be signed in by it, and nobody signed out.
var trades = []Case{
	{Name: "token-exchange", What: "nothing is wrong with the token exchange", When: AtTrade},
	{
		Name: "token-exchange-other-user", What: "the token exchange brings another user's ID token and refresh token", When: AtTrade,
		Fault: hostile.Fault{Tokens: func(_ *hostile.Provider, response hostile.Object) {
			t := hostile.IDToken{
				Header: hostile.Object{"alg": "RS256"}, Claims: hostile.Object{"sub": "user-2", "aud": ClientID}, Key: hostile.RS256(),
			}
			response["id_token"] = t.Unsigned() + ".c2ln"
			response["refresh_token"] = "another"
		}},
		Want: Want{Recovers: true},
	},
	{
		Name: "token-exchange-n-a", What: "what the token exchange brings is no access token, as token_type N_A says", When: AtTrade,
		Fault: member("token_type", "N_A"), Want: keeps("token_response_invalid"),
	},
	{
		Name: "token-exchange-no-token", What: "the token exchange brings no token", When: AtTrade, Fault: member("access_token", nil),
		Want: keeps("token_response_invalid"),
	},
	{
		Name: "token-exchange-invalid-grant", What: "the provider refuses the token that is to be exchanged, and repeats it", When: AtTrade,
		Fault: answer(hostile.Token, http.StatusBadRequest, "application/json",
			`{"error":"invalid_grant","error_description":"`+SubjectToken+` is not good"}`),
		Want: keeps("token_endpoint_error"),
	},
	{
		Name: "token-exchange-echo-in-code", What: "the provider's own error code is the token that is to be exchanged", When: AtTrade,
		Fault: answer(hostile.Token, http.StatusBadRequest, "application/json", `{"error":"`+SubjectToken+`"}`), Want: keeps("token_endpoint_error"),
	},
	{
		Name: "token-exchange-redirect", What: "the token exchange is redirected with 307, which carries the token along", When: AtTrade,
		Fault: redirected(hostile.Token, http.StatusTemporaryRedirect), Want: keeps("network"),
	},
}

// keeps is a failure that leaves the session as it was.
func keeps(code string) Want { return Want{Code: code, Stop: hostile.Token, Recovers: true} }
