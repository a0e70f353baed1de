package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// outcome is what a renewal leaves behind.
type outcome struct {
	code      oauth.Code // "" where it succeeds
	retryable bool
	gen       int    // of the record
	token     string // the refresh token in the record; "" where the session is over
	sends     int    // of the attempt that stays marked
	revoked   []string
}

// kept is the outcome of an answer that changes nothing.
func kept(code oauth.Code, retryable bool) outcome {
	return outcome{code: code, retryable: retryable, gen: 1, token: "rt-canary-1"}
}

// unclear is the outcome of an answer after which nobody knows what the server did.
func unclear(code oauth.Code, retryable bool) outcome {
	o := kept(code, retryable)
	o.sends = 1
	return o
}

func finished(code oauth.Code, revoked ...string) outcome {
	return outcome{code: code, revoked: revoked}
}

func renewed(token string) outcome { return outcome{gen: 2, token: token} }

func claims(name, value string) map[string]string {
	return map[string]string{"id_token": quoted(idToken(map[string]string{name: value}))}
}

// What ends a family, and what doesn't.
func TestAnswersToARenewal(t *testing.T) {
	const page, again = "<!doctype html><h1>Sorry", `{"error":"temporarily_unavailable"}`
	committed := outcome{code: oauth.TokenResponseInvalid, gen: 2, token: "rt-canary-2"}
	for name, test := range map[string]struct {
		reply reply
		want  outcome
	}{
		"429 JSON":                    {refuse(429, `{"error":"slow_down"}`), kept(oauth.RateLimited, true)},
		"429 HTML":                    {status(429, "text/html", page), kept(oauth.RateLimited, true)},
		"429 saying invalid_grant":    {refuse(429, `{"error":"invalid_grant"}`), kept(oauth.RateLimited, true)},
		"500 JSON":                    {refuse(500, `{"error":"server_error"}`), kept(oauth.TokenEndpointError, true)},
		"500 HTML":                    {status(500, "text/html", page), kept(oauth.TokenEndpointError, true)},
		"502 JSON":                    {refuse(502, again), kept(oauth.TokenEndpointError, true)},
		"502 HTML":                    {status(502, "text/html", page), kept(oauth.TokenEndpointError, true)},
		"503 JSON":                    {refuse(503, again), kept(oauth.TokenEndpointError, true)},
		"503 HTML":                    {status(503, "text/html", page), kept(oauth.TokenEndpointError, true)},
		"503 empty":                   {status(503, "", ""), kept(oauth.TokenEndpointError, true)},
		"503 saying invalid_grant":    {refuse(503, `{"error":"invalid_grant"}`), kept(oauth.TokenEndpointError, true)},
		"400 temporarily_unavailable": {refuse(400, again), kept(oauth.TokenEndpointError, true)},
		"400 HTML":                    {status(400, "text/html", page), kept(oauth.TokenEndpointError, false)},
		"400 invalid_grant in HTML":   {status(400, "text/html", `{"error":"invalid_grant"}`), kept(oauth.TokenEndpointError, false)},
		"400 invalid_request":         {refuse(400, `{"error":"invalid_request"}`), kept(oauth.TokenEndpointError, false)},
		"401 empty":                   {status(401, "", ""), kept(oauth.TokenEndpointError, false)},
		"403 mfa_required":            {refuse(403, `{"error":"mfa_required"}`), kept(oauth.MFARequired, false)},
		"interaction_required":        {refuse(400, `{"error":"interaction_required"}`), kept(oauth.InteractionRequired, false)},
		"consent_required":            {refuse(400, `{"error":"consent_required"}`), kept(oauth.ConsentRequired, false)},
		"login_required":              {refuse(401, `{"error":"login_required"}`), kept(oauth.LoginRequired, false)},
		"account_selection_required":  {refuse(400, `{"error":"account_selection_required"}`), kept(oauth.AccountSelectionRequired, false)},
		"use_dpop_nonce":              {refuse(400, `{"error":"use_dpop_nonce"}`), kept(oauth.TokenEndpointError, false)},

		"network":                   {lost(oauth.Network), unclear(oauth.Network, true)},
		"timeout":                   {lost(oauth.Timeout), unclear(oauth.Timeout, true)},
		"too large":                 {lost(oauth.ResponseTooLarge), unclear(oauth.ResponseTooLarge, false)},
		"200 empty":                 {status(200, "", ""), unclear(oauth.TokenResponseInvalid, false)},
		"200 HTML":                  {status(200, "text/html", page), unclear(oauth.TokenResponseInvalid, false)},
		"200 truncated":             {refuse(200, `{"access_token":"at-canary-2","refresh_token":"rt-can`), unclear(oauth.TokenResponseInvalid, false)},
		"200 of an array":           {refuse(200, `[]`), unclear(oauth.TokenResponseInvalid, false)},
		"200 without any token":     {refuse(200, `{}`), unclear(oauth.TokenResponseInvalid, false)},
		"200 with a mark for token": {grants(map[string]string{"refresh_token": `"a\nb"`}), unclear(oauth.TokenResponseInvalid, false)},

		"invalid_grant":             {refuse(400, `{"error":"invalid_grant"}`), finished(oauth.SessionRevoked)},
		"invalid_grant with 401":    {refuse(401, `{"error":"invalid_grant"}`), finished(oauth.SessionRevoked)},
		"invalid_grant with 200":    {refuse(200, `{"error":"invalid_grant"}`), finished(oauth.SessionRevoked)},
		"invalid_grant with echo":   {refuse(400, `{"error":"invalid_grant","error_description":"rt-canary-1?"}`), finished(oauth.SessionRevoked)},
		"another sub":               {grants(claims("sub", `"u2"`)), finished(oauth.IDTokenClaim, "rt-canary-2")},
		"another iss":               {grants(claims("iss", `"https://evil.test"`)), finished(oauth.IDTokenClaim, "rt-canary-2")},
		"another azp":               {grants(claims("azp", `"other"`)), finished(oauth.IDTokenClaim, "rt-canary-2")},
		"an azp that wasn't there":  {grants(claims("azp", quoted(client))), finished(oauth.IDTokenClaim, "rt-canary-2")},
		"another aud":               {grants(claims("aud", `"other"`)), finished(oauth.IDTokenClaim, "rt-canary-2")},
		"another nonce":             {grants(claims("nonce", `"n2"`)), finished(oauth.IDTokenClaim, "rt-canary-2")},
		"a malformed ID token":      {grants(map[string]string{"id_token": `"x"`}), finished(oauth.IDTokenMalformed, "rt-canary-2")},
		"another sub, the same RT":  {grants(merge(claims("sub", `"u2"`), "refresh_token", `"rt-canary-1"`)), finished(oauth.IDTokenClaim, "rt-canary-1")},
		"another sub, no RT":        {grants(merge(claims("sub", `"u2"`), "refresh_token", "")), finished(oauth.IDTokenClaim, "rt-canary-1")},
		"new tokens":                {grants(nil), renewed("rt-canary-2")},
		"without a refresh token":   {grants(map[string]string{"refresh_token": ""}), renewed("rt-canary-1")},
		"with the same one":         {grants(map[string]string{"refresh_token": `"rt-canary-1"`}), renewed("rt-canary-1")},
		"without an ID token":       {grants(map[string]string{"id_token": ""}), renewed("rt-canary-2")},
		"ID token without nonce":    {grants(claims("nonce", "")), renewed("rt-canary-2")},
		"RT and no access token":    {grants(map[string]string{"access_token": ""}), committed},
		"RT and a bad lifetime":     {grants(map[string]string{"expires_in": "-1"}), committed},
		"RT and no token_type":      {grants(map[string]string{"token_type": ""}), committed},
		"RT and an odd token_type":  {grants(map[string]string{"token_type": `"mac"`}), committed},
		"RT and an ID token of {}":  {grants(map[string]string{"id_token": "{}"}), committed},
		"RT and a scope of numbers": {grants(map[string]string{"scope": "[1]"}), committed},
	} {
		t.Run(name, func(t *testing.T) { testAnswer(t, test.reply, test.want) })
	}
}

