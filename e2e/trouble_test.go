package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// The provider's passing trouble ends no session, whatever it looks like.
func TestProviderInTrouble(t *testing.T) {
	for name, trouble := range map[string]struct {
		reply       fault.Reply
		code, error string
	}{
		"503": {fault.Unavailable, "token_endpoint_error", "temporarily_unavailable"},
		"503 in HTML": {
			fault.Reply{Status: http.StatusServiceUnavailable, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<h1>Back soon</h1>"},
			"token_endpoint_error", "token_endpoint_error",
		},
		"429": {
			fault.Reply{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}, Body: "slow down"},
			"rate_limited", "rate_limited",
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b)
				a.Allow("the server responded with a status of")
				a.signIn("{ahead: 0}")
				a.Eval("t.ahead = 61000")
				a.stack.Faults().Answer(1, trouble.reply)
				e := a.fails(trouble.code, "t.client.getTokenSilently()")
				assert.Equal(t, trouble.error, e.Error)
				assert.True(t, e.Retryable)
				assert.Equal(t, "demo|alice", a.subject())
				age(a)
				a.token()
				assert.Equal(t, 2, a.refreshes())
				assert.Equal(t, 1, a.stack.Ledger().MaxUses())
				assert.Empty(t, a.stack.Ledger().Revocations())
			})
		})
	}
}

// A renewal that comes early, before the token's end, may fail without anybody noticing: the token still lives.
func TestLivingTokenServesThroughTrouble(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("status of 503")
		a.signIn("{ahead: 0}")
		first := a.token()
		a.Eval("t.ahead = 40000") // 20 seconds are left
		a.stack.Faults().Answer(1, fault.Unavailable)
		same(t, first, a.token())
		assert.Equal(t, "demo|alice", a.subject())
	})
}

func TestSessionRevoked(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("status of 400")
		a.signIn("{ahead: 0}")
		secrets := a.secrets()
		a.Eval("t.events.length = 0")
		a.stack.Faults().RevokeSessions()
		a.Eval("t.ahead = 61000")
		e := a.fails("session_revoked", "t.client.getTokenSilently()")
		assert.Equal(t, "invalid_grant", e.Error)
		assert.False(t, e.Retryable)
		assert.Equal(t, "", a.subject())
		a.fails("login_required", "t.client.getTokenSilently()")
		a.fails("login_required", "t.client.getTokenSilently()")
		assert.Equal(t, 1, a.refreshes(), "no loop")
		var told []snapshot
		a.Eval("t.told('session')", &told)
		require.Len(t, told, 1)
		assert.Equal(t, "signed-out", told[0].Status)
		a.nothingStored(secrets)
		a.reload("{ahead: 61000}")
		assert.Equal(t, "", a.subject())
	})
}

// timeoutInSeconds bounds the caller's wait, as a signal does. The renewal goes on for whoever else waits for it, and nothing is sent twice.
func TestCallTimeout(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(alone)
		age(a)
		gate := held(t, fault.BeforeCommit, a)
		assert.True(t, a.fails("timeout", "t.client.getTokenSilently({timeoutInSeconds: 1})").Retryable)
		assert.Equal(t, "demo|alice", a.subject())
		gate.Release()
		same(t, a.text("token"), a.token())
		assert.Equal(t, 1, a.refreshes())
		a.kept(1)
	})
}

// Something breaks inside the module while it holds the lock, so that the loader throws the instance away: the call fails, and the next
// one runs on a new instance, from what is stored (case F13).
func TestModuleStops(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		a.Eval(`{
			t.ahead = 61000;
			const { getRandomValues } = Crypto.prototype;
			Crypto.prototype.getRandomValues = () => { throw new Error('no random numbers today'); };
			t.mend = () => { Crypto.prototype.getRandomValues = getRandomValues; };
		}`)
		var o outcome
		a.Eval("t.outcome(t.client.getTokenSilently())", &o)
		if assert.NotNil(t, o.Error) {
			assert.Contains(t, []string{"internal", "insecure_context"}, o.Error.Code)
		}
		a.Eval("t.mend()")
		a.token()
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, 1, a.refreshes())
		a.WaitFor("navigator.locks.query().then(l => l.held.length + l.pending.length == 0)")
	})
}
