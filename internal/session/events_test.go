package session_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

func TestSnapshot(t *testing.T) {
	for name, test := range map[string]struct {
		options string
		held    func(w *world) *vault.Held
		want    string
	}{
		"nobody": {"", func(*world) *vault.Held { return &vault.Held{} },
			`{"status":"signed-out","deadlines":{},"clockSkewSeconds":0,"generation":0,"storage":"sessionstorage"}`},
		"somebody": {`"cacheLocation":"localstorage"`, func(w *world) *vault.Held { return w.grant(3) },
			`{"status":"signed-in","user":{"sub":"u1"},"expiresAt":1790003600000,"deadlines":{},"clockSkewSeconds":0,"generation":3,"storage":"localstorage"}`},
		"without a refresh token": {`"cacheLocation":"memory","useWorker":false`, func(w *world) *vault.Held { return w.grant(0) },
			`{"status":"signed-in","user":{"sub":"u1"},"expiresAt":1790003600000,"deadlines":{},"clockSkewSeconds":0,"generation":0,"storage":"memory"}`},
		"in a worker": {`"cacheLocation":"memory"`, func(w *world) *vault.Held { return w.grant(1) },
			`{"status":"signed-in","user":{"sub":"u1"},"expiresAt":1790003600000,"deadlines":{},"clockSkewSeconds":0,"generation":1,"storage":"worker"}`},
		"without its token": {`"cache":true`, func(w *world) *vault.Held { return w.grant(2, &vault.Token{Audience: "other"}) },
			`{"status":"signed-in","user":{"sub":"u1"},"deadlines":{},"clockSkewSeconds":0,"generation":2,"storage":"custom"}`},
		"degraded": {"", func(w *world) *vault.Held { held := w.grant(1); held.Degraded = true; return held },
			`{"status":"signed-in","user":{"sub":"u1"},"expiresAt":1790003600000,"deadlines":{},"clockSkewSeconds":0,"generation":1,"storage":"memory"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.options)
			w.held = test.held(w)
			_, err := w.User()
			require.NoError(t, err)
			details := w.events("session")
			require.Len(t, details, 1)
			assert.JSONEq(t, test.want, details[0])
		})
	}
}

// declared reads the members of an interface in the public types.
func declared(t *testing.T, name string) (all, required []string) {
	source, err := os.ReadFile("../../js/index.d.ts")
	if err != nil {
		t.Skip("the sources are out of reach")
	}
	body := regexp.MustCompile(`(?s)interface ` + name + ` \{(.*?)\n\}`).FindSubmatch(source)
	require.NotNil(t, body, name)
	for _, m := range regexp.MustCompile(`(?m)^  (\w+)(\??):`).FindAllStringSubmatch(string(body[1]), -1) {
		all = append(all, m[1])
		if m[2] == "" {
			required = append(required, m[1])
		}
	}
	return all, required
}

func TestSnapshotIsTheDeclaredOne(t *testing.T) {
	all, required := declared(t, "SessionSnapshot")
	require.Greater(t, len(required), 3)
	for _, n := range []int{0, 1} {
		w := newWorld(t, "")
		if n > 0 {
			w.held = w.grant(n)
		}
		require.NoError(t, w.Check(oauth.Value{}, false))
		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(w.events("session")[0]), &got))
		for _, name := range required {
			assert.Contains(t, got, name)
		}
		for name := range got {
			assert.True(t, slices.Contains(all, name), name)
		}
	}
}

func TestEventsTellWhatIsNew(t *testing.T) {
	w := signedIn(t, "")
	assert.Len(t, w.events("session"), 1)
	assert.Empty(t, w.events("token"), "what an earlier page has told isn't told again")

	for range 3 {
		w.get("")
		require.NoError(t, w.Check(oauth.Value{}, false))
		_, err := w.User()
		require.NoError(t, err)
	}
	assert.Empty(t, w.told, "nothing has changed")

	w.get(`{"cacheMode":"off"}`)
	assert.Equal(t, []string{"session", "token"}, []string{w.told[0].name, w.told[1].name})
	tokens := w.events("token")
	require.Len(t, tokens, 1)
	assert.JSONEq(t, fmt.Sprintf(`{"audience":"","scope":%q,"expiresAt":1790003600000,"generation":2}`, asked), tokens[0])
	require.Len(t, w.events("session"), 1)

	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.grant(2), fail(oauth.Network) }
	_, err := w.Token(value(t, `{"cacheMode":"off"}`))
	requireCode(t, err, oauth.Network)
	offline := w.events("session")
	require.Len(t, offline, 1)
	assert.Contains(t, offline[0], `"status":"offline","user":{"sub":"u1"}`, "and nobody is signed out")
	assert.Empty(t, w.told, "the failure itself is told to who asked")

	_, err = w.Logout(value(t, `{"openUrl":"local"}`))
	require.NoError(t, err)
	assert.Equal(t, []string{"session"}, []string{w.told[0].name})
	assert.Len(t, w.told, 1)
}

// Tokens for several scopes, one of which covers the others: each is told once.
func TestTokenIsToldOnce(t *testing.T) {
	w := signedIn(t, "")
	wide, narrow := w.token(1), w.token(2)
	narrow.Scope, narrow.Granted = "email", "email"
	for _, tokens := range [][]*vault.Token{{wide, narrow}, {wide, narrow}, {narrow, wide}} {
		w.renew = func(*vault.Renew) (*vault.Held, error) { return w.grant(2, tokens...), nil }
		w.get(`{"cacheMode":"off"}`)
	}
	assert.Len(t, w.events("token"), 1)
}

func TestAnotherUser(t *testing.T) {
	w := signedIn(t, "")
	w.events("session")
	w.renew = func(*vault.Renew) (*vault.Held, error) {
		held := w.grant(1, w.token(2))
		held.IDToken = idToken(`"sub":"u2"`)
		return held, nil
	}
	w.get(`{"cacheMode":"off"}`)
	assert.Contains(t, w.events("session")[0], `"user":{"sub":"u2"}`)
	user, err := w.User()
	require.NoError(t, err)
	assert.JSONEq(t, `{"sub":"u2"}`, user)
}

func TestWarnings(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*vault.Held)
		want   string
	}{
		"nothing":                 {func(*vault.Held) {}, ""},
		"narrowed":                {func(h *vault.Held) { h.Tokens[0].Granted = "openid read" }, "scope_narrowed"},
		"narrowed to nothing":     {func(h *vault.Held) { h.Tokens[0].Granted = "" }, "scope_narrowed"},
		"OpenID's scopes missed":  {func(h *vault.Held) { h.Tokens[0].Granted = "read write" }, ""},
		"widened":                 {func(h *vault.Held) { h.Tokens[0].Granted += " admin" }, "scope_widened"},
		"OpenID's scopes unasked": {func(h *vault.Held) { h.Tokens[0].Scope = "read write"; h.Tokens[0].Granted += " openid" }, ""},
		"degraded":                {func(h *vault.Held) { h.Degraded = true }, "storage_degraded"},
		"corrupt":                 {func(h *vault.Held) { h.Corrupt = true }, "storage_corrupt"},
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, `"authorizationParams":{"scope":"read write"}`)
			w.renew = func(r *vault.Renew) (*vault.Held, error) {
				held, err := w.rotate(r)
				test.change(held)
				return held, err
			}
			w.get(`{"cacheMode":"off"}`)
			warnings := w.events("warning")
			if test.want == "" {
				assert.Empty(t, warnings)
				return
			}
			require.Len(t, warnings, 1)
			assert.Contains(t, warnings[0], `"code":"`+test.want+`"`)
		})
	}
	w := newWorld(t, "")
	w.held = w.grant(1)
	w.held.Degraded, w.held.Corrupt = true, true
	require.NoError(t, w.Check(oauth.Value{}, false))
	assert.Len(t, w.events("warning"), 2, "told once")
	w.renew = func(r *vault.Renew) (*vault.Held, error) {
		h := w.grant(2)
		h.Degraded, h.Corrupt = true, true
		return h, nil
	}
	w.get(`{"cacheMode":"off"}`)
	assert.Empty(t, w.events("warning"))
}

// Nothing secret is told: listeners, loggers and traces are anybody's.
func TestEventsHoldNoSecret(t *testing.T) {
	w := signedIn(t, `"authorizationParams":{"scope":"read"}`)
	narrow := w.token(2)
	narrow.Scope = w.Scope
	narrow.Granted = "openid <script>" + strings.Repeat("x", 1000)
	w.renew = func(*vault.Renew) (*vault.Held, error) { h := w.grant(2, narrow); h.Degraded = true; return h, nil }
	w.get(`{"cacheMode":"off"}`)
	w.clock += time.Hour
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.grant(2), fail(oauth.Network) }
	w.Wake("")
	_, err := w.Callback(w.leave(`{"openUrl":true}`, "error=access_denied&error_description=canary"))
	require.Error(t, err)
	_, err = w.Callback(w.leave(`{"openUrl":true}`, "code="+authCode))
	require.NoError(t, err)
	w.signOut = func() error {
		return &oauth.Error{Code: oauth.Network, Description: "x", Err: fmt.Errorf("at-canary-1")}
	}
	_, err = w.Logout(oauth.Value{})
	require.NoError(t, err)

	names := make(map[string]int)
	for _, e := range w.told {
		names[e.name]++
		assert.NotContains(t, e.detail, "canary", e.name)
		if e.name == "warning" {
			assert.NotContains(t, e.detail, "<script>")
			assert.Less(t, len(e.detail), 500)
		}
		assert.NotContains(t, e.detail, w.held.IDToken.Reveal())
	}
	assert.GreaterOrEqual(t, names["session"], 4)
	assert.GreaterOrEqual(t, names["token"], 2)
	assert.GreaterOrEqual(t, names["warning"], 4)
}
