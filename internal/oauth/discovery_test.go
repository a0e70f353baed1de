package oauth_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// published is metadata as issuer publishes it; with replaces or, where a value is empty, removes members.
func published(with map[string]string) string {
	all := []string{
		"issuer", `"https://as.test"`,
		"authorization_endpoint", `"https://as.test/authorize"`,
		"token_endpoint", `"https://as.test/oauth/token"`,
		"jwks_uri", `"https://as.test/jwks"`,
		"userinfo_endpoint", `"https://as.test/userinfo"`,
		"revocation_endpoint", `"https://as.test/revoke"`,
		"end_session_endpoint", `"https://as.test/logout"`,
		"pushed_authorization_request_endpoint", `"https://as.test/par"`,
		"require_pushed_authorization_requests", `true`,
		"authorization_response_iss_parameter_supported", `true`,
		"code_challenge_methods_supported", `["plain","S256"]`,
		"response_modes_supported", `["query",5,"web_message"]`,
		"something_else", `{"http":"http://evil.test"}`,
	}
	var w oauth.Writer
	for i := 0; i < len(all); i += 2 {
		value, replaced := with[all[i]]
		if !replaced {
			value = all[i+1]
		}
		w.Raw(all[i], value)
	}
	return w.String()
}

func TestParseMetadata(t *testing.T) {
	m, err := oauth.ParseMetadata(ok200(published(nil)), issuer)
	require.NoError(t, err)
	again, err := oauth.MetadataFrom(m.Published, issuer)
	require.NoError(t, err)
	assert.Equal(t, m, again)
	m.Published = oauth.Value{}
	assert.Equal(t, &oauth.Metadata{
		Issuer:                "https://as.test",
		AuthorizationEndpoint: "https://as.test/authorize",
		TokenEndpoint:         "https://as.test/oauth/token",
		JWKSURI:               "https://as.test/jwks",
		UserinfoEndpoint:      "https://as.test/userinfo",
		RevocationEndpoint:    "https://as.test/revoke",
		EndSessionEndpoint:    "https://as.test/logout",
		PAREndpoint:           "https://as.test/par",
		RequirePAR:            true,
		IssParameterSupported: true,
		WebMessage:            true,
	}, m)
}

func TestParseMetadataOfTheLeast(t *testing.T) {
	m, err := oauth.ParseMetadata(ok200(published(map[string]string{
		"userinfo_endpoint": "", "revocation_endpoint": "", "end_session_endpoint": "", "pushed_authorization_request_endpoint": "",
		"require_pushed_authorization_requests": `"true"`, "authorization_response_iss_parameter_supported": "1",
		"code_challenge_methods_supported": "", // Entra ID lists none
		"response_modes_supported":         `"web_message"`,
	})), issuer)
	require.NoError(t, err)
	again, err := oauth.MetadataFrom(m.Published, issuer)
	require.NoError(t, err)
	assert.Equal(t, m, again)
	m.Published = oauth.Value{}
	assert.Equal(t, &oauth.Metadata{
		Issuer: issuer, AuthorizationEndpoint: "https://as.test/authorize", TokenEndpoint: "https://as.test/oauth/token", JWKSURI: "https://as.test/jwks",
	}, m)
}

func TestParseMetadataRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		member, value string
		want          oauth.Code
	}{
		"issuer with a slash":       {"issuer", `"https://as.test/"`, oauth.IssuerMismatch}, // H1
		"issuer in another case":    {"issuer", `"https://AS.test"`, oauth.IssuerMismatch},
		"another issuer":            {"issuer", `"https://evil.test"`, oauth.IssuerMismatch},
		"issuer with a query":       {"issuer", `"https://as.test?"`, oauth.IssuerMismatch},
		"no issuer":                 {"issuer", ``, oauth.IssuerMismatch},
		"issuer a list":             {"issuer", `["https://as.test"]`, oauth.IssuerMismatch},
		"http endpoint":             {"token_endpoint", `"http://as.test/token"`, oauth.InsecureURL}, // H3
		"javascript endpoint":       {"authorization_endpoint", `"javascript:alert(1)"`, oauth.InsecureURL},
		"data endpoint":             {"end_session_endpoint", `"data:text/html,x"`, oauth.InsecureURL},
		"user name":                 {"token_endpoint", `"https://as.test@evil.test/token"`, oauth.InsecureURL},
		"fragment":                  {"authorization_endpoint", `"https://as.test/authorize#x"`, oauth.InsecureURL},
		"relative":                  {"token_endpoint", `"/token"`, oauth.InsecureURL},
		"no scheme":                 {"token_endpoint", `"//evil.test/token"`, oauth.InsecureURL},
		"backslash":                 {"jwks_uri", `"https://as.test\\@evil.test/"`, oauth.InsecureURL},
		"tab":                       {"revocation_endpoint", `"https://as.test\t/"`, oauth.InsecureURL},
		"http userinfo":             {"userinfo_endpoint", `"http://as.test/"`, oauth.InsecureURL},
		"http PAR":                  {"pushed_authorization_request_endpoint", `"http://as.test/"`, oauth.InsecureURL},
		"empty endpoint":            {"token_endpoint", `""`, oauth.InsecureURL},
		"no authorization_endpoint": {"authorization_endpoint", ``, oauth.DiscoveryFailed},
		"no token_endpoint":         {"token_endpoint", ``, oauth.DiscoveryFailed},
		"token_endpoint null":       {"token_endpoint", `null`, oauth.DiscoveryFailed},
		"token_endpoint a number":   {"token_endpoint", `1`, oauth.DiscoveryFailed},
		"no jwks_uri":               {"jwks_uri", ``, oauth.DiscoveryFailed},
		"jwks_uri null":             {"jwks_uri", `null`, oauth.DiscoveryFailed},
		"userinfo_endpoint a list":  {"userinfo_endpoint", `[]`, oauth.DiscoveryFailed},
		"only plain":                {"code_challenge_methods_supported", `["plain"]`, oauth.PKCEUnsupported}, // H5
		"no method":                 {"code_challenge_methods_supported", `[]`, oauth.PKCEUnsupported},
		"s256":                      {"code_challenge_methods_supported", `["s256"]`, oauth.PKCEUnsupported},
		"methods null":              {"code_challenge_methods_supported", `null`, oauth.PKCEUnsupported},
		"methods a string":          {"code_challenge_methods_supported", `"S256"`, oauth.PKCEUnsupported},
		"methods an object":         {"code_challenge_methods_supported", `{"S256":true}`, oauth.PKCEUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := oauth.ParseMetadata(ok200(published(map[string]string{test.member: test.value})), issuer)
			e := requireCode(t, err, test.want)
			assert.False(t, e.Retryable)
			assert.Nil(t, m, "metadata that was refused must not be used by a caller who overlooks it")
		})
	}
}

