package oauth

import "strings"

// Logout is what a sign-out at the provider says.
type Logout struct {
	ClientID    string
	IDTokenHint Secret
	ReturnTo    string
	State       string
	Federated   bool
	Extra       Form
}

// URL returns the address that ends the user's session at the provider, or "" where it offers none: by RP-Initiated Logout 1.0 section
// 2 where the provider announces it, else by Auth0's /v2/logout, which every tenant has. federated, which is Auth0's own and no part of the
// specification, always goes there, though /oidc/logout knows it too.
func (l *Logout) URL(m *Metadata) string {
	var f Form
	endpoint := m.EndSessionEndpoint
	if !l.RPInitiated(m) {
		if !isAuth0(m) {
			return ""
		}
		endpoint = strings.TrimSuffix(m.Issuer, "/") + "/v2/logout"
		f.Add("client_id", l.ClientID).Add("returnTo", l.ReturnTo)
		if l.Federated {
			f.Add("federated", "true")
		}
	} else {
		f.Add("id_token_hint", l.IDTokenHint.Reveal()).
			Add("client_id", l.ClientID).
			Add("post_logout_redirect_uri", l.ReturnTo).
			Add("state", l.State)
	}
	f.Append(&l.Extra)
	return WithQuery(endpoint, f.String())
}

// RPInitiated reports whether the sign-out is one that the provider sends the user back from with the state that it was given.
func (l *Logout) RPInitiated(m *Metadata) bool {
	return m.EndSessionEndpoint != "" && !(l.Federated && isAuth0(m))
}

// isAuth0 knows Auth0 by its endpoints' paths, which are the same on custom domains.
func isAuth0(m *Metadata) bool {
	base := strings.TrimSuffix(m.Issuer, "/")
	return m.AuthorizationEndpoint == base+"/authorize" && m.TokenEndpoint == base+"/oauth/token"
}
