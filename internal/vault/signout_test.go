package vault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestSignOut(t *testing.T) {
	w, v := signedIn(t)
	var form request
	w.server.revoking = func(_ int, r request) (*oauth.HTTPResponse, error) {
		assert.NotContains(t, w.text(), "canary", "the record goes first, whatever the server does")
		form = r
		return status(200, "", "")(0, r)
	}
	require.NoError(t, v.SignOut())
	assert.Equal(t, "rt-canary-1", form.form.Get("token"))
	assert.Equal(t, "refresh_token", form.form.Get("token_type_hint"))
	assert.Equal(t, client, form.form.Get("client_id"))
	assert.LessOrEqual(t, form.timeout, 3*time.Second, "the user waits")

	held, err := v.Restore()
	require.NoError(t, err)
	assert.Equal(t, &Held{Epoch: held.Epoch}, held)
	assert.Equal(t, 1, w.record().epoch)
	require.NoError(t, v.SignOut(), "once more is no error")
	assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)
	assert.Equal(t, 2, w.record().epoch)
}

// H44: the server's failure is reported and keeps nobody signed in.
func TestSignOutWithoutTheServer(t *testing.T) {
	for name, test := range map[string]struct {
		revoking  reply
		want      oauth.Code
		retryable bool
	}{
		"503":     {status(503, "", ""), oauth.TokenEndpointError, true},
		"400":     {refuse(400, `{"error":"unsupported_token_type","error_description":"rt-canary-1"}`), oauth.TokenEndpointError, false},
		"network": {lost(oauth.Network), oauth.Network, true},
	} {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			w.server.revoking = test.revoking
			assert.Equal(t, test.retryable, requireCode(t, v.SignOut(), test.want).Retryable)
			assert.NotContains(t, w.text(), "canary")
			held, err := w.page().Restore()
			require.NoError(t, err)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			assert.Len(t, w.server.gone, 1, "no retry")
		})
	}
}

func TestSignOutWithoutARevocationEndpoint(t *testing.T) {
	w, v := signedIn(t)
	w.given.RevocationEndpoint = ""
	require.NoError(t, v.SignOut())
	assert.NotContains(t, w.text(), "canary")
	assert.Empty(t, w.server.gone)
}

func TestSignOutWithoutMetadata(t *testing.T) {
	w, _ := signedIn(t)
	w.given = nil
	requireCode(t, w.page().SignOut(), oauth.DiscoveryFailed)
	assert.NotContains(t, w.text(), "canary")
}

func TestRevoke(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	told := len(w.bus.told)
	held, err := v.Revoke()
	require.NoError(t, err)
	assert.Zero(t, held.Generation)
	assert.Len(t, w.bus.told, told+1, "the others have a generation less, too")
	assert.False(t, held.IDToken.Empty(), "the user stays signed in")
	assert.Equal(t, "at-canary-1", held.Find("", scopes).Value.Reveal())
	assert.NotContains(t, w.text(), "rt-canary")
	assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)

	_, err = v.Revoke()
	require.NoError(t, err, "there is nothing left to revoke")
	assert.Len(t, w.server.gone, 1)
	w.clock += lifetime
	_, err = v.Renew(wanted())
	requireCode(t, err, oauth.MissingRefreshToken)
}

// RFC 7009 section 2.2.1: 503 means that the token still lives.
func TestRevokeKeepsWhatStillLives(t *testing.T) {
	for _, answer := range []reply{status(503, "", ""), status(429, "", ""), lost(oauth.Network), lost(oauth.Timeout)} {
		w, v := signedIn(t)
		w.server.revoking = answer
		held, err := v.Revoke()
		require.Error(t, err)
		assert.Nil(t, held, "nothing is known to have changed")
		assert.Equal(t, "rt-canary-1", w.record().refreshToken.Reveal())

		w.server.revoking = nil
		_, err = v.Revoke()
		require.NoError(t, err)
		assert.True(t, w.record().refreshToken.Empty())
	}
}

// A rotation while the old token is being revoked: the new one isn't thrown away with it.
func TestRevokeDuringARotation(t *testing.T) {
	w, v := signedIn(t)
	w.server.revoking = while(func() { w.write(w.moved(w.record())) }, status(200, "", ""))
	held, err := v.Revoke()
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, "rt-canary-2", w.record().refreshToken.Reveal())
}
