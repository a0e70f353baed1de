package pkce_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/pkce"
)

const canary = "canary-verifier-canary-verifier-canary-verifier"

// wrapped is how a verifier stands in a transaction: fmt can't call String on an unexported field and walks into it.
type wrapped struct{ verifier pkce.Verifier }

func TestVerifierNeverPrints(t *testing.T) {
	verifier, err := pkce.Parse(canary)
	require.NoError(t, err)
	values := map[string]any{
		"verifier": verifier,
		"pointer":  &verifier,
		"wrapped":  wrapped{verifier},
		"slice":    []pkce.Verifier{verifier},
		"map":      map[string]pkce.Verifier{"v": verifier},
		"key":      map[any]any{&verifier: &verifier},
		"any":      []any{verifier, wrapped{verifier}},
	}
	for name, value := range values {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
			for _, flags := range []string{"", "+", "#", " ", "0", "-80.60"} {
				printed := fmt.Sprintf("%"+flags+string(verb), value)
				assert.NotContains(t, printed, "canary", "%s with %%%s%c", name, flags, verb)
				assert.NotContains(t, strings.ToLower(strings.ReplaceAll(printed, " ", "")), hex.EncodeToString([]byte("canary")),
					"%s with %%%s%c", name, flags, verb)
			}
		}
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "[redacted]", fmt.Sprintf(format, verifier))
	}
	assert.Equal(t, `"[redacted]"`, fmt.Sprintf("%q", verifier))
}

func TestVerifierNeverEncodes(t *testing.T) {
	verifier, err := pkce.Parse(canary)
	require.NoError(t, err)
	for name, value := range map[string]any{
		"verifier": verifier,
		"pointer":  &verifier,
		"field":    struct{ Verifier pkce.Verifier }{verifier},
		"wrapped":  wrapped{verifier},
	} {
		encoded, err := json.Marshal(value)
		require.NoError(t, err, name)
		assert.NotContains(t, string(encoded), "canary", name)

		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("login", "value", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("login", "value", value)
		assert.NotContains(t, log.String(), "canary", name)
	}
}

// The errors of this package are constants, so that nothing of a verifier can be in them.
func TestErrorsQuoteNothing(t *testing.T) {
	_, err := pkce.Parse(canary + "!")
	require.ErrorIs(t, err, pkce.ErrVerifier)
	assert.NotContains(t, err.Error(), "canary")
}
