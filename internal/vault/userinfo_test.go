package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestUserInfo(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	token := w.signIn(v).Tokens[0]
	w.server.informing = []reply{
		refuse(200, `{"sub":"u1","email":"canary-email"}`), refuse(200, `{"sub":"u2"}`), refuse(401, `{}`), lost(oauth.Network),
	}
	claims, refused, err := v.UserInfo(token, "u1")
	require.NoError(t, err)
	assert.False(t, refused)
	assert.JSONEq(t, `{"sub":"u1","email":"canary-email"}`, claims)
	assert.Equal(t, "Bearer at-canary-1", w.server.asked[0].authorization)
	assert.Empty(t, w.server.asked[0].form)

	claims, refused, err = v.UserInfo(token, "u1")
	requireCode(t, err, oauth.UserinfoMismatch)
	assert.False(t, refused)
	assert.Empty(t, claims)

	_, refused, err = v.UserInfo(token, "u1")
	requireCode(t, err, oauth.AuthorizationFailed)
	assert.True(t, refused, "and the caller may have another token")

	_, refused, err = v.UserInfo(token, "u1")
	assert.True(t, requireCode(t, err, oauth.Network).Retryable)
	assert.False(t, refused)
}

func TestUserInfoNowhere(t *testing.T) {
	w := newWorld(t)
	w.given.UserinfoEndpoint = ""
	v := w.page()
	_, refused, err := v.UserInfo(w.signIn(v).Tokens[0], "u1")
	requireCode(t, err, oauth.ConfigInvalid)
	assert.False(t, refused)
	assert.Empty(t, w.server.asked)
}

// What it says of a nonce, or of nothing that can be read, is no reason for another token.
func TestUserInfoChallenges(t *testing.T) {
	demanding := func(challenge, nonce string) reply {
		return func(n int, r request) (*oauth.HTTPResponse, error) {
			response, err := refuse(401, `{}`)(n, r)
			response.Challenge, response.DPoPNonce = challenge, nonce
			return response, err
		}
	}
	for name, test := range map[string]struct {
		script []reply
		want   oauth.Code
	}{
		"for ever":   {[]reply{demanding(`DPoP error="use_dpop_nonce"`, "n-1"), demanding(`DPoP error="use_dpop_nonce"`, "n-2")}, oauth.DPoPFailed},
		"unreadable": {[]reply{demanding(`Bearer error="invalid_token", DPoP error="use_dpop_nonce"`, "")}, oauth.DPoPNonceUnreadable},
		"two nonces": {[]reply{demanding(`DPoP error="use_dpop_nonce"`, "n-1, n-2")}, oauth.DPoPFailed},
		"malformed":  {[]reply{demanding(`DPoP error="use_dpop_nonce`, "n-1")}, oauth.ChallengeMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			w, v := boundPage(t)
			w.server.informing = test.script
			_, refused, err := v.UserInfo(w.record().tokens[0], "u1")
			requireCode(t, err, test.want)
			assert.False(t, refused)
			assert.Len(t, w.server.asked, len(test.script))
		})
	}
}
