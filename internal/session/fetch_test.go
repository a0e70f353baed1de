package session_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

const api = "https://api.test"

// caller is a signed-in client whose tokens the vault renews, and whose API is allowed.
func caller(t *testing.T, options string) *world {
	if options != "" {
		options = "," + options
	}
	w := newWorld(t, `"backgroundRenewal":false,"useRefreshTokensFallback":false,"apiOrigins":["`+api+`"]`+options)
	w.held = w.grant(1)
	w.renew = func(*vault.Renew) (*vault.Held, error) {
		w.held = w.grant(w.held.Generation + 1)
		if w.UseDPoP {
			w.held.Tokens[0].Type = "DPoP"
		}
		return w.held, nil
	}
	if w.UseDPoP {
		w.held.Tokens[0].Type = "DPoP"
	}
	return w
}

// carried is what a request is sent with.
type carried struct{ Authorization, DPoP, Tried string }

// ask calls Authorize with members beside the request's own; sent is what it said before, or nil.
func (w *world) ask(sent *carried, members string) (*carried, string, error) {
	w.t.Helper()
	call := `{"url":"` + api + `/a?b","origin":"` + api + `","method":"POST"` + members
	if sent != nil {
		text, err := json.Marshal(map[string]string{"authorization": sent.Authorization, "dpop": sent.DPoP, "tried": sent.Tried})
		require.NoError(w.t, err)
		call += `,"sent":` + string(text)
	}
	text, err := w.Authorize(parsed(w.t, call+"}"))
	if err != nil || text == "" {
		return nil, text, err
	}
	c := &carried{}
	require.NoError(w.t, json.Unmarshal([]byte(text), c))
	return c, text, nil
}

func refusal(challenge string) string { return `,"status":401,"challenge":` + oauth.Quote(challenge) }

// The token goes where the application said, to the page's own origin and to the provider, and nowhere else.
func TestFetchOrigins(t *testing.T) {
	w := caller(t, "")
	for origin, allowed := range map[string]bool{
		api: true, origin: true, issuer: true, "https://evil.test": false, "": false, "null": false, "http://api.test": false,
		api + ".evil.test": false, api + ":8443": false, "https://API.test": false, api + " " + origin: false, " ": false, api + " ": false,
		api + " https://evil.test": false,
	} {
		_, err := w.Authorize(parsed(t, `{"url":"x","method":"GET","origin":`+oauth.Quote(origin)+`}`))
		if allowed {
			assert.NoError(t, err, origin)
		} else {
			requireCode(t, err, oauth.OriginNotAllowed)
		}
	}
	assert.NotContains(t, w.steps, "renew", "nothing was done for those who aren't")

	w = newWorld(t, "")
	w.held = w.grant(1)
	_, _, err := w.ask(nil, "")
	requireCode(t, err, oauth.OriginNotAllowed)
}

func TestFetchBearer(t *testing.T) {
	w := caller(t, "")
	sent, _, err := w.ask(nil, "")
	require.NoError(t, err)
	assert.Equal(t, carried{Authorization: "Bearer at-canary-1"}, *sent)
	again, _, err := w.ask(sent, refusal(`Bearer error="invalid_token"`))
	require.NoError(t, err)
	assert.Equal(t, "Bearer at-canary-2", again.Authorization)
	assert.Len(t, w.renewals, 1)
	_, text, err := w.ask(again, refusal(`Bearer error="invalid_token"`))
	require.NoError(t, err)
	assert.Empty(t, text, "the answer is the application's")
	assert.Len(t, w.renewals, 1)
	for _, status := range []string{"200", "403", "500", "302"} {
		_, text, err = w.ask(sent, `,"status":`+status)
		require.NoError(t, err)
		assert.Empty(t, text)
	}
}

// A refusal that no other token mends is the application's, and so is one of a request that can't be sent again.
func TestFetchLeaves(t *testing.T) {
	w := caller(t, "")
	for _, rest := range []string{
		refusal(`Bearer error="insufficient_scope"`), refusal(`Bearer error="use_dpop_nonce"`) + `,"nonce":"n"`,
		refusal(`Bearer error="invalid_token"`) + `,"once":true`, refusal("") + `,"once":true`,
	} {
		_, text, err := w.ask(&carried{Authorization: "Bearer at-canary-1"}, rest)
		require.NoError(t, err, rest)
		assert.Empty(t, text, rest)
	}
	assert.Empty(t, w.renewals)
	// No challenge at all, as CORS may have it: another token may help.
	sent, _, err := w.ask(&carried{Authorization: "Bearer at-canary-1"}, `,"status":401`)
	require.NoError(t, err)
	assert.Equal(t, "Bearer at-canary-2", sent.Authorization)
	// Two requests that were refused together have one renewal.
	sent, _, err = w.ask(&carried{Authorization: "Bearer at-canary-1"}, `,"status":401`)
	require.NoError(t, err)
	assert.Equal(t, "Bearer at-canary-2", sent.Authorization)
	assert.Len(t, w.renewals, 1)
}

