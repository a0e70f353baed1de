package session_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

const subjectToken = `"subject_token":"canary-subject","subject_token_type":"urn:ietf:params:oauth:token-type:jwt"`

// RFC 8693. The token is the caller's, and the session stays what it was.
func TestTrade(t *testing.T) {
	w := signedIn(t, `"authorizationParams":{"audience":"api","resource":"urn:mine","prompt":"login"}`)
	var form, scope string
	var secrets []string
	w.trade = func(f, s string, hidden []string) (*vault.Token, error) {
		form, scope, secrets = f, s, hidden
		return &vault.Token{
			Scope: "read", Granted: "read more", Type: "Bearer", Value: oauth.NewSecret("traded"), Details: `[{"type":"payment"}]`,
			Lifetime: time.Hour, Expires: w.clock + time.Minute,
		}, nil
	}
	w.events("token")
	before := len(w.steps)
	got, err := w.Trade(value(t, `{`+subjectToken+`,"audience":"other","resource":["urn:a","urn:b"],"scope":"read","actor_token":"canary-actor",`+
		`"actor_token_type":"urn:t","requested_token_type":"urn:ietf:params:oauth:token-type:access_token","n":5,"ext":{"a":[1]},"none":null}`))
	require.NoError(t, err)
	assert.JSONEq(t, `{"access_token":"traded","token_type":"Bearer","expires_in":60,"scope":"read more","authorization_details":[{"type":"payment"}]}`, got)
	query, err := url.ParseQuery(form)
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {"spa"}, "scope": {"read"}, "audience": {"other"},
		"resource": {"urn:a", "urn:b"}, "subject_token": {"canary-subject"}, "subject_token_type": {"urn:ietf:params:oauth:token-type:jwt"},
		"actor_token": {"canary-actor"}, "actor_token_type": {"urn:t"}, "requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
		"n": {"5"}, "ext": {`{"a":[1]}`},
	}, query, "what the client says of its logins isn't said here")
	assert.Equal(t, "read", scope)
	assert.Equal(t, []string{"canary-subject", "canary-actor"}, secrets, "what an error must not repeat")

	assert.Equal(t, []string{"trade"}, w.steps[before:], "nothing is told, and nothing has changed")
	assert.Equal(t, "at-canary-1", w.get(""))
	assert.Empty(t, w.renewals)
}

// Nobody need be signed in, and nobody is afterwards.
func TestTradeWithoutASession(t *testing.T) {
	w := newWorld(t, "")
	w.trade = func(string, string, []string) (*vault.Token, error) {
		return &vault.Token{Type: "Bearer", Value: oauth.NewSecret("traded")}, nil
	}
	got, err := w.Trade(value(t, `{`+subjectToken+`}`))
	require.NoError(t, err)
	assert.True(t, json.Valid([]byte(got)), got)
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, yes)
}

func TestTradeFails(t *testing.T) {
	for _, code := range []oauth.Code{oauth.TokenEndpointError, oauth.Network, oauth.TokenResponseInvalid, oauth.MFARequired} {
		w := signedIn(t, "")
		w.trade = func(string, string, []string) (*vault.Token, error) { return nil, fail(code) }
		_, err := w.Trade(value(t, `{`+subjectToken+`}`))
		requireCode(t, err, code)
		assert.Equal(t, "at-canary-1", w.get(""), "it isn't the session's refresh token that was refused")
	}
}

func TestTradeRefuses(t *testing.T) {
	w := signedIn(t, "")
	for _, options := range []string{
		``, `{}`, `[]`, `"canary"`, `{"subject_token":"canary"}`, `{"subject_token_type":"urn:x"}`,
		`{"subject_token":"","subject_token_type":"urn:x"}`, `{"subject_token":5,"subject_token_type":"urn:x"}`,
		`{"subject_token":"canary","subject_token_type":"jwt"}`, `{"subject_token":"canary","subject_token_type":5}`,
		`{` + subjectToken + `,"client_id":"other"}`, `{` + subjectToken + `,"client_secret":"canary"}`, `{` + subjectToken + `,"client_assertion":"canary"}`,
		`{` + subjectToken + `,"grant_type":"refresh_token"}`, `{` + subjectToken + `,"":"x"}`, `{` + subjectToken + `,"redirect_uri":"https://app.test/"}`,
		`{` + subjectToken + `,"scope":"a\"b"}`, `{` + subjectToken + `,"scope":["a"]}`, `{` + subjectToken + `,"resource":"api"}`,
		`{` + subjectToken + `,"audience":["a","b"]}`, `{` + subjectToken + `,"authorization_details":[{}]}`,
	} {
		_, err := w.Trade(parsed(t, options))
		e := requireCode(t, err, oauth.ConfigInvalid)
		assert.NotContains(t, fmt.Sprint(e), "canary")
	}
	assert.NotContains(t, w.steps, "trade")
}

// parsed is value, but for a call without options.
func parsed(t *testing.T, text string) oauth.Value {
	if text == "" {
		return oauth.Value{}
	}
	return value(t, text)
}
