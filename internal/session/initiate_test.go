package session_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestInitiate(t *testing.T) {
	w := newWorld(t, "")
	said, err := w.Initiate(origin + "/start?iss=" + issuer + "&login_hint=ada%22&target_link_uri=" + origin + "/orders")
	require.NoError(t, err)
	assert.JSONEq(t, `{"login_hint":"ada\"","returnTo":"/orders"}`, said)
	said, err = w.Initiate(origin + "/start?iss=" + issuer)
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, said, "an application must not be sent to nowhere")
	_, err = w.Initiate(origin + "/start?iss=https://evil.test")
	requireCode(t, err, oauth.IssuerMismatch)
	_, err = w.Initiate(origin + "/start?iss=" + issuer + "&target_link_uri=https://evil.test")
	requireCode(t, err, oauth.RedirectBlocked)
	assert.Empty(t, w.steps, "nothing is asked and nobody leaves")
}
