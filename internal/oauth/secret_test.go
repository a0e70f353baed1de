package oauth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// holders are the ways in which a secret stands in a value. In an unexported field fmt can't call String and walks into the struct.
func holders(t *testing.T) map[string]any {
	secret := oauth.NewSecret(canaryRefresh)
	response, err := oauth.ParseCallback(app + "?code=" + canaryCode + "&state=s1")
	require.NoError(t, err)
	code, err := response.Accept(&oauth.Metadata{Issuer: issuer})
	require.NoError(t, err)
	tokens, err := oauth.ParseTokenResponse(ok200(members(access, refresh, bearer)))
	require.NoError(t, err)
	return map[string]any{
		"secret":     secret,
		"pointer":    &secret,
		"exported":   struct{ Token oauth.Secret }{secret},
		"unexported": struct{ token oauth.Secret }{secret},
		"slice":      []oauth.Secret{secret},
		"map":        map[string]oauth.Secret{"token": secret},
		"any":        []any{secret, &secret, struct{ token any }{secret}},
		"response":   *response,
		"code":       code,
		"tokens":     *tokens,
		"logout":     oauth.Logout{IDTokenHint: secret},
	}
}

func TestSecretNeverPrints(t *testing.T) {
	for name, value := range holders(t) {
		for _, verb := range "vTtbcdoOqxXUeEfFgGsp" {
			for _, flags := range []string{"", "+", "#", " ", "0", "-80.60"} {
				requireNoCanary(t, fmt.Sprintf("%"+flags+string(verb), value), "%s with %%%s%c", name, flags, verb)
			}
		}
		requireNoCanary(t, fmt.Sprint(value)+fmt.Sprintln("x", value), name)
	}
	secret := oauth.NewSecret(canaryRefresh)
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.Equal(t, "[redacted]", fmt.Sprintf(format, secret))
	}
	assert.Equal(t, `"[redacted]"`, fmt.Sprintf("%q", secret))
}

func TestSecretNeverEncodes(t *testing.T) {
	for name, value := range holders(t) {
		encoded, err := json.Marshal(value)
		require.NoError(t, err, name)
		requireNoCanary(t, string(encoded), name)

		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
		requireNoCanary(t, log.String(), name)
	}
}

func TestSecret(t *testing.T) {
	assert.Equal(t, canaryRefresh, oauth.NewSecret(canaryRefresh).Reveal())
	assert.False(t, oauth.NewSecret("x").Empty())
	for _, empty := range []oauth.Secret{{}, oauth.NewSecret("")} {
		assert.True(t, empty.Empty())
		assert.Empty(t, empty.Reveal())
		assert.Equal(t, "[redacted]", empty.String(), "not even whether there is one")
	}
	assert.Equal(t, oauth.Secret{}, oauth.NewSecret(""))
}

func TestInert(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"The user's consent is missing.": "The user's consent is missing.",
		`<b onclick="x">\</b>`:           ` b onclick= x    /b `,
		"a\r\nb\x00c\x7f":                "a  b c ",
		"\u202eevil":                     "   evil",
		"é":                              "  ",
		"\xff":                           " ",
		strings.Repeat("x", 200):         strings.Repeat("x", 200),
		strings.Repeat("x", 201):         strings.Repeat("x", 200) + "...",
		strings.Repeat("é", 10<<10):      strings.Repeat(" ", 200) + "...",
	} {
		assert.Equal(t, want, oauth.Inert(text), "%.40q", text)
	}
	require.NoError(t, quick.Check(func(text []byte) bool {
		inert := oauth.Inert(string(text))
		return len(inert) <= 203 && strings.IndexFunc(inert, func(c rune) bool { return c < ' ' || c > '~' || strings.ContainsRune(`"\<>`, c) }) < 0
	}, nil))
}
