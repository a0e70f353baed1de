package cases

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/postern-auth/postern/conformance/hostile"
)

// What CORS blocks, a page can't tell from a cable that was pulled out. The error must say so, or its reader looks at the cable.
var network = []Case{
	{
		Name: "discovery-without-cors", Number: "H40", What: "the metadata may not be read by other origins", Browser: true,
		Fault: withoutCORS(hostile.Discovery), Want: Want{Code: "discovery_failed", Says: "CORS", Stop: hostile.Discovery},
	},
	{
		Name: "token-without-cors", Number: "H40", What: "the token endpoint answers preflights, and its answer may not be read by other origins",
		Browser: true, Fault: withoutCORS(hostile.Token), Want: Want{Code: "network", Says: "CORS", Stop: hostile.Token},
	},
	{
		Name: "jwks-without-cors", Number: "H40", What: "the keys may not be read by other origins", Browser: true,
		Fault: withoutCORS(hostile.JWKS), Want: Want{Code: "jwks_failed", Says: "CORS", Stop: hostile.Token, Revoked: true},
	},
}

func withoutCORS(e hostile.Endpoint) hostile.Fault {
	return around(e, func(_ *hostile.Provider, honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Del("Access-Control-Allow-Origin")
			honest.ServeHTTP(w, r)
		})
	})
}

const returnState = "a client need not give a sign-out a state, and then there is nothing to check"

// Nothing that the provider does keeps a user signed in here who wanted out.
var signOuts = []Case{
	{Name: oidcc + "-rp-init-logout", Number: "", What: "nothing is wrong with the sign-out", When: AtSignOut, Want: Want{Revoked: true}},
	{
		Name: "end-session-500", Number: "H44", What: "the provider's own sign-out answers with 500", When: AtSignOut,
		Fault: answer(hostile.EndSession, http.StatusInternalServerError, "text/html", "<!doctype html><h1>Sorry</h1>"), Want: Want{Revoked: true},
	},
	{
		Name: "revocation-503", Number: "H44", What: "the refresh token can't be revoked just now: signed out here, with a warning", When: AtSignOut,
		Fault: answer(hostile.Revocation, http.StatusServiceUnavailable, "application/json", "{}"), Want: Want{Warning: "renewal_failed"},
	},
	{Name: oidcc + "-rp-init-logout-state", What: "the user comes back from the sign-out with its state", When: AtReturn, Want: Want{Revoked: true}},
	{
		Name: oidcc + "-rp-init-logout-other-state", What: "the user comes back from the sign-out with another state", When: AtReturn, Lenient: returnState,
		Fault: hostile.Fault{Return: func(_ *hostile.Provider, q url.Values) { q.Set("state", rand.Text()) }},
		Want:  Want{Code: "state_mismatch", Stop: hostile.EndSession, Revoked: true},
	},
	{
		Name: oidcc + "-rp-init-logout-no-state", What: "the user comes back from the sign-out without its state", When: AtReturn, Lenient: returnState,
		Fault: hostile.Fault{Return: func(_ *hostile.Provider, q url.Values) { q.Del("state") }},
		Want:  Want{Code: "state_mismatch", Stop: hostile.EndSession, Revoked: true},
	},
}
