package cases

import (
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/postern-auth/postern/conformance/hostile"
)

// The provider is asked in a frame that nobody sees. What it shows there instead of answering must not keep the page waiting, nor cost the session; and
// everybody may post a message to the page.
var frames = []Case{
	{Name: "silent", What: "nothing is wrong with the silent sign-in", When: AtRenewal, Client: silent, Browser: true},
	{
		Name: "silent-login-required", Number: "H43", What: "the provider knows of nobody, perhaps since the browser hides its cookies", When: AtRenewal,
		Client: silent, Browser: true, Fault: response(func(_ *hostile.Provider, q url.Values) { refuse(q, "login_required") }),
		Want: Want{Code: unanswered, Warning: "third_party_cookies_blocked", Recovers: true},
	},
	{
		Name: "silent-login-page", Number: "H43", What: "the frame shows a login page", When: AtRenewal, Client: silent, Browser: true,
		Fault: shows(nil, ""), Want: Want{Code: unanswered, Recovers: true},
	},
	{
		Name: "silent-x-frame-options", Number: "H43", What: "the frame may not be shown", When: AtRenewal, Client: silent, Browser: true,
		Fault: shows(http.Header{"X-Frame-Options": {"DENY"}}, ""), Want: Want{Code: unanswered, Recovers: true},
	},
	{
		Name: "silent-state-invalid", Number: "H6", What: "the answer in the frame has another state", When: AtRenewal, Client: silent, Browser: true,
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("state", "~"+strings.Repeat("s", 43)) }),
		Want:  Want{Code: unanswered, Recovers: true},
	},
	{
		Name: "silent-foreign-message", Number: "H43", What: "a frame in the provider's page, of no origin, posts an answer with the right state", When: AtRenewal,
		Client: silent, Browser: true, Fault: shows(nil, `<iframe sandbox="allow-scripts" srcdoc="<script>parent.parent.postMessage(MESSAGE, '*')</script>"></iframe>`),
		Want: Want{Code: unanswered, Refreshes: -1, Recovers: true},
	},
	{
		Name: "silent-message-of-another-login", Number: "H43", What: "the provider's page posts answers to other logins", When: AtRenewal,
		Client: silent, Browser: true, Fault: shows(nil, `<script>for (const state of ['~other', '', null, ['STATE'], undefined]) `+
			`parent.postMessage({type: 'authorization_response', response: {code: 'forged', state}}, '*')</script>`),
		Want: Want{Code: unanswered, Refreshes: -1, Recovers: true},
	},
	{
		Name: "silent-iss-invalid", Number: "H7", What: "the answer in the frame comes from another issuer", When: AtRenewal, Client: silent, Browser: true,
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("iss", "https://evil.example") }),
		Want:  Want{Code: "issuer_mismatch", Recovers: true}, Lenient: rfc9207,
	},
	{
		Name: "silent-other-user", Number: "H30", What: "another user is signed in at the provider by now", When: AtRenewal, Client: silent, Browser: true,
		Fault: setClaim("sub", "user-2"), Want: Want{Code: "id_token_claim", Claim: "sub", SignedOut: true},
	},
}

var silent = Client{Silent: true}

// unanswered is what a client without a refresh token says where the frame doesn't help.
const unanswered = "missing_refresh_token"

// shows has the provider show a page in the place of an answer. In it MESSAGE is a message for the login, and STATE its state.
func shows(header http.Header, page string) hostile.Fault {
	return instead(hostile.Authorization, func(_ *hostile.Provider, w http.ResponseWriter, r *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		w.Header().Set("Content-Type", "text/html")
		state := template.JSEscapeString(r.URL.Query().Get("state"))
		message := "{type: 'authorization_response', response: {code: 'forged', state: '" + state + "'}}"
		_, _ = io.WriteString(w, "<!doctype html><title>Sign in</title><form></form>"+strings.NewReplacer("MESSAGE", message, "STATE", state).Replace(page))
	})
}
