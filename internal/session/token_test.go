package session_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// signedIn is a client that was restored with the first token of its family; each renewal brings the next.
func signedIn(t *testing.T, options string) *world {
	w := newWorld(t, options)
	w.held = w.grant(1)
	w.renew = w.rotate
	require.NoError(t, w.Check(oauth.Value{}, false))
	return w
}

func (w *world) rotate(r *vault.Renew) (*vault.Held, error) {
	n := len(w.renewals) + 1
	token := w.token(n)
	token.Audience, token.Scope, token.Granted = r.Audience, r.Scope, r.Scope
	w.held = w.grant(n, token)
	return w.held, nil
}

// get asks for a token; "" means that there is none.
func (w *world) get(options string) string {
	w.t.Helper()
	var in oauth.Value
	if options != "" {
		in = value(w.t, options)
	}
	token, err := w.Token(in)
	require.NoError(w.t, err)
	if token == nil {
		return ""
	}
	return token.Value.Reveal()
}

// What names the client's own audience names nothing else, whoever is signed in.
func TestTokenOfTheClientsAudience(t *testing.T) {
	w := newWorld(t, `"authorizationParams":{"audience":"api"}`)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.LoginRequired) }
	for _, options := range []string{`{}`, `{"authorizationParams":{"audience":"api"}}`} {
		_, err := w.Token(value(t, options))
		requireCode(t, err, oauth.LoginRequired)
	}
	w = signedIn(t, `"useMrrt":true,"authorizationParams":{"scope":"read write"}`)
	w.renew = func(r *vault.Renew) (*vault.Held, error) {
		held, err := w.rotate(r)
		held.Tokens[0].Granted = "read"
		return held, err
	}
	w.clock += time.Hour
	assert.Equal(t, "at-canary-2", w.get(`{"authorizationParams":{"scope":"`+w.Scope+`"}}`), "the provider said what it granted, in the login")
	assert.Empty(t, w.get(`{"cacheMode":"cache-only","authorizationParams":{"scope":"admin"}}`))
}

// A token in its last minute serves while trouble lasts that passes by itself; a refusal is told.
func TestTokenInItsLastMinute(t *testing.T) {
	for _, code := range []oauth.Code{oauth.Network, oauth.MFARequired} {
		w := signedIn(t, "")
		w.clock += time.Hour - time.Second
		w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(code) }
		token, err := w.Token(noOptions())
		if code == oauth.Network {
			require.NoError(t, err)
			assert.Equal(t, "at-canary-1", token.Value.Reveal())
			continue
		}
		requireCode(t, err, code)
		assert.Nil(t, token)
	}
}

func TestToken(t *testing.T) {
	w := signedIn(t, "")
	assert.Equal(t, "at-canary-1", w.get(""))
	assert.Equal(t, "at-canary-1", w.get("{}"))
	assert.Equal(t, "at-canary-1", w.get(`{"authorizationParams":{"scope":"openid"}}`), "a part of what was granted")
	assert.Equal(t, "at-canary-1", w.Cached(w.clock+w.set, w.clock-begin))
	assert.Empty(t, w.renewals)

	w.clock += time.Hour - time.Minute
	assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
	assert.Equal(t, "at-canary-2", w.get(""))
	require.Len(t, w.renewals, 1)
	assert.Equal(t, &vault.Renew{Scope: asked, Unwanted: w.renewals[0].Unwanted, Leeway: time.Minute}, w.renewals[0])
	assert.Equal(t, "at-canary-1", w.renewals[0].Unwanted.Reveal())
	assert.Equal(t, "at-canary-2", w.get(""))
	assert.Len(t, w.renewals, 1)
}

func TestLeeway(t *testing.T) {
	for _, test := range []struct {
		leeway, lifetime, left int // seconds
		good                   bool
	}{
		{60, 3600, 61, true}, {60, 3600, 60, false}, {0, 3600, 1, true}, {0, 3600, 0, false}, {60, 60, 31, true}, {60, 60, 30, false},
		{600, 300, 151, true}, {600, 300, 150, false}, {60, 0, 0, false},
	} {
		w := newWorld(t, fmt.Sprintf(`"leeway":%d`, test.leeway))
		w.renew = w.rotate
		w.held = w.grant(1)
		w.held.Tokens[0].Lifetime = time.Duration(test.lifetime) * time.Second
		w.held.Tokens[0].Expires = w.clock + time.Duration(test.left)*time.Second
		require.NoError(t, w.Check(value(t, `{"cacheMode":"cache-only"}`), false))
		assert.Equal(t, test.good, w.get(`{"cacheMode":"cache-only"}`) != "", "%+v", test)
		assert.Equal(t, test.good, w.Cached(w.clock+w.set, w.clock-begin) != "", "%+v", test)
		assert.Equal(t, test.good, w.get("") == "at-canary-1", "%+v", test)
	}
}

