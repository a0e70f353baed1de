package session_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// RFC 9449 section 10: the code is bound to the key, so that it is of no use with another.
func TestDPoPLogin(t *testing.T) {
	full(t)
	w := newWorld(t, `"useDpop":true`)
	w.jkt = "thumb"
	address, err := w.Login(parsed(t, `{"openUrl":true}`))
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	assert.Equal(t, "thumb", u.Query().Get("dpop_jkt"))

	w = newWorld(t, "")
	address, err = w.Login(parsed(t, `{"openUrl":true}`))
	require.NoError(t, err)
	assert.NotContains(t, address, "dpop_jkt")
	_, err = w.Login(parsed(t, `{"authorizationParams":{"dpop_jkt":"mine"}}`))
	requireCode(t, err, oauth.ConfigInvalid)

	w = newWorld(t, `"useDpop":true`)
	w.jktErr = fail(oauth.DPoPFailed)
	_, err = w.Login(oauth.Value{})
	requireCode(t, err, oauth.DPoPFailed)
	assert.NotContains(t, strings.Join(w.steps, " "), "navigate", "nobody is sent away who couldn't come back")
}

func TestDPoPProof(t *testing.T) {
	w := newWorld(t, `"useDpop":true`)
	w.held = w.grant(1)
	proof, err := w.Proof(parsed(t, `{"url":"https://api.test/a?b","method":"GET","accessToken":"at"}`))
	require.NoError(t, err)
	assert.Equal(t, "proof for GET https://api.test/a?b with  of at", proof)
	nonce, err := w.Nonce(parsed(t, `{"id":"https://api.test","nonce":"n-1"}`))
	require.NoError(t, err)
	assert.Equal(t, "n-1", nonce)
	proof, err = w.Proof(parsed(t, `{"url":"https://api.test/a?b","method":"GET"}`))
	require.NoError(t, err)
	assert.Equal(t, "proof for GET https://api.test/a?b with n-1 of ", proof, "the nonce of that server")
	proof, err = w.Proof(parsed(t, `{"url":"https://api.test/","method":"GET","nonce":"n-2"}`))
	require.NoError(t, err)
	assert.Contains(t, proof, "with n-2 of")
	nonce, err = w.Nonce(parsed(t, `{}`))
	require.NoError(t, err)
	assert.Empty(t, nonce, "the provider's is another")

	for _, options := range []string{`{}`, `{"url":"https://api.test/"}`, `{"method":"GET"}`, `{"url":1,"method":"GET"}`, `{"url":"https://a.test/","method":"GET","token":"x"}`} {
		_, err = w.Proof(parsed(t, options))
		requireCode(t, err, oauth.ConfigInvalid)
	}
	for _, nonce := range []string{`""`, `"a b"`, `"a, b"`, `7`, `null`, `"` + strings.Repeat("n", 8192) + `"`} {
		_, err = w.Nonce(parsed(t, `{"nonce":`+nonce+`}`))
		requireCode(t, err, oauth.DPoPFailed)
	}
	w = newWorld(t, "")
	_, err = w.Proof(parsed(t, `{"url":"https://api.test/","method":"GET"}`))
	requireCode(t, err, oauth.ConfigInvalid)
	_, err = w.Nonce(parsed(t, `{}`))
	requireCode(t, err, oauth.ConfigInvalid)
}

// The vault finds that the key is gone and ends the family; the page shows its user no longer.
func TestDPoPKeyGone(t *testing.T) {
	for name, call := range map[string]func(w *world) error{
		"proof": func(w *world) error {
			_, err := w.Proof(parsed(t, `{"url":"https://api.test/","method":"GET"}`))
			return err
		},
		"userinfo": func(w *world) error {
			_, err := w.UserInfo()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, `"useDpop":true`)
			w.held = w.grant(1)
			yes, err := w.IsAuthenticated()
			require.NoError(t, err)
			require.True(t, yes)
			w.held, w.proofErr = &vault.Held{}, fail(oauth.LoginRequired)
			w.userInfo = func(*vault.Token, string) (string, bool, error) { return "", false, w.proofErr }
			requireCode(t, call(w), oauth.LoginRequired)
			yes, err = w.IsAuthenticated()
			require.NoError(t, err)
			assert.False(t, yes)
		})
	}
}
