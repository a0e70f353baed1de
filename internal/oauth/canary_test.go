package oauth_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// Every secret that a test hands to this package is one of these. None may come out in an error.
const (
	canaryCode     = "canary-code-5f1c"
	canaryAccess   = "canary-access-9e2b"
	canaryRefresh  = "canary-refresh-77d0"
	canaryID       = "canary-id-token-31aa"
	canaryVerifier = "canary-verifier-canary-verifier-canary-verifier"
)

// requireCode wants err to be an *oauth.Error of this code, clean of canaries.
func requireCode(t testing.TB, err error, want oauth.Code) *oauth.Error {
	t.Helper()
	require.Error(t, err)
	e, ok := err.(*oauth.Error)
	require.True(t, ok, "%T is no *oauth.Error", err)
	require.Equal(t, want, e.Code, "%v", err)
	assert.NotEmpty(t, e.Op, "an error says which message it is about")
	assert.NotEmpty(t, e.Description+e.ServerCode, "an error says what is wrong")
	requireClean(t, err)
	return e
}

// requireClean looks for canaries in all that an error can show, and in its causes.
func requireClean(t testing.TB, err error) {
	t.Helper()
	shown := fmt.Sprintf("%v %+v %#v %q", err, err, err, err)
	if e, ok := err.(*oauth.Error); ok {
		shown += fmt.Sprintf(" %s %s %s %s %s", e.Error(), e.Code, e.Op, e.ServerCode, e.Description)
		if e.Err != nil {
			requireClean(t, e.Err)
		}
	}
	requireNoCanary(t, shown)
}

// requireNoCanary finds a canary as it is, and as %x and base64 would write it.
func requireNoCanary(t testing.TB, text string, msg ...any) {
	t.Helper()
	require.NotContains(t, text, "canary", msg...)
	folded := strings.ToLower(strings.NewReplacer(" ", "", "0x", "", ",", "").Replace(text))
	require.NotContains(t, folded, hex.EncodeToString([]byte("canary")), msg...)
	for shift := range 3 {
		// Six bytes are eight characters of base64 at whatever offset; the outermost ones depend on the neighbours.
		encoded := base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("-", shift) + "canary"))
		require.NotContains(t, text, encoded[(shift*8+5)/6:len(encoded)-1], msg...)
	}
}
