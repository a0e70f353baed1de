package oauth_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// Which refusals end a session is decided elsewhere, from these three: Code, ServerCode, Retryable. One mistake signs everybody out on the
// first 503.
func TestTokenErrors(t *testing.T) {
	const json, html = "application/json", "text/html; charset=utf-8"
	page := "<!DOCTYPE html><title>Bad gateway</title>" + canaryAccess
	for name, test := range map[string]struct {
		status     int
		mime, body string
		want       oauth.Code
		server     string
		retryable  bool
	}{
		"invalid_grant":               {400, json, `{"error":"invalid_grant"}`, oauth.TokenEndpointError, "invalid_grant", false}, // H11
		"invalid_grant as 401":        {401, json, `{"error":"invalid_grant"}`, oauth.TokenEndpointError, "invalid_grant", false},
		"invalid_grant as 403":        {403, json, `{"error":"invalid_grant"}`, oauth.TokenEndpointError, "invalid_grant", false},
		"200 with an error":           {200, json, `{"error":"invalid_grant",` + access + `}`, oauth.TokenEndpointError, "invalid_grant", false},
		"200 with an odd error":       {200, json, `{"error":{},` + access + `}`, oauth.TokenEndpointError, "", false},
		"invalid_client":              {401, json, `{"error":"invalid_client"}`, oauth.TokenEndpointError, "invalid_client", false},
		"use_dpop_nonce":              {400, json, `{"error":"use_dpop_nonce"}`, oauth.TokenEndpointError, "use_dpop_nonce", false},
		"mfa_required":                {403, json, `{"error":"mfa_required"}`, oauth.MFARequired, "mfa_required", false},
		"interaction_required":        {400, json, `{"error":"interaction_required"}`, oauth.InteractionRequired, "interaction_required", false},
		"consent_required":            {400, json, `{"error":"consent_required"}`, oauth.ConsentRequired, "consent_required", false},
		"login_required":              {401, json, `{"error":"login_required"}`, oauth.LoginRequired, "login_required", false},
		"account_selection_required":  {400, json, `{"error":"account_selection_required"}`, oauth.AccountSelectionRequired, "account_selection_required", false},
		"access_denied":               {400, json, `{"error":"access_denied"}`, oauth.TokenEndpointError, "access_denied", false},
		"503 interaction_required":    {503, json, `{"error":"interaction_required"}`, oauth.TokenEndpointError, "interaction_required", true},
		"an unknown error":            {400, json, `{"error":"something_new"}`, oauth.TokenEndpointError, "something_new", false},
		"400 with HTML":               {400, html, page, oauth.TokenEndpointError, "", false},
		"401 empty":                   {401, "", "", oauth.TokenEndpointError, "", false},
		"404 with HTML":               {404, html, page, oauth.TokenEndpointError, "", false},
		"redirect let through":        {302, html, "", oauth.TokenEndpointError, "", false},
		"204":                         {204, "", "", oauth.TokenEndpointError, "", false},
		"201 with tokens":             {201, json, members(access, bearer), oauth.TokenEndpointError, "", false},
		"error twice":                 {400, json, `{"error":"a","error":"invalid_grant"}`, oauth.TokenEndpointError, "", false},
		"ERROR":                       {400, json, `{"ERROR":"invalid_grant"}`, oauth.TokenEndpointError, "", false},
		"invalid_grant in HTML":       {400, html, `{"error":"invalid_grant"}`, oauth.TokenEndpointError, "", false},
		"temporarily_unavailable":     {400, json, `{"error":"temporarily_unavailable"}`, oauth.TokenEndpointError, "temporarily_unavailable", true},
		"server_error":                {400, json, `{"error":"server_error"}`, oauth.TokenEndpointError, "server_error", true},
		"429 with JSON":               {429, json, `{"error":"too_many_requests"}`, oauth.RateLimited, "too_many_requests", true},
		"429 with HTML":               {429, html, page, oauth.RateLimited, "", true},
		"429 that says invalid_grant": {429, json, `{"error":"invalid_grant"}`, oauth.RateLimited, "invalid_grant", true},
		"500 with JSON":               {500, json, `{"error":"server_error"}`, oauth.TokenEndpointError, "server_error", true},
		"500 with HTML":               {500, html, page, oauth.TokenEndpointError, "", true},
		"503 with HTML":               {503, html, page, oauth.TokenEndpointError, "", true},
		"503 that says invalid_grant": {503, json, `{"error":"invalid_grant"}`, oauth.TokenEndpointError, "invalid_grant", true},
		"504 of 2 MB":                 {504, html, strings.Repeat("x", 2<<20), oauth.TokenEndpointError, "", true},
		"503 of 2 MB of JSON":         {503, json, `{"x":"` + strings.Repeat("x", 2<<20) + `"}`, oauth.TokenEndpointError, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			tokens, err := oauth.ParseTokenResponse(&oauth.HTTPResponse{Status: test.status, ContentType: test.mime, Body: test.body})
			e := requireCode(t, err, test.want)
			assert.Equal(t, test.server, e.ServerCode)
			assert.Equal(t, test.retryable, e.Retryable)
			assert.NotEmpty(t, e.Description)
			assert.NotContains(t, e.Description, "<")
			assert.Nil(t, tokens)
		})
	}
}

func TestTokenErrorText(t *testing.T) {
	body := `{"error":"bad\u202e<b>","error_description":"` + strings.Repeat("<script>", 2000) + `"}`
	_, err := oauth.ParseTokenResponse(&oauth.HTTPResponse{Status: 400, ContentType: "application/json", Body: body})
	e := requireCode(t, err, oauth.TokenEndpointError)
	assert.NotContains(t, e.Error(), "<")
	assert.NotContains(t, e.Error(), "\u202e")
	assert.LessOrEqual(t, len(e.Description), 210)

	for _, said := range []string{"", `,"error_description":"AADSTS50076: use multi-factor authentication"`} {
		_, err = oauth.ParseTokenResponse(&oauth.HTTPResponse{Status: 400, ContentType: "application/json", Body: `{"error":"interaction_required"` + said + `}`})
		e = requireCode(t, err, oauth.InteractionRequired)
		assert.Contains(t, e.Description, "a login")
		assert.Equal(t, said != "", strings.Contains(e.Description, "AADSTS50076"))
	}

	_, err = oauth.ParseTokenResponse(&oauth.HTTPResponse{Status: 418})
	require.ErrorContains(t, err, "status 418")
}
