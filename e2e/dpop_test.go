package e2e

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

const (
	dpop       = "{backgroundRenewal: false, useDpop: true}"
	dpopShared = "{backgroundRenewal: false, useDpop: true, cacheLocation: 'localstorage'}"
)

func demanding(c *stack.Config) {
	overlapping(c)
	c.DPoPNonces = true
}

// fresh forces a renewal. The clock stays: a proof from the future would be refused.
func (a *app) fresh() string {
	a.Helper()
	return a.Text("t.client.getTokenSilently({cacheMode: 'off'})")
}

// RFC 9449 with a provider and an API that want their nonces: sign-in, renewals, a reload, UserInfo, an API.
func TestDPoP(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		var mu sync.Mutex
		var bindings []string
		a := start(t, b, demanding, func(c *stack.Config) {
			c.Front = func(issuer http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/authorize" && r.Method == http.MethodGet {
						mu.Lock()
						bindings = append(bindings, r.URL.Query().Get("dpop_jkt"))
						mu.Unlock()
					}
					issuer.ServeHTTP(w, r)
				})
			}
		})
		a.Allow("the server responded with a status of 40") // the challenges
		a.signIn(dpop)
		require.NotEmpty(t, bindings)
		assert.Len(t, bindings[0], 43)
		assert.Equal(t, "DPoP", a.Text("t.client.getTokenSilently({detailedResponse: true}).then(r => r.token_type)"))
		assert.Equal(t, 2, a.exchanges(), "the first had no nonce")

		// A nonce that comes with tokens is used next: no renewal is refused.
		first := a.token()
		for generation := 2; generation <= 4; generation++ {
			renewed := a.fresh()
			assert.NotEqual(t, first, renewed)
			first = renewed
			assert.Equal(t, generation, a.session().Generation)
		}
		assert.Equal(t, 3, a.refreshes())
		var user map[string]any
		a.Eval("t.client.fetchUserInfo()", &user)
		assert.Equal(t, "demo|alice", user["sub"])

		// A page that has just been loaded knows no nonce, and has the same key.
		a.reload(dpop)
		a.fresh()
		assert.Equal(t, 5, a.session().Generation)
		assert.Equal(t, 5, a.refreshes())
		assert.Empty(t, a.stack.Ledger().Revocations())

		// An application that calls its API itself.
		call := `(async () => {
			const url = t.settings.audience + '/me?q=1', accessToken = await t.client.getTokenSilently();
			const proof = await t.client.generateDpopProof({url, method: 'GET', accessToken});
			const response = await fetch(url, {headers: {Authorization: 'DPoP ' + accessToken, DPoP: proof}});
			await t.client.setDpopNonce(response.headers.get('dpop-nonce'), new URL(url).origin);
			return String(response.status) + (await response.json()).tokenType;
		})()`
		assert.Equal(t, "401undefined", a.Text(call))
		assert.Equal(t, "200DPoP", a.Text(call))
		assert.Equal(t, "200DPoP", a.Text(call))
		assert.NotEqual(t, a.Text("t.client.getDpopNonce()"), a.Text("t.client.getDpopNonce(t.settings.audience)"))
		a.fails("dpop_failed", "t.client.setDpopNonce('a b')")
		a.fails("config_invalid", "t.client.generateDpopProof({url: 'http://[', method: 'GET'})")

		// Nobody can read the key.
		assert.Equal(t, "false InvalidAccessError", a.Text(`(async () => {
			const db = await new Promise((resolve) => { const r = indexedDB.open('postern'); r.onsuccess = () => resolve(r.result); });
			const values = await new Promise((resolve) => { const r = db.transaction('notes').objectStore('notes').getAll(); r.onsuccess = () => resolve(r.result); });
			db.close();
			const {privateKey} = values.find((v) => v.pair).pair;
			return [privateKey.extractable, await crypto.subtle.exportKey('jwk', privateKey).catch((e) => e.name)].join(' ');
		})()`))
	})
}

// The protocol of renewals holds: an answer that is lost costs one replay, with another proof, and tabs share what comes of it.
func TestDPoPLost(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, demanding)
		a.Allow("the server responded with a status of 40")
		a.Allow("net::ERR_")
		a.signIn(dpopShared)
		other := a.anotherTab()
		other.Allow("the server responded with a status of 40")
		other.create(dpopShared)
		assert.Equal(t, "demo|alice", other.subject())
		a.stack.Faults().Cut(fault.AfterHeaders, 1)
		assert.NotEqual(t, a.token(), a.fresh())
		assert.Equal(t, 2, a.session().Generation)
		assert.Equal(t, a.token(), other.token())
		other.fresh()
		assert.Equal(t, 3, other.session().Generation)
		assert.Empty(t, a.stack.Ledger().Revocations())
	})
}

// Tokens whose key is gone are worthless, and the user is told so.
func TestDPoPKeyLost(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.signIn(dpop)
		a.Eval("new Promise((resolve) => { indexedDB.deleteDatabase('postern').onsuccess = resolve; })")
		e := a.fails("login_required", "t.client.getTokenSilently({cacheMode: 'off'})")
		assert.Contains(t, e.Description, "key")
		assert.Equal(t, "", a.subject())
		assert.Zero(t, a.refreshes())
		a.signInAgain("alice", "wonderland", dpop)
		a.fresh()
	})
}
