package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// The provider wants another factor before it renews (Auth0: mfa_required). Only the user has it, so nothing is tried again and no frame asked; they stay
// signed in, and a login brings the token.
func TestMFARequired(t *testing.T) {
	w := signedIn(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.MFARequired) }
	w.framed(code)
	w.clock += 2 * time.Hour
	for range 2 {
		_, err := w.Token(noOptions())
		assert.False(t, requireCode(t, err, oauth.MFARequired).Retryable)
	}
	assert.NotContains(t, w.steps, "frame")
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes)
	assert.NotContains(t, strings.Join(w.events("session"), ""), "signed-out")

	w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(7), nil }
	w.frame = func(_, state string, _ time.Duration) (string, error) { return origin + "/?" + code(state), nil }
	require.NoError(t, w.Popup(noOptions()))
	assert.Equal(t, "at-canary-7", w.get(""))
}

// It may be wanted as soon as the code is traded.
func TestMFARequiredAtSignIn(t *testing.T) {
	w := newWorld(t, "")
	w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.held, fail(oauth.MFARequired) }
	w.leave(`{"openUrl":true}`, "code="+authCode)
	_, err := w.Callback("")
	requireCode(t, err, oauth.MFARequired)
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, yes)
}
