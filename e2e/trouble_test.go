package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
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
		assert.Equal(t, first, a.token())
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

// The answer is lost after the provider has rotated the token. The next call replays the old one, once (cases F3 and F17).
func TestResponseLost(t *testing.T) {
	t.Run("with overlap", func(t *testing.T) {
		eachBuild(t, func(t *testing.T, b build) {
			a := start(t, b, func(c *stack.Config) { c.RotationOverlap = time.Minute })
			a.loseResponse()
			a.token()
			assert.Equal(t, "demo|alice", a.subject())
			assert.Equal(t, 2, a.refreshes())
			assert.Empty(t, a.stack.Ledger().Revocations())
			a.Eval("t.ahead = 130000")
			a.token()
			assert.Equal(t, 3, a.refreshes())
			assert.Equal(t, 2, a.stack.Ledger().MaxUses(), "the one replay")
			a.greeted("demo|alice")
		})
	})
	t.Run("without overlap", func(t *testing.T) {
		eachBuild(t, func(t *testing.T, b build) {
			a := start(t, b)
			a.Allow("status of 400")
			a.loseResponse()
			a.fails("session_revoked", "t.client.getTokenSilently()")
			assert.Equal(t, "", a.subject())
			a.fails("login_required", "t.client.getTokenSilently()")
			assert.Equal(t, 2, a.refreshes(), "no loop")
			assert.Equal(t, 2, a.stack.Ledger().MaxUses())
			assert.Equal(t, 1, a.revoked(ledger.Reuse))
			a.signInAgain("alice", "wonderland", "{ahead: 0}")
		})
	})
	t.Run("twice", func(t *testing.T) {
		eachBuild(t, func(t *testing.T, b build) {
			a := start(t, b, func(c *stack.Config) { c.RotationOverlap = time.Minute })
			a.loseResponse()
			a.stack.Faults().Cut(fault.MidBody, 1)
			a.fails("network", "t.client.getTokenSilently()")
			a.fails("login_required", "t.client.getTokenSilently()")
			a.fails("login_required", "t.client.getTokenSilently()")
			assert.Equal(t, 2, a.stack.Ledger().MaxUses(), "a third use would be theft")
		})
	})
}

// loseResponse signs in and loses the answer to the first renewal.
func (a *app) loseResponse() {
	a.Helper()
	a.Allow("ERR_INCOMPLETE_CHUNKED_ENCODING")
	a.Allow("ERR_CONTENT_LENGTH_MISMATCH")
	a.Allow("ERR_CONNECTION")
	a.signIn("{ahead: 0}")
	a.Eval("t.ahead = 61000")
	a.stack.Faults().Cut(fault.MidBody, 1)
	e := a.fails("network", "t.client.getTokenSilently()")
	assert.True(a, e.Retryable)
	assert.Equal(a, "demo|alice", a.subject())
}

// A connection that breaks before the answer's headers makes the browser itself send the request again (case F17). Where the provider
// allows for that, nobody notices.
func TestBrowserSendsAgain(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.RotationOverlap = time.Minute })
		a.Allow("net::ERR_")
		a.signIn("{ahead: 0}")
		a.Eval("t.ahead = 61000")
		a.stack.Faults().Cut(fault.AfterCommit, 1)
		var o outcome
		a.Eval("t.outcome(t.client.getTokenSilently())", &o)
		if o.Error != nil {
			assert.Equal(t, "network", o.Error.Code)
			a.token()
		}
		assert.Equal(t, "demo|alice", a.subject())
		assert.Empty(t, a.stack.Ledger().Revocations())
		assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 3)
	})
}

// The page is reloaded after the provider has rotated the token and before the answer is there (case F2).
func TestReloadDuringRenewal(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.RotationOverlap = time.Minute })
		a.signIn("{ahead: 0}")
		gate := a.stack.Faults().Hold(fault.AfterCommit, 1)
		a.Eval("t.ahead = 61000")
		a.begin("token", "t.client.getTokenSilently()")
		require.NoError(t, gate.Arrived(t.Context(), 1))
		a.reload("{ahead: 61000}")
		gate.Release()
		assert.Equal(t, "demo|alice", a.subject())
		a.token()
		assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 2)
		assert.Empty(t, a.stack.Ledger().Revocations())
	})
}

func TestRequestTimeout(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.RotationOverlap = time.Minute })
		a.signIn("{ahead: 0}")
		gate := a.stack.Faults().Hold(fault.BeforeCommit, 1)
		a.Eval("t.ahead = 61000")
		assert.True(t, a.fails("timeout", "t.client.getTokenSilently({timeoutInSeconds: 1})").Retryable)
		gate.Release()
		assert.Equal(t, "demo|alice", a.subject())
		a.token()
		assert.LessOrEqual(t, a.stack.Ledger().MaxUses(), 2)
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
