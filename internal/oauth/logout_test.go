package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestLogoutURL(t *testing.T) {
	announced := oauth.Metadata{
		Issuer: "https://as.test", AuthorizationEndpoint: "https://as.test/auth", TokenEndpoint: "https://as.test/token",
		EndSessionEndpoint: "https://as.test/end?x=1",
	}
	silent := announced
	silent.EndSessionEndpoint = ""
	auth0 := oauth.Metadata{
		Issuer: "https://t.eu.auth0.com/", AuthorizationEndpoint: "https://t.eu.auth0.com/authorize", TokenEndpoint: "https://t.eu.auth0.com/oauth/token",
	}
	auth0RP := auth0
	auth0RP.EndSessionEndpoint = "https://t.eu.auth0.com/oidc/logout"
	// Looks like Auth0 but for one endpoint, which another host serves: its /v2/logout is nobody's.
	almost := auth0
	almost.TokenEndpoint = "https://other.test/oauth/token"
	nearly := auth0
	nearly.AuthorizationEndpoint = "https://other.test/authorize"

	full := oauth.Logout{
		ClientID: "spa", IDTokenHint: oauth.NewSecret("a.b.c"), ReturnTo: "https://app.test/?bye=1&x", State: "s1",
	}
	full.Extra.Add("ui_locales", "de")
	federated := full
	federated.Federated = true
	const (
		rp = "id_token_hint=a.b.c&client_id=spa&post_logout_redirect_uri=https%3A%2F%2Fapp.test%2F%3Fbye%3D1%26x&state=s1&ui_locales=de"
		v2 = "https://t.eu.auth0.com/v2/logout?client_id=spa&returnTo=https%3A%2F%2Fapp.test%2F%3Fbye%3D1%26x"
	)
	for name, test := range map[string]struct {
		logout   oauth.Logout
		metadata oauth.Metadata
		want     string
	}{
		"RP-initiated":               {full, announced, "https://as.test/end?x=1&" + rp},
		"federated elsewhere":        {federated, announced, "https://as.test/end?x=1&" + rp},
		"nothing offered":            {full, silent, ""},
		"nothing offered, federated": {federated, silent, ""},
		"Auth0":                      {full, auth0, v2 + "&ui_locales=de"},
		"Auth0 federated":            {federated, auth0, v2 + "&federated=true&ui_locales=de"},
		"Auth0 RP-initiated":         {full, auth0RP, "https://t.eu.auth0.com/oidc/logout?" + rp},
		"Auth0 RP, but federated":    {federated, auth0RP, v2 + "&federated=true&ui_locales=de"},
		"almost Auth0":               {full, almost, ""},
		"nearly Auth0":               {full, nearly, ""},
		"client only":                {oauth.Logout{ClientID: "spa"}, auth0RP, "https://t.eu.auth0.com/oidc/logout?client_id=spa"},
		"client only, Auth0":         {oauth.Logout{ClientID: "spa"}, auth0, "https://t.eu.auth0.com/v2/logout?client_id=spa"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, test.logout.URL(&test.metadata))
		})
	}
}

func TestReturnedState(t *testing.T) {
	for address, want := range map[string]struct {
		state string
		ok    bool
	}{
		"https://app.test/":                       {"", true},
		"https://app.test/?state=a%20b+c":         {"a b c", true},
		"https://app.test/?x=1&state=s&y#state=t": {"s", true},
		"https://app.test/#/?state=s":             {"", true},
		"https://app.test/?state=s&code=c":        {"", false},
		"https://app.test/?error=e&state=s":       {"", false},
		"https://app.test/?state=s#code=c":        {"", false},
		"https://app.test/#state=s&code":          {"", false}, // a provider never answers a sign-out there
		"https://app.test/?state=s&state=s":       {"", false},
		"https://app.test/?state=%00":             {"", false},
		"https://app.test/?state=a;b":             {"", false},
		"https://app.test/?s%74ate=s&%73tate=t":   {"", false},
	} {
		state, ok := oauth.ReturnedState(address)
		assert.Equal(t, want.ok, ok, address)
		assert.Equal(t, want.state, state, address)
	}
}

// FuzzReturnedState: what counts as a return from a sign-out holds no answer to a login and one state at most, by another parser's reading.
func FuzzReturnedState(f *testing.F) {
	for _, query := range []string{"", "?state=s", "?state=s&code=c", "?c%6fde=x", "?state=a&state=b", "?state=%zz", "#?state=s", "?state=;"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		state, ok := oauth.ReturnedState("https://app.test/" + query)
		if !ok {
			require.Empty(t, state)
			return
		}
		raw, _, _ := strings.Cut(query, "#")
		_, raw, _ = strings.Cut(raw, "?")
		theirs, _ := url.ParseQuery(raw)
		require.Empty(t, theirs.Get("code"))
		require.Empty(t, theirs.Get("error"))
		require.Equal(t, state, theirs.Get("state"))
		require.LessOrEqual(t, len(theirs["state"]), 1)
	})
}
