package engines

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What the product uses where it is there, and not every engine had from the start. An engine without one of them belongs in README.md.
func TestEnginesHave(t *testing.T) {
	for what, expression := range map[string]string{
		"a lock's clientId":                "navigator.locks.request('engines', () => navigator.locks.query()).then((l) => !!l.held[0].clientId)",
		"Trusted Types":                    "'trustedTypes' in window",
		"Ed25519":                          "crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']).then(() => true, (e) => e.name)",
		"shared workers":                   "'SharedWorker' in window",
		"a request that outlives its page": "'keepalive' in Request.prototype",
	} {
		t.Run(what, func(t *testing.T) {
			each(t, false, func(a *app) { assert.Equal(a, "true", a.text(expression)) })
		})
	}
}

// JavaScript Promise Integration is what the core wants. WebKit hasn't got it, and is given the full module from the start, which the other engines are given
// for what the core lacks. (Go's core runs everywhere; each runs TinyGo's where it is.)
func TestWhichModule(t *testing.T) {
	each(t, false, func(a *app) {
		const fetched = "performance.getEntriesByType('resource').map((e) => e.name.split('/').pop()).filter((name) => name.endsWith('.wasm')).join(' ')"
		has := a.text("'Suspending' in WebAssembly")
		assert.Equal(a, map[string]string{"chromium": "true", "firefox": "true", "webkit": "false"}[a.engine], has, "README.md says who has it")
		first, then := "postern.wasm", "postern.wasm postern.full.wasm"
		if has == "false" {
			first, then = "postern.full.wasm", "postern.full.wasm"
		}
		a.signIn(alone)
		assert.Equal(a, first, a.text(fetched))
		assert.Equal(a, "demo|alice", a.text("t.client.fetchUserInfo().then((u) => u.sub)"))
		assert.Equal(a, then, a.text(fetched))
		assert.Equal(a, "demo|alice", a.subject())
	})
}
