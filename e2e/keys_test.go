package e2e

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// keysBehind is a provider whose keys the test can take away.
func keysBehind(down *atomic.Bool, asked *atomic.Int32) func(*stack.Config) {
	return func(c *stack.Config) {
		c.Front = func(issuer http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/jwks" && asked.Add(1) > 0 && down.Load() {
					w.Header().Set("Access-Control-Allow-Origin", "*")
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				issuer.ServeHTTP(w, r)
			})
		}
	}
}

func TestSignatureES256(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.Algorithm = "ES256" })
		a.signIn("")
		a.login("")
		a.ready()
		a.create("{idTokenSigningAlgs: ['RS256']}")
		a.fails("id_token_signature", "t.client.handleRedirectCallback()")
	})
}

// A provider whose keys can't be had signs nobody in; but who is signed in stays so.
func TestKeysOutOfReach(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		var down atomic.Bool
		var asked atomic.Int32
		a := start(t, b, calm, keysBehind(&down, &asked))
		a.Allow("status of 503")
		a.signIn(alone)
		assert.EqualValues(t, 1, asked.Load(), "while the code was traded")
		down.Store(true)
		a.reload(alone)
		age(a)
		a.token()
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, 1, a.refreshes())
		a.kept(1)

		a.login("")
		a.ready()
		a.create(alone)
		a.fails("jwks_failed", "t.client.handleRedirectCallback()")
		assert.Equal(t, "", a.subject())
	})
}
