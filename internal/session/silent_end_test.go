package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// A session that ended at the provider's token endpoint is gone from the record, and the frame's answer is for the record that is left.
func TestSilentAfterRevocation(t *testing.T) {
	w := signedIn(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{Epoch: 4}, fail(oauth.SessionRevoked) }
	asked := w.framed(code)
	w.clock += 2 * time.Hour
	assert.Equal(t, "at-canary-2", w.get(`{}`))
	assert.Empty(t, asked.Get("id_token_hint"))
	assert.True(t, w.exchanges[0].Unasked)
	assert.Equal(t, "u1", w.exchanges[0].Subject)
	assert.Equal(t, 4, w.exchanges[0].Epoch)
}

// What the application knows of its provider's refresh tokens names the refusal, and nothing else: a single-page application's of Entra ID
// end after 24 hours, and the session there goes on. The provider's own session_expiry isn't undone by a frame, also where it passes
// while the renewal is under way.
func TestSilentAfterDeadline(t *testing.T) {
	for name, test := range map[string]struct {
		options, claims string
		during          time.Duration // that the renewal takes
		want            oauth.Code    // "" for a token
		framed          bool
	}{
		"no lifetimes":           {"", "", 0, "", true},
		"within them":            {`"refreshTokenLifetime":{"absoluteSeconds":86400}`, "", 0, "", true},
		"past the absolute":      {`"refreshTokenLifetime":{"absoluteSeconds":7200}`, "", 0, "", true},
		"past the idle":          {`"refreshTokenLifetime":{"idleSeconds":7200}`, "", 0, "", true},
		"past, and no frame":     {`"refreshTokenLifetime":{"idleSeconds":7200},"useRefreshTokensFallback":false`, "", 0, oauth.SessionExpired, false},
		"past session_expiry":    {lifetimes, `,"session_expiry":1790007200`, 0, oauth.SessionExpired, false},
		"session_expiry passes":  {lifetimes, `,"session_expiry":1790007260`, time.Hour, oauth.SessionExpired, false},
		"session_expiry is near": {`"refreshTokenLifetime":{"absoluteSeconds":7200}`, `,"session_expiry":1790007260`, 0, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := living(t, test.options, `"sub":"u1"`+test.claims)
			w.clock += 2 * time.Hour
			w.renew = func(*vault.Renew) (*vault.Held, error) {
				w.clock += test.during
				w.held = &vault.Held{Epoch: 1}
				return w.held, fail(oauth.SessionRevoked)
			}
			w.framed(code)
			token, err := w.Token(noOptions())
			if test.want == "" {
				require.NoError(t, err)
				assert.Equal(t, "at-canary-2", token.Value.Reveal())
			} else {
				requireCode(t, err, test.want)
			}
			assert.Equal(t, test.framed, strings.Contains(strings.Join(w.steps, " "), "frame"))
		})
	}
}

// It is mostly the background that meets the end of a family, and a call that came later would find nobody signed in, whom no frame is asked for.
func TestSilentInTheBackground(t *testing.T) {
	for name, test := range map[string]struct {
		claims string
		held   *vault.Held // after the refusal
		code   oauth.Code
		framed bool
	}{
		"the family ended":       {"", &vault.Held{Epoch: 1}, oauth.SessionRevoked, true},
		"signed out elsewhere":   {"", &vault.Held{Epoch: 1}, oauth.LoginRequired, false},
		"only the user can":      {"", nil, oauth.LoginRequired, false},
		"session_expiry is past": {`,"session_expiry":1790007200`, &vault.Held{Epoch: 1}, oauth.SessionRevoked, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := living(t, lifetimes, `"sub":"u1"`+test.claims)
			w.clock += 2 * time.Hour
			w.renew = func(*vault.Renew) (*vault.Held, error) {
				if test.held != nil {
					w.held = test.held
				}
				return w.held, fail(test.code)
			}
			w.framed(code)
			w.Wake("")
			assert.Equal(t, test.framed, strings.Contains(strings.Join(w.steps, " "), "frame"))
			yes, err := w.IsAuthenticated()
			require.NoError(t, err)
			assert.Equal(t, test.framed || test.held == nil, yes)
			if test.framed {
				assert.Equal(t, "at-canary-2", w.Cached(w.clock, w.clock-begin))
				assert.Empty(t, w.events("warning"))
				assert.Positive(t, w.wait(), "and the new family is renewed like the old one")
			}
		})
	}
}

// Where the provider knows of no session either, the deadline is why.
func TestSilentFailsAfterDeadline(t *testing.T) {
	w := living(t, `"refreshTokenLifetime":{"absoluteSeconds":7200}`, `"sub":"u1"`)
	w.clock += 2 * time.Hour
	w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{Epoch: 1}, fail(oauth.SessionRevoked) }
	w.framed(func(state string) string { return "error=login_required&state=" + state })
	_, err := w.Token(noOptions())
	requireCode(t, err, oauth.SessionExpired)
	assert.Contains(t, w.steps, "frame")
}
