//go:build core

package session_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/storage"
)

// What the core lacks it says before anything is taken, sent or told: the full module does the same call from its beginning.

func TestCoreLacksSignedResponse(t *testing.T) {
	w := newWorld(t, `"par":"always"`)
	for _, mode := range []string{"jwt", "query.jwt"} {
		_, err := w.Login(value(t, `{"openUrl":true,"authorizationParams":{"response_mode":"`+mode+`"}}`))
		require.True(t, edition.IsLacking(err), "%s: %v", mode, err)
	}
	assert.Empty(t, w.pushed)
	assert.Equal(t, []string{"restore", "session"}, w.steps, "what each first call does")
}

func TestCoreLacksSignedCallback(t *testing.T) {
	w := newWorld(t, "")
	u, _ := w.start(`{"openUrl":true}`)
	state := u.Query().Get("state")
	w.url = origin + "/cb?x=1&" + sealed(state, sealedCode)
	w.steps = nil
	_, err := w.Callback("")
	require.True(t, edition.IsLacking(err), "%v", err)
	assert.Equal(t, []string{"replace " + origin + "/cb?x=1"}, w.steps, "the address bar alone")
	_, ok, err := storage.Read(&w.store, "postern:login:"+state, 1)
	require.NoError(t, err)
	assert.True(t, ok, "the transaction is there for the full module")
}

func TestCoreLacksStepUp(t *testing.T) {
	w := caller(t, "")
	sent, _, err := w.ask(nil, "")
	require.NoError(t, err)
	w.steps = nil
	_, _, err = w.ask(sent, refusal(`Bearer error="insufficient_user_authentication", acr_values="high"`))
	require.True(t, edition.IsLacking(err), "%v", err)
	assert.Empty(t, w.renewals)
	assert.Empty(t, w.steps)
}