func TestFetchDPoP(t *testing.T) {
	full(t)
	w := caller(t, `"useDpop":true`)
	sent, _, err := w.ask(nil, "")
	require.NoError(t, err)
	assert.Equal(t, "DPoP at-canary-1", sent.Authorization)
	assert.Equal(t, "proof for POST "+api+"/a?b with  of at-canary-1", sent.DPoP)

	both := `Bearer error="invalid_token", DPoP error="use_dpop_nonce"` // H42
	again, _, err := w.ask(sent, refusal(both)+`,"nonce":"n-1"`)
	require.NoError(t, err)
	assert.Equal(t, "proof for POST "+api+"/a?b with n-1 of at-canary-1", again.DPoP)
	_, _, err = w.ask(again, refusal(both)+`,"nonce":"n-2"`)
	assert.True(t, requireCode(t, err, oauth.DPoPFailed).Retryable, "for ever")
	assert.Empty(t, w.renewals, "and the token is as good as it was")

	// A nonce first, then another token, each once.
	last, _, err := w.ask(again, refusal(`DPoP error="invalid_token"`))
	require.NoError(t, err)
	assert.Equal(t, "proof for POST "+api+"/a?b with n-2 of at-canary-2", last.DPoP)
	_, text, err := w.ask(last, refusal(`DPoP error="invalid_token"`))
	require.NoError(t, err)
	assert.Empty(t, text)

	// With a 200 it is used next, and for that server alone.
	_, text, err = w.ask(last, `,"status":200,"nonce":"n-3"`)
	require.NoError(t, err)
	assert.Empty(t, text)
	assert.Equal(t, map[string]string{api: "n-3"}, w.nonces)
	_, _, err = w.ask(nil, `,"nonceId":"orders","status":200,"nonce":"n-4"`)
	require.NoError(t, err)
	sent, _, err = w.ask(nil, `,"nonceId":"orders"`)
	require.NoError(t, err)
	assert.Contains(t, sent.DPoP, "with n-4 of")
	sent, _, err = w.ask(nil, "")
	require.NoError(t, err)
	assert.Contains(t, sent.DPoP, "with n-3 of")

	for nonce, want := range map[string]oauth.Code{"": oauth.DPoPNonceUnreadable, "a b": oauth.DPoPFailed, "a, b": oauth.DPoPFailed} {
		_, _, err = w.ask(sent, refusal(both)+`,"nonce":"`+nonce+`"`)
		assert.False(t, requireCode(t, err, want).Retryable)
	}
	// A challenge that the page may not read, beside a nonce that it may.
	again, _, err = w.ask(sent, `,"status":401,"nonce":"n-5"`)
	require.NoError(t, err)
	assert.Contains(t, again.DPoP, "with n-5 of at-canary-2")
	again, _, err = w.ask(again, `,"status":401,"nonce":"n-6"`)
	require.NoError(t, err)
	assert.Contains(t, again.DPoP, "with n-6 of at-canary-3")
	w.proofErr = fail(oauth.DPoPFailed)
	_, _, err = w.ask(nil, "")
	requireCode(t, err, oauth.DPoPFailed)
}

// RFC 9470: what the API wants, for loginWithRedirect; unless the user has had it.
func TestFetchStepUp(t *testing.T) {
	full(t)
	now := int64(begin / time.Second)
	for name, test := range map[string]struct {
		claims, challenge string
		want              oauth.Code
		params            string
	}{
		"another level":  {`"acr":"low"`, `acr_values="high higher"`, oauth.StepUpRequired, `{"acr_values":"high higher"}`},
		"no level":       {`"a":1`, `acr_values="high"`, oauth.StepUpRequired, `{"acr_values":"high"}`},
		"two levels":     {`"acr":"low high"`, `acr_values="low"`, oauth.StepUpRequired, `{"acr_values":"low"}`},
		"lately":         {`"auth_time":` + oauth.Decimal(now-100), `max_age="99"`, oauth.StepUpRequired, `{"max_age":"99"}`},
		"now":            {`"auth_time":` + oauth.Decimal(now), `max_age=0`, oauth.StepUpRequired, `{"max_age":"0"}`},
		"both, one met":  {`"acr":"high","auth_time":` + oauth.Decimal(now-100), `acr_values="high", max_age="99"`, oauth.StepUpRequired, `{"acr_values":"high","max_age":"99"}`},
		"it doesn't say": {`"acr":"high"`, `realm="x"`, oauth.StepUpRequired, `{}`},
		"has had it":     {`"acr":"high"`, `acr_values="higher high"`, oauth.LoginLoop, ``},
		"was here":       {`"auth_time":` + oauth.Decimal(now-98), `max_age="99"`, oauth.LoginLoop, ``},
		"malformed":      {`"acr":"low"`, `acr_values="high`, oauth.ChallengeMalformed, ``},
		"twice":          {`"acr":"low"`, `error="invalid_token"`, oauth.ChallengeMalformed, ``},
		"a flood":        {`"acr":"low"`, `acr_values="` + strings.Repeat("a", 501) + `"`, oauth.ChallengeMalformed, ``},
	} {
		t.Run(name, func(t *testing.T) {
			w := caller(t, "")
			w.held.IDToken = idToken(`"sub":"u1",` + test.claims)
			sent, _, err := w.ask(nil, "")
			require.NoError(t, err)
			_, text, err := w.ask(sent, refusal(`Bearer error="insufficient_user_authentication", `+test.challenge))
			requireCode(t, err, test.want)
			assert.Equal(t, test.params, text)
			assert.Empty(t, w.renewals)
		})
	}
}

func TestFetchFails(t *testing.T) {
	w := caller(t, "")
	w.held = &vault.Held{}
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.LoginRequired) }
	_, _, err := w.ask(nil, "")
	requireCode(t, err, oauth.LoginRequired)
	w = caller(t, "")
	_, _, err = w.ask(nil, `,"authorizationParams":{"audience":"https://another.test"}`)
	requireCode(t, err, oauth.ConfigInvalid)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return nil, fail(oauth.Network) }
	_, _, err = w.ask(&carried{Authorization: "Bearer at-canary-1"}, refusal(""))
	requireCode(t, err, oauth.Network)
}
