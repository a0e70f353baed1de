package session_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// informed is a signed-in client whose provider takes the tokens of generation good and newer at UserInfo.
func informed(t *testing.T, good int) (w *world, asked *[]string) {
	w = newWorld(t, `"backgroundRenewal":false`)
	w.held = w.grant(1)
	w.renew = func(*vault.Renew) (*vault.Held, error) {
		w.held = w.grant(w.held.Generation + 1)
		return w.held, nil
	}
	asked = &[]string{}
	w.userInfo = func(token *vault.Token, subject string) (string, bool, error) {
		*asked = append(*asked, token.Value.Reveal()+" of "+subject)
		if w.held.Generation < good {
			return "", true, oauth.Fail(oauth.AuthorizationFailed, "UserInfo", "refused")
		}
		return `{"sub":"u1","phone":"1"}`, false, nil
	}
	return w, asked
}

func TestUserInfo(t *testing.T) {
	w, asked := informed(t, 1)
	claims, err := w.UserInfo()
	require.NoError(t, err)
	assert.JSONEq(t, `{"sub":"u1","phone":"1"}`, claims)
	assert.Len(t, *asked, 1)
	assert.Contains(t, (*asked)[0], " of u1")
	assert.Empty(t, w.renewals)
	user, err := w.User()
	require.NoError(t, err)
	assert.NotContains(t, user, "phone", "it is merged nowhere")
}

// A token that is refused is renewed once, whatever comes of it.
func TestUserInfoRefused(t *testing.T) {
	for name, test := range map[string]struct {
		good int
		want oauth.Code
	}{"once": {2, ""}, "for ever": {99, oauth.AuthorizationFailed}} {
		t.Run(name, func(t *testing.T) {
			w, asked := informed(t, test.good)
			_, err := w.UserInfo()
			assert.Equal(t, test.want, oauth.AsError(err).Code)
			assert.Len(t, *asked, 2)
			assert.NotEqual(t, (*asked)[0], (*asked)[1], "another token")
			assert.Len(t, w.renewals, 1)
		})
	}
}

// Two calls that were refused at the same time have one renewal: the token that the other brought is tried.
func TestUserInfoRefusedTogether(t *testing.T) {
	w, _ := informed(t, 1)
	var asked []string
	w.userInfo = func(token *vault.Token, _ string) (string, bool, error) {
		asked = append(asked, token.Value.Reveal())
		if len(asked) > 1 {
			return `{"sub":"u1"}`, false, nil
		}
		options, err := oauth.ParseJSON(`{"cacheMode":"off"}`)
		require.NoError(t, err)
		_, err = w.Token(options) // somebody else's
		require.NoError(t, err)
		return "", true, oauth.Fail(oauth.AuthorizationFailed, "UserInfo", "refused")
	}
	_, err := w.UserInfo()
	require.NoError(t, err)
	assert.NotEqual(t, asked[0], asked[1])
	assert.Len(t, w.renewals, 1)
}

func TestUserInfoOfNobody(t *testing.T) {
	w := newWorld(t, `"useRefreshTokensFallback":false`)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.LoginRequired) }
	_, err := w.UserInfo()
	requireCode(t, err, oauth.LoginRequired)
}
