package cases

import (
	"net/http"

	"github.com/postern-auth/postern/conformance/hostile"
)

// What UserInfo says is believed for the user of the ID token alone: whoever swaps the access token would else swap the user.
var userInfo = []Case{
	{
		Name: oidcc + "-scope-userinfo-claims", Number: "", What: "nothing is wrong with UserInfo", When: AtUserInfo,
		Fault: around(hostile.UserInfo, func(_ *hostile.Provider, honest http.Handler) http.Handler { return honest }),
	},
	{
		Name: oidcc + "-userinfo-invalid-sub", Number: "H41", What: "UserInfo is about another user", When: AtUserInfo,
		Fault: answer(hostile.UserInfo, http.StatusOK, "application/json", `{"sub":"user-2"}`), Want: mismatched(),
	},
	{
		Name: "userinfo-without-sub", Number: "H41", What: "UserInfo doesn't say whom it is about", When: AtUserInfo,
		Fault: answer(hostile.UserInfo, http.StatusOK, "application/json", `{"name":"Eve"}`), Want: mismatched(),
	},
	{
		Name: "userinfo-sub-twice", Number: "H41", What: "UserInfo is about two users, the right one last", When: AtUserInfo,
		Fault: answer(hostile.UserInfo, http.StatusOK, "application/json", `{"sub":"user-2","sub":"`+hostile.Subject+`"}`),
		Want:  Want{Code: "authorization_failed", Says: "twice", Stop: hostile.UserInfo}, Lenient: "RFC 8259 section 4 leaves it open",
	},
	{
		Name: "userinfo-401-once", Number: "", What: "UserInfo refuses the access token: it is renewed, and UserInfo asked once more", When: AtUserInfo,
		Fault: refusing(1), Want: Want{Refreshes: 1},
	},
	{
		Name: "userinfo-401", Number: "", What: "UserInfo refuses every access token: one is renewed, and no other", When: AtUserInfo,
		Fault: refusing(9), Want: Want{Code: "authorization_failed", Refreshes: 1, Stop: hostile.UserInfo, Tries: 2},
	},
}

func mismatched() Want { return Want{Code: "userinfo_mismatch", Stop: hostile.UserInfo} }

// refusing answers the first requests to UserInfo with 401.
func refusing(times int) hostile.Fault {
	return around(hostile.UserInfo, func(p *hostile.Provider, honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions || p.Reached(hostile.UserInfo) > times {
				honest.ServeHTTP(w, r)
				return
			}
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			w.WriteHeader(http.StatusUnauthorized)
		})
	})
}