func TestCacheMode(t *testing.T) {
	w := signedIn(t, "")
	assert.Equal(t, "at-canary-1", w.get(`{"cacheMode":"on"}`))
	assert.Equal(t, "at-canary-1", w.get(`{"cacheMode":"cache-only"}`))
	assert.Empty(t, w.renewals)
	assert.Equal(t, "at-canary-2", w.get(`{"cacheMode":"off","timeoutInSeconds":3}`))
	assert.Equal(t, &vault.Renew{Scope: asked, Unwanted: w.renewals[0].Unwanted, Leeway: time.Minute}, w.renewals[0])
	assert.Equal(t, "at-canary-1", w.renewals[0].Unwanted.Reveal())
	w.clock += time.Hour
	assert.Empty(t, w.get(`{"cacheMode":"cache-only"}`))
	assert.Len(t, w.renewals, 1)
}

func TestTokenOfAnotherScope(t *testing.T) {
	w := signedIn(t, `"authorizationParams":{"audience":"api"}`)
	assert.Equal(t, "at-canary-2", w.get(`{"authorizationParams":{"audience":"api","scope":"write"}}`))
	assert.Equal(t, &vault.Renew{Audience: "api", Scope: "write", Leeway: time.Minute}, w.renewals[0])
	assert.Equal(t, "at-canary-2", w.get(`{"authorizationParams":{"scope":"write"}}`))
	assert.Len(t, w.renewals, 1)
}

// A login for another audience than the client's own: its refresh token serves that one alone, and what it brings must not pass for ours.
func TestTokenOfAnotherAudience(t *testing.T) {
	w := newWorld(t, `"authorizationParams":{"audience":"api"}`)
	w.held = w.grant(1)
	w.held.Audience, w.held.Tokens[0].Audience = "other", "other"
	_, err := w.Token(oauth.Value{})
	requireCode(t, err, oauth.MissingRefreshToken)
	assert.Empty(t, w.renewals)
}

// One family for many audiences, and a token for each.
func TestTokensOfSeveralAudiences(t *testing.T) {
	w := signedIn(t, `"useMrrt":true,"authorizationParams":{"audience":"api"}`)
	w.renew = func(r *vault.Renew) (*vault.Held, error) {
		held, err := w.rotate(r)
		held.Audience = "api"
		held.Tokens = append(held.Tokens, w.token(1))
		if r.Audience == "poor" {
			held.Tokens[0].Granted = "openid"
		}
		return held, err
	}
	assert.Equal(t, "at-canary-2", w.get(`{"authorizationParams":{"audience":"other"}}`))
	assert.Equal(t, &vault.Renew{Audience: "other", Scope: asked, Leeway: time.Minute}, w.renewals[0])
	assert.Equal(t, "at-canary-1", w.get(""), "the other API's token isn't taken for this one's")
	assert.Equal(t, "at-canary-2", w.get(`{"authorizationParams":{"audience":"other"}}`))
	assert.Len(t, w.renewals, 1)
	for range 2 { // from the provider, and from the cache
		_, err := w.Token(value(t, `{"authorizationParams":{"audience":"poor","scope":"read"}}`))
		requireCode(t, err, oauth.MissingScopes)
	}
	assert.Len(t, w.renewals, 2)
	assert.Empty(t, w.events("warning"), "what the login asked for says nothing about another API")
}

