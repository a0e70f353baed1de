package oauth_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestPushed(t *testing.T) {
	a := authorization(t)
	assert.Equal(t, wantQuery, a.Params())
	assert.Equal(t, "https://as.test/authorize?p=1&client_id=spa&request_uri=urn%3Ax", a.PushedURL("https://as.test/authorize?p=1", "urn:x"))
	for _, status := range []int{200, 201} {
		uri, err := oauth.ParsePushed(&oauth.HTTPResponse{Status: status, ContentType: "application/json", Body: `{"request_uri":"urn:x","expires_in":60}`})
		require.NoError(t, err)
		assert.Equal(t, "urn:x", uri)
	}
}

func TestPushedRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		status     int
		mime, body string
		want       oauth.Code
		server     string
		retryable  bool
	}{
		"no request_uri":      {201, "application/json", `{"expires_in":60}`, oauth.AuthorizationFailed, "", false},
		"an empty one":        {201, "application/json", `{"request_uri":""}`, oauth.AuthorizationFailed, "", false},
		"a number":            {201, "application/json", `{"request_uri":1}`, oauth.AuthorizationFailed, "", false},
		"a page":              {201, "text/html", `{"request_uri":"urn:x"}`, oauth.AuthorizationFailed, "", false},
		"cut":                 {201, "application/json", `{"request_uri":"urn:x"`, oauth.AuthorizationFailed, "", false},
		"refused":             {400, "application/json", `{"error":"invalid_request","error_description":"<b>no</b>"}`, oauth.AuthorizationFailed, "invalid_request", false},
		"access_denied":       {403, "application/json", `{"error":"access_denied"}`, oauth.AccessDenied, "access_denied", false},
		"request_uri and 400": {400, "application/json", `{"request_uri":"urn:x"}`, oauth.AuthorizationFailed, "", false},
		"a redirect":          {302, "text/html", ``, oauth.AuthorizationFailed, "", false},
		"down":                {503, "text/html", `<p>`, oauth.AuthorizationFailed, "", true},
		"too often":           {429, "application/json", `{}`, oauth.AuthorizationFailed, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := oauth.ParsePushed(&oauth.HTTPResponse{Status: test.status, ContentType: test.mime, Body: test.body})
			e := requireCode(t, err, test.want)
			assert.Equal(t, test.server, e.ServerCode)
			assert.Equal(t, test.retryable, e.Retryable)
			assert.NotEmpty(t, e.Description)
			assert.NotContains(t, e.Description, "<")
		})
	}
}