func testAnswer(t *testing.T, answer reply, want outcome) {
	w, v := signedIn(t)
	w.server.answers(answer)
	w.server.cutOff = true // whatever was lost isn't sent again before the provider can be reached
	held, err := v.Renew(wanted())
	w.server.cutOff = false

	if want.code == "" {
		require.NoError(t, err)
		assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
	} else {
		assert.Equal(t, want.retryable, requireCode(t, err, want.code).Retryable)
	}
	rec := w.record()
	assert.Equal(t, want.gen, rec.gen)
	assert.Equal(t, want.token, rec.refreshToken.Reveal())
	assert.Equal(t, want.sends, rec.attempt.sends)
	assert.Equal(t, want.revoked, w.server.gone)
	assert.Equal(t, []string{"rt-canary-1"}, w.server.used(), "one use, no retry of our own")
	if want.token == "" {
		assert.Equal(t, &Held{Epoch: held.Epoch}, held)
		assert.NotContains(t, w.text(), "canary")
		assert.Equal(t, 1, rec.epoch, "what is still under way finds that the world has moved")
		_, err = v.Renew(wanted())
		requireCode(t, err, oauth.LoginRequired)
		assert.Len(t, w.server.used(), 1)
		return
	}
	assert.False(t, held.IDToken.Empty(), "the user stays signed in")
	assert.Equal(t, want.gen, held.Generation)

	// Whatever it was, the next renewal works, with the token that the record kept.
	w.clock += lifetime
	held, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-3", held.Find("", scopes).Value.Reveal())
	assert.Equal(t, []string{"rt-canary-1", want.token}, w.server.used())
}

func merge(m map[string]string, name, value string) map[string]string {
	m[name] = value
	return m
}
