package e2e

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// F3: the answer is lost after the provider has rotated. Nobody notices: the same call asks whether the provider can be reached, and sends the
// token once more.
func TestF03AnswerLost(t *testing.T) {
	for _, point := range lostPoints {
		t.Run(string(point), func(t *testing.T) {
			eachVault(t, func(t *testing.T, b build, options string) {
				a := start(t, b, overlapping)
				a.lossy()
				a.signIn(options)
				for round := range 3 {
					age(a)
					a.stack.Faults().Cut(point, 1)
					a.token()
					assert.Equal(t, 2*(round+1), a.refreshes())
					assert.Equal(t, "signed-in", a.session().Status)
				}
				a.kept(2)
				assert.Equal(t, 4, a.session().Generation)
				a.greeted("demo|alice")
				a.atRest()
			})
		})
	}
}

// The same where the provider accepts no token twice: the family is over, the application hears it once, and nothing loops.
func TestF03AnswerLostWithoutOverlap(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.lossy()
		a.signIn(options)
		age(a)
		a.Eval("t.events.length = 0")
		a.stack.Faults().Cut(fault.MidBody, 1)
		e := a.fails("session_revoked", "t.client.getTokenSilently()")
		assert.False(t, e.Retryable)
		a.endedOnce()
		a.kept(2, ledger.Reuse)
		assert.Equal(t, 2, a.refreshes())
		a.signInAgain("alice", "wonderland", options)
	})
}

// No answer within the time allowed is an answer lost, too.
func TestF03Timeout(t *testing.T) {
	for _, point := range points {
		t.Run(string(point), func(t *testing.T) {
			each(t, map[string]string{"in the page": brief, "in a worker": briefInWorker}, func(t *testing.T, b build, options string) {
				a := start(t, b, overlapping)
				a.lossy()
				a.signIn(options)
				age(a)
				gate := held(t, point, a)
				first := a.text("token")
				gate.Release()
				same(t, first, a.token())
				assert.Equal(t, 2, a.refreshes())
				age(a)
				a.token()
				assert.Equal(t, 3, a.refreshes())
				a.kept(2)
			})
		})
	}
}

// Lost twice. A third use could look like theft, so there is none, however often the application asks.
func TestF03LostTwice(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, overlapping)
		a.lossy()
		a.signIn(options)
		age(a)
		a.stack.Faults().Cut(fault.MidBody, 2)
		assert.True(t, a.fails("network", "t.client.getTokenSilently()").Retryable)
		assert.Equal(t, "demo|alice", a.subject())
		a.fails("login_required", "t.client.getTokenSilently()")
		a.fails("login_required", "t.client.getTokenSilently()")
		if !inMemory(options) {
			a.reload(options)
			age(a)
			a.fails("login_required", "t.client.getTokenSilently()")
		}
		assert.Equal(t, 2, a.refreshes())
		assert.Equal(t, 2, a.stack.Ledger().MaxSends())
		a.kept(2)
		a.signInAgain("alice", "wonderland", options)
	})
}

// The answer is lost because the provider is gone. Nothing is sent into the void: that would use up the one replay. When the provider is
// back, the next call goes on from there.
func TestF03ProviderGone(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, overlapping)
		a.lossy()
		a.signIn(options)
		a.forgetSends()
		age(a)
		gate := held(t, fault.MidBody, a)
		require.NoError(t, a.stack.StopIssuer())
		gate.Release()
		e := a.failed("network", "the renewal", a.end("token"))
		assert.True(t, e.Retryable)
		for range 5 {
			assert.True(t, a.fails("network", "t.client.getTokenSilently()").Retryable)
		}
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, "offline", a.session().Status)
		if !inMemory(options) { // a page doesn't see what its worker sends
			assert.InDelta(t, 1, a.number("t.sends()"), 0, "one request, and nothing after it")
			a.reload(options)
			assert.Equal(t, "demo|alice", a.subject(), "nor does a reload lose anything")
		}

		require.NoError(t, a.stack.StartIssuer())
		age(a, a) // also past any back-off
		a.token()
		assert.Equal(t, "signed-in", a.session().Status)
		assert.Equal(t, 2, a.refreshes())
		a.kept(2)
	})
}