// H2.
func TestParseMetadataAnswers(t *testing.T) {
	good := published(nil)
	for name, test := range map[string]struct {
		answer    *oauth.HTTPResponse
		retryable bool
	}{
		"HTML":             {&oauth.HTTPResponse{Status: 200, ContentType: "text/html", Body: "<!DOCTYPE html>"}, false},
		"HTML as JSON":     {ok200("<!DOCTYPE html>"), false},
		"JSON as HTML":     {&oauth.HTTPResponse{Status: 200, ContentType: "text/html", Body: good}, false},
		"empty":            {ok200(""), false},
		"array":            {ok200("[" + good + "]"), false},
		"issuer twice":     {ok200(`{"issuer":"https://evil.test",` + good[1:]), false},
		"10 MB":            {ok200(`{"x":"` + strings.Repeat("x", 10<<20) + `",` + good[1:]), false},
		"10 MB of nothing": {ok200(strings.Repeat(" ", 10<<20) + good), false},
		"404":              {&oauth.HTTPResponse{Status: 404, ContentType: "application/json", Body: good}, false},
		"redirect":         {&oauth.HTTPResponse{Status: 302}, false},
		"429":              {&oauth.HTTPResponse{Status: 429}, true},
		"500":              {&oauth.HTTPResponse{Status: 500, ContentType: "application/json", Body: good}, true},
		"503":              {&oauth.HTTPResponse{Status: 503}, true},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := oauth.ParseMetadata(test.answer, issuer)
			e := requireCode(t, err, oauth.DiscoveryFailed)
			assert.Equal(t, test.retryable, e.Retryable)
			assert.Nil(t, m)
		})
	}
}

func TestIssuerMismatchShowsInertText(t *testing.T) {
	_, err := oauth.ParseMetadata(ok200(published(map[string]string{"issuer": `"<b>\u202e` + strings.Repeat("x", 1000) + `"`})), issuer)
	e := requireCode(t, err, oauth.IssuerMismatch)
	assert.NotContains(t, e.Description, "<")
	assert.NotContains(t, e.Description, "\u202e")
	assert.Less(t, len(e.Description), 500)
}

// H1 the other way round: the slash was asked for, and isn't there.
func TestParseMetadataWithoutTheSlash(t *testing.T) {
	for _, asked := range []string{issuer + "/", "https://AS.test", "https://as.test:443", ""} {
		_, err := oauth.ParseMetadata(ok200(published(nil)), asked)
		requireCode(t, err, oauth.IssuerMismatch)
	}
}

// An application that gives its metadata and doesn't verify signatures may leave jwks_uri out.
func TestMetadataFromWithoutKeys(t *testing.T) {
	v, err := oauth.ParseJSON(published(map[string]string{"jwks_uri": ""}))
	require.NoError(t, err)
	m, err := oauth.MetadataFrom(v, issuer)
	require.NoError(t, err)
	assert.Empty(t, m.JWKSURI)
}

// RFC 8414 section 3 inserts the well-known path, OpenID Connect Discovery section 4 appends it.
func TestWellKnown(t *testing.T) {
	for issuer, want := range map[string][2]string{
		"https://as.test":           {"https://as.test/.well-known/openid-configuration", "https://as.test/.well-known/oauth-authorization-server"},
		"https://as.test/":          {"https://as.test/.well-known/openid-configuration", "https://as.test/.well-known/oauth-authorization-server"},
		"https://as.test:8443/a/b":  {"https://as.test:8443/a/b/.well-known/openid-configuration", "https://as.test:8443/.well-known/oauth-authorization-server/a/b"},
		"https://as.test/realms/x/": {"https://as.test/realms/x/.well-known/openid-configuration", "https://as.test/.well-known/oauth-authorization-server/realms/x"},
	} {
		assert.Equal(t, want, oauth.WellKnown(issuer), issuer)
	}
}
