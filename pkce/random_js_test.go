package pkce_test

import (
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/pkce"
)

// setCrypto replaces globalThis.crypto, which is a getter in Node and in browsers, until the test ends.
func setCrypto(t *testing.T, value any) {
	t.Helper()
	object, global := js.Global().Get("Object"), js.Global()
	before := object.Call("getOwnPropertyDescriptor", global, "crypto")
	t.Cleanup(func() { object.Call("defineProperty", global, "crypto", before) })
	object.Call("defineProperty", global, "crypto", map[string]any{"value": value, "configurable": true})
}

// A page that was served without https may have no crypto. Falling back to Math.random would be worse than failing.
func TestNoRandomNumbers(t *testing.T) {
	for name, crypto := range map[string]any{
		"crypto undefined":             js.Undefined(),
		"crypto null":                  nil,
		"no getRandomValues":           map[string]any{},
		"getRandomValues not callable": map[string]any{"getRandomValues": false},
	} {
		t.Run(name, func(t *testing.T) {
			setCrypto(t, crypto)
			verifier, err := pkce.New()
			require.ErrorIs(t, err, pkce.ErrRandom)
			assert.Empty(t, verifier.Reveal())
			text, err := pkce.RandomString()
			require.ErrorIs(t, err, pkce.ErrRandom)
			assert.Empty(t, text)
		})
	}
	_, err := pkce.New()
	require.NoError(t, err, "crypto is back")
}

// The array that getRandomValues fills is kept between calls; what stayed in it would be a copy of a verifier.
func TestBufferIsWiped(t *testing.T) {
	var seen js.Value
	platform := js.Global().Get("crypto")
	spy := js.FuncOf(func(_ js.Value, args []js.Value) any {
		seen = args[0]
		return platform.Call("getRandomValues", seen)
	})
	defer spy.Release()
	setCrypto(t, map[string]any{"getRandomValues": spy})

	_, err := pkce.New()
	require.NoError(t, err)
	require.Equal(t, 32, seen.Length())
	for i := range 32 {
		assert.Zero(t, seen.Index(i).Int(), "byte %d", i)
	}
}
