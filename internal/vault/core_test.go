//go:build core

package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What the core lacks it says before anything is sent or written: the full module does the same call from its beginning.
func TestCoreLacksRareCalls(t *testing.T) {
	w, v := signedIn(t)
	sent, record := len(w.server.sent), w.text()
	for _, call := range []string{
		`open "a.b.c"`, `trade {"form":"subject_token=x","scope":"y","secrets":[]}`, `user-info {"type":"Bearer","value":"at-canary-1","subject":"u1"}`,
		`thumbprint {}`, `prove {"method":"GET","url":"https://api.test/","value":"at-canary-1"}`, `nonce {"id":"https://api.test","heard":"n-1"}`,
		"no-such-call {}", "renew [",
	} {
		assert.Empty(t, v.Serve(call), call)
	}
	assert.Len(t, w.server.sent, sent)
	assert.Empty(t, w.server.asked)
	assert.Equal(t, record, w.text())
	assert.NotEmpty(t, v.Serve("restore {}"), "what it has it does")
}
