package session_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestIdentity(t *testing.T) {
	w := newWorld(t, "")
	user, err := w.User()
	require.NoError(t, err)
	assert.Empty(t, user, "nobody is signed in")
	claims, err := w.IDTokenClaims()
	require.NoError(t, err)
	assert.Empty(t, claims)

	w = newWorld(t, "")
	const of = `"sub":"u1","name":"A \"B\" \u00e9","email_verified":false,"address":{"a":[1,null]},"https://app.test/roles":["x"],"__proto__":{"x":1}`
	const about = `"aud":"spa","exp":1,"nbf":1,"iat":1,"jti":"j","azp":"spa","nonce":"n","auth_time":1,"at_hash":"h","c_hash":"h","acr":"1","amr":["x"],"sid":"s","":"no name"`
	w.held = w.grant(1)
	w.held.IDToken = idToken(of + `,"__raw":"forged",` + about)
	user, err = w.User()
	require.NoError(t, err)
	assert.JSONEq(t, "{"+of+`,"__raw":"forged"}`, user, "what is about the token and not the user is left out")

	claims, err = w.IDTokenClaims()
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(claims), &got))
	assert.Equal(t, w.held.IDToken.Reveal(), got["__raw"], "the token itself, whatever a claim by this name says")
	assert.Equal(t, issuer, got["iss"])
	assert.Equal(t, "n", got["nonce"])
	assert.Equal(t, []any{"x"}, got["amr"])
	assert.Equal(t, "no name", got[""])
	_, err = oauth.ParseJSON(claims)
	require.NoError(t, err, "no name stands twice")
}

func TestIsAuthenticated(t *testing.T) {
	w := newWorld(t, "")
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, yes)

	w = newWorld(t, "")
	w.held = w.grant(0)
	yes, err = w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes, "without a refresh token too")

	w = newWorld(t, "")
	w.held = w.grant(1)
	w.heldErr = fail(oauth.StorageCorrupt)
	yes, err = w.IsAuthenticated()
	requireCode(t, err, oauth.StorageCorrupt)
	assert.False(t, yes)
}