// RFC 8707: one login for two resources, and a token for each.
func TestTokensOfSeveralResources(t *testing.T) {
	w := signedIn(t, `"useMrrt":true,"authorizationParams":{"resource":["urn:a","urn:b"]}`)
	u, tx := w.start(`{"openUrl":true}`)
	assert.Equal(t, []string{"urn:a", "urn:b"}, u.Query()["resource"], "the user consents to both at once")
	assert.Equal(t, "\nurn:a", tx.Get("audience").Str(), "and the code is traded for a token for one")
	w.renew = func(r *vault.Renew) (*vault.Held, error) {
		held, err := w.rotate(r)
		held.Audience = w.Audience
		held.Tokens = append(held.Tokens, w.token(1))
		held.Tokens[0].Granted = "read"
		return held, err
	}
	assert.Equal(t, "at-canary-1", w.get(""))
	assert.Equal(t, "at-canary-1", w.get(`{"authorizationParams":{"resource":"urn:a"}}`))
	assert.Equal(t, "at-canary-2", w.get(`{"authorizationParams":{"resource":"urn:b"}}`))
	assert.Equal(t, &vault.Renew{Audience: "\nurn:b", Scope: asked, Leeway: time.Minute}, w.renewals[0])
	assert.Equal(t, "at-canary-2", w.get(`{"authorizationParams":{"resource":["urn:b"],"scope":"read"}}`))
	assert.Len(t, w.renewals, 1)
	_, err := w.Token(value(t, `{"authorizationParams":{"resource":"urn:b","scope":"read write"}}`))
	requireCode(t, err, oauth.MissingScopes)
	assert.Empty(t, w.events("warning"), "what the login asked for says nothing about another API")
	for _, told := range w.events("token") {
		assert.Equal(t, "urn:b", value(t, told).Get("audience").Str())
	}

	// An audience is another thing than a resource of the same name.
	assert.Equal(t, "at-canary-4", w.get(`{"authorizationParams":{"audience":"urn:b"}}`))
	assert.Equal(t, "urn:b", w.renewals[2].Audience)
}

// A refresh token for one resource gives none for another.
func TestTokenOfAnotherResource(t *testing.T) {
	w := signedIn(t, `"authorizationParams":{"audience":"api","resource":"urn:a"}`)
	for _, other := range []string{`"resource":"urn:b"`, `"audience":"api","resource":["urn:a","urn:b"]`, `"audience":"api"`} {
		_, err := w.Token(value(t, `{"authorizationParams":{`+other+`}}`))
		requireCode(t, err, oauth.ConfigInvalid)
	}
	assert.Equal(t, "at-canary-1", w.get(`{"authorizationParams":{"audience":"api","resource":"urn:a"}}`))
	assert.Empty(t, w.renewals)

	// But what the user signed in for is there to be had: getTokenWithPopup() asks for it.
	w.frame = func(_, state string, _ time.Duration) (string, error) { return origin + "/?" + code(state), nil }
	w.exchange = func(x *vault.Exchange) (*vault.Held, error) {
		token := w.token(7)
		token.Audience = x.Audience
		held := w.grant(7, token)
		held.Audience = x.Audience
		return held, nil
	}
	const other = `{"authorizationParams":{"audience":"other","resource":"urn:b"}}`
	require.NoError(t, w.Popup(value(t, other)))
	assert.Equal(t, "at-canary-7", w.get(other))
	_, err := w.Token(value(t, `{"authorizationParams":{"audience":"third"}}`))
	requireCode(t, err, oauth.ConfigInvalid)
}

// While the provider is in trouble, a token serves until it ends; whoever insists on a new one hears of the trouble.
func TestLivingTokenServesThroughTrouble(t *testing.T) {
	w := signedIn(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) {
		return nil, &oauth.Error{Code: oauth.TokenEndpointError, Description: "503", Retryable: true}
	}
	w.clock += time.Hour - 30*time.Second
	assert.Equal(t, "at-canary-1", w.get(""))
	assert.Len(t, w.renewals, 1)
	_, err := w.Token(value(t, `{"cacheMode":"off"}`))
	requireCode(t, err, oauth.TokenEndpointError)
	w.clock += 30 * time.Second
	_, err = w.Token(oauth.Value{})
	requireCode(t, err, oauth.TokenEndpointError)
}

func TestTokenOptionsRefused(t *testing.T) {
	w := signedIn(t, "")
	for _, options := range []string{
		`{"authorizationParams":{"audience":"other"}}`, `{"authorizationParams":{"scope":"a\"b"}}`, `{"authorizationParams":{"state":"x"}}`,
		`{"authorizationParams":{"resource":"api"}}`, `{"authorizationParams":{"authorization_details":[{"type":"payment"}]}}`,
		`{"authorizationParams":[]}`, `{"cacheMode":"of"}`, `{"cacheMode":""}`, `{"cacheMode":1}`,
		`{"ignoreCache":true}`, `{"timeoutInSeconds":-1}`, `{"timeoutInSeconds":"3"}`, `{"authorizationParams":{"redirect_uri":"https://app.test"}}`,
	} {
		_, err := w.Token(value(t, options))
		requireCode(t, err, oauth.ConfigInvalid)
		requireCode(t, w.Check(value(t, options), false), oauth.ConfigInvalid)
	}
	assert.Empty(t, w.renewals)
}

