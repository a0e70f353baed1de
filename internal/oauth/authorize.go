package oauth

import "github.com/postern-auth/postern/pkce"

// Authorization is what an authorization request says (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1).
type Authorization struct {
	ClientID    string
	RedirectURI string
	Scope       string
	State       string
	Nonce       string
	Challenge   pkce.Challenge
	// KeyThumbprint binds the code to a key (RFC 9449 section 10), if there is one.
	KeyThumbprint string
	// Extra holds what the application adds. CheckExtra has been asked about every name.
	Extra Form
}

// reservedParams are the SDK's own: an application that could set them would switch off the protection they stand for.
const reservedParams = "client_id response_type state nonce code_challenge code_challenge_method request request_uri " +
	"dpop_jkt client_secret client_assertion client_assertion_type"

// CheckExtra reports whether an application may set a parameter by this name.
func CheckExtra(name string) bool { return name != "" && !HasScopes(reservedParams, name) }

// URL returns the address to send the user to.
func (a *Authorization) URL(endpoint string) string { return WithQuery(endpoint, a.Params()) }

// Params returns the request as a query or a form. response_type is always code: RFC 9700 section 2.1.2 is the end of the implicit grant.
func (a *Authorization) Params() string {
	var f Form
	f.Add("client_id", a.ClientID).
		Add("response_type", "code").
		Add("redirect_uri", a.RedirectURI).
		Add("scope", a.Scope).
		Add("state", a.State).
		Add("nonce", a.Nonce).
		Add("code_challenge", a.Challenge.Value()).
		Add("code_challenge_method", pkce.Method).
		Add("dpop_jkt", a.KeyThumbprint)
	f.Append(&a.Extra)
	return f.String()
}
