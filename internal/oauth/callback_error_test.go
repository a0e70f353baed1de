package oauth_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func refusal(t *testing.T, code, description string) *oauth.Error {
	t.Helper()
	var f oauth.Form
	f.Add("error", code).Add("error_description", description).Add("state", "s1")
	r, err := oauth.ParseCallback(app + "?" + f.String())
	require.NoError(t, err)
	_, err = r.Accept(&oauth.Metadata{Issuer: issuer})
	e, ok := err.(*oauth.Error)
	require.True(t, ok)
	requireClean(t, err)
	return e
}

// OpenID Connect Core section 3.1.2.6: each refusal wants another reaction.
func TestAuthorizationErrors(t *testing.T) {
	for code, test := range map[string]struct {
		want      oauth.Code
		retryable bool
	}{
		"access_denied":              {oauth.AccessDenied, false},
		"login_required":             {oauth.LoginRequired, false},
		"interaction_required":       {oauth.InteractionRequired, false},
		"consent_required":           {oauth.ConsentRequired, false},
		"account_selection_required": {oauth.AccountSelectionRequired, false},
		"mfa_required":               {oauth.MFARequired, false},
		"temporarily_unavailable":    {oauth.AuthorizationFailed, true},
		"server_error":               {oauth.AuthorizationFailed, true},
		"invalid_request":            {oauth.AuthorizationFailed, false},
		"unauthorized_client":        {oauth.AuthorizationFailed, false},
		// H10: unknown codes, and those that are ours and no server may speak.
		"something_new":    {oauth.AuthorizationFailed, false},
		"ACCESS_DENIED":    {oauth.AuthorizationFailed, false},
		"session_revoked":  {oauth.AuthorizationFailed, false},
		"internal":         {oauth.AuthorizationFailed, false},
		"step_up_required": {oauth.AuthorizationFailed, false},
	} {
		t.Run(code, func(t *testing.T) {
			e := refusal(t, code, "said the server")
			assert.Equal(t, test.want, e.Code)
			assert.Equal(t, code, e.ServerCode, "the server's code is kept")
			assert.Equal(t, "said the server", e.Description)
			assert.Equal(t, test.retryable, e.Retryable)
		})
	}
}

// H9: what a server, or whoever wrote the link, says is shown to users and written to logs.
func TestAuthorizationErrorTextIsInert(t *testing.T) {
	for name, text := range map[string]string{
		"markup":        `<img src=x onerror="alert(1)">`,
		"bidi controls": "safe\u202e\u2066evil",
		"10 kB":         strings.Repeat("flood ", 10<<10/6),
		"log injection": "a\\nb",
		"invalid UTF-8": "\xff\xfe",
		"terminal":      "\u009b31m",
	} {
		t.Run(name, func(t *testing.T) {
			for _, e := range []*oauth.Error{refusal(t, "access_denied", text), refusal(t, text, "x")} {
				for _, shown := range []string{e.ServerCode, e.Description} {
					assert.LessOrEqual(t, len(shown), 210)
					assert.NotContains(t, shown, "<")
					assert.NotContains(t, shown, `"`)
					assert.NotContains(t, shown, `\`)
					assert.Equal(t, -1, strings.IndexFunc(shown, func(c rune) bool { return c < ' ' || c > '~' }), "%q", shown)
				}
			}
		})
	}
}
