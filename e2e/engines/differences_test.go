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