func TestTokenFails(t *testing.T) {
	w := signedIn(t, "")
	w.clock += time.Hour
	for _, code := range []oauth.Code{oauth.Network, oauth.LockTimeout, oauth.TokenEndpointError} {
		w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(code) }
		_, err := w.Token(oauth.Value{})
		requireCode(t, err, code)
		yes, err := w.IsAuthenticated()
		require.NoError(t, err)
		assert.True(t, yes)
	}
	w.renew = func(*vault.Renew) (*vault.Held, error) { return nil, fail(oauth.StorageCorrupt) }
	_, err := w.Token(oauth.Value{})
	requireCode(t, err, oauth.StorageCorrupt)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.grant(2, &vault.Token{Audience: "other"}), nil }
	_, err = w.Token(oauth.Value{})
	requireCode(t, err, oauth.Internal)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{}, fail(oauth.SessionRevoked) }
	_, err = w.Token(oauth.Value{})
	requireCode(t, err, oauth.SessionRevoked)
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, yes)
	assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
}

func TestDescribe(t *testing.T) {
	w := signedIn(t, "")
	w.clock += 10*time.Minute + time.Millisecond
	token, err := w.Token(oauth.Value{})
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(w.Describe(token)), &got))
	assert.Equal(t, map[string]any{
		"access_token": "at-canary-1", "id_token": w.held.IDToken.Reveal(), "token_type": "Bearer", "expires_in": 2999.0, "scope": asked,
	}, got)
	w.clock += 2 * time.Hour
	require.NoError(t, json.Unmarshal([]byte(w.Describe(token)), &got))
	assert.Zero(t, got["expires_in"])
	token.Details = `[{"type":"payment"}]`
	require.NoError(t, json.Unmarshal([]byte(w.Describe(token)), &got))
	assert.Equal(t, []any{map[string]any{"type": "payment"}}, got["authorization_details"])
}

// The answer to most calls.
func TestCachedAllocatesNothing(t *testing.T) {
	w := signedIn(t, "")
	var token string
	assert.Zero(t, testing.AllocsPerRun(100, func() { token = w.Cached(w.clock+w.set, w.clock-begin) }))
	assert.Equal(t, "at-canary-1", token)
}

func TestCheck(t *testing.T) {
	w := newWorld(t, "")
	require.NoError(t, w.Check(oauth.Value{}, false))
	assert.Empty(t, w.renewals, "nobody is signed in: nothing is asked")

	for _, code := range []oauth.Code{oauth.LoginRequired, oauth.Network, oauth.Timeout, oauth.SessionRevoked, oauth.MissingRefreshToken, oauth.TokenEndpointError} {
		w := newWorld(t, "")
		w.held = w.grant(1)
		w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(code) }
		w.clock += time.Hour
		require.NoError(t, w.Check(oauth.Value{}, false), "%s is no reason to fail", code)
		assert.Len(t, w.renewals, 1)
	}
	w = newWorld(t, "")
	w.heldErr = fail(oauth.StorageCorrupt)
	requireCode(t, w.Check(oauth.Value{}, false), oauth.StorageCorrupt)
	w.heldErr = nil
	require.NoError(t, w.Check(oauth.Value{}, false), "a failure to restore isn't kept")
	require.NoError(t, w.Check(oauth.Value{}, false))
	assert.Equal(t, []string{"restore", "restore", "session"}, w.steps)
}

// A page finds its session ended when it starts. No call fails for it, so a warning says why its user must sign in again.
func TestCheckTellsOfTheEnd(t *testing.T) {
	w := newWorld(t, `"useRefreshTokensFallback":false`)
	w.held = w.grant(1)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{}, fail(oauth.SessionRevoked) }
	w.clock += time.Hour
	require.NoError(t, w.Check(oauth.Value{}, false))
	require.NoError(t, w.Check(oauth.Value{}, true))
	warnings := w.events("warning")
	require.Len(t, warnings, 1, "once")
	assert.Contains(t, warnings[0], "session_revoked")
}

func TestRevoke(t *testing.T) {
	w := signedIn(t, "")
	w.revoke = func() (*vault.Held, error) { return w.held, fail(oauth.TokenEndpointError) }
	requireCode(t, w.Revoke(), oauth.TokenEndpointError)
	w.revoke = func() (*vault.Held, error) {
		held := *w.held
		held.Generation = 0
		return &held, nil
	}
	require.NoError(t, w.Revoke())
	assert.Equal(t, "at-canary-1", w.get(""), "the access token serves until it ends")
	assert.EqualValues(t, -1, w.wait(), "and nothing renews it")
}