// A token that still lives serves meanwhile.
func TestF03LivingTokenServes(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, overlapping)
		a.lossy()
		a.signIn(options)
		first := a.token()
		a.Eval("t.ahead = 270000") // 30 seconds are left, which is less than the leeway
		gate := held(t, fault.MidBody, a)
		require.NoError(t, a.stack.StopIssuer())
		gate.Release()
		same(t, first, a.text("token"))
		same(t, first, a.token())
		assert.Equal(t, "offline", a.session().Status)
		require.NoError(t, a.stack.StartIssuer())
		age(a)
		assert.NotEqual(t, first, a.token())
		a.kept(2)
	})
}

// F4: the request never arrived. The client can't know, and does the same.
func TestF04NeverArrived(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.lossy()
		a.signIn(alone)
		a.forgetSends()
		for round := range 3 {
			age(a)
			a.Lose("/token", 1)
			a.token()
			assert.Equal(t, round+1, a.refreshes(), "only the replay arrived")
		}
		assert.Equal(t, 4, a.session().Generation)
		a.kept(1)

		age(a)
		a.Lose("/token", 2)
		assert.True(t, a.fails("network", "t.client.getTokenSilently()").Retryable)
		a.fails("login_required", "t.client.getTokenSilently()")
		assert.InDelta(t, 8, a.number("t.sends()"), 0, "never three")
		assert.Equal(t, 3, a.refreshes())
		a.kept(1)
	})
}

// The same with a worker, whose requests the test's browser can't lose: they come as far as the provider's door, and not into the house.
func TestF04NeverArrivedFromWorker(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		var lose, came atomic.Int32
		a := start(t, b, calm, func(c *stack.Config) {
			c.Front = func(issuer http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/token" && r.Method == http.MethodPost {
						came.Add(1)
						if lose.Add(-1) >= 0 {
							w.Header().Set("Access-Control-Allow-Origin", "*")
							w.WriteHeader(http.StatusOK) // after its headers the browser doesn't send again
							_ = http.NewResponseController(w).Flush()
							panic(http.ErrAbortHandler)
						}
					}
					issuer.ServeHTTP(w, r)
				})
			}
		})
		a.lossy()
		a.signIn(inWorker)
		came.Store(0)
		for round := range 3 {
			age(a)
			lose.Store(1)
			a.token()
			assert.Equal(t, round+1, a.refreshes(), "only the replay arrived")
		}
		assert.Equal(t, 4, a.session().Generation)

		age(a)
		lose.Store(2)
		assert.True(t, a.fails("network", "t.client.getTokenSilently()").Retryable)
		a.fails("login_required", "t.client.getTokenSilently()")
		assert.EqualValues(t, 8, came.Load(), "never three")
		assert.Equal(t, 3, a.refreshes())
		a.kept(1)
	})
}

// F17: a connection that breaks before the answer's headers makes the browser itself send the request again. Where the provider allows for
// that, nobody notices.
func TestF17BrowserSendsAgain(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, overlapping)
		a.lossy()
		a.signIn(options)
		for round := range 3 {
			age(a)
			a.stack.Faults().Cut(fault.AfterCommit, 1)
			a.token()
			assert.Equal(t, round+2, a.session().Generation)
			assert.Equal(t, 2*(round+1), a.refreshes())
		}
		a.kept(2)
		a.greeted("demo|alice")
	})
}

// Where it doesn't, the session is over: said once, one prompt, no loop.
func TestF17BrowserSendsAgainWithoutOverlap(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.lossy()
		a.signIn(options)
		age(a)
		a.Eval("t.events.length = 0")
		a.stack.Faults().Cut(fault.AfterCommit, 1)
		a.fails("session_revoked", "t.client.getTokenSilently()")
		a.endedOnce()
		requests := a.refreshes()
		assert.LessOrEqual(t, requests, 2)
		a.kept(2, ledger.Reuse)
		a.signInAgain("alice", "wonderland", options)
		age(a)
		a.token()
		assert.Equal(t, requests+1, a.refreshes())
	})
}
