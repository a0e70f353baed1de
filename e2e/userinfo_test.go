package e2e

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// OpenID Connect Core section 5.3: what the provider says of the user, and what it may say of somebody else.
func TestUserInfo(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		var wrong atomic.Pointer[string]
		var asked atomic.Int32
		a := start(t, b, calm, func(c *stack.Config) {
			c.Front = func(issuer http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/userinfo" && r.Method == http.MethodGet {
						asked.Add(1)
						if body := wrong.Load(); body != nil {
							w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
							w.Header().Set("Content-Type", "application/json")
							_, _ = w.Write([]byte(*body))
							return
						}
					}
					issuer.ServeHTTP(w, r)
				})
			}
		})
		a.fails("login_required", "t.create().then(() => t.client.fetchUserInfo())")
		a.signIn(alone)
		var user map[string]any
		a.Eval("t.client.fetchUserInfo()", &user)
		assert.Equal(t, "demo|alice", user["sub"])
		assert.Equal(t, "alice@example.com", user["email"])

		for _, body := range []string{`{"sub":"demo|bob"}`, `{"name":"Alice"}`} {
			wrong.Store(&body)
			a.fails("userinfo_mismatch", "t.client.fetchUserInfo()")
		}
		twice := `{"sub":"demo|bob","sub":"demo|alice"}`
		wrong.Store(&twice)
		a.fails("authorization_failed", "t.client.fetchUserInfo()")
		assert.Equal(t, "demo|alice", a.subject(), "whoever lies there changes nothing here")
		assert.EqualValues(t, 4, asked.Load())
		assert.Zero(t, a.refreshes())
	})
}
