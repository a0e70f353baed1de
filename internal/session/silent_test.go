package session_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// framed makes the frame bring back what answer says, and the code exchange succeed. The returned query is the last request's.
func (w *world) framed(answer func(state string) string) *url.Values {
	asked := &url.Values{}
	w.frame = func(address, state string, timeout time.Duration) (string, error) {
		u, err := url.Parse(address)
		require.NoError(w.t, err)
		*asked = u.Query()
		assert.Equal(w.t, state, asked.Get("state"))
		assert.Equal(w.t, time.Minute, timeout)
		return origin + "/?" + answer(state), nil
	}
	n := 1
	w.exchange = func(*vault.Exchange) (*vault.Held, error) { n++; return w.grant(n), nil }
	return asked
}

func code(state string) string { return "code=" + authCode + "&state=" + state }

func noRefreshToken(w *world) func(*vault.Renew) (*vault.Held, error) {
	return func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.MissingRefreshToken) }
}

func TestSilent(t *testing.T) {
	w := signedIn(t, `"useRefreshTokens":false,"silentRedirectUri":"https://app.test/callback.html","authorizationParams":{"prompt":"login","ui_locales":"de"}`)
	w.renew = noRefreshToken(w)
	asked := w.framed(code)
	w.clock += 2 * time.Hour
	token, err := w.Token(noOptions())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", token.Value.Reveal())
	assert.Equal(t, "none", asked.Get("prompt"))
	assert.Equal(t, "de", asked.Get("ui_locales"))
	assert.Equal(t, "https://app.test/callback.html", asked.Get("redirect_uri"))
	assert.NotEmpty(t, asked.Get("id_token_hint"))
	assert.True(t, strings.HasPrefix(asked.Get("state"), "~"), "so that the page in the frame knows what it is there for")
	assert.Equal(t, "u1", w.exchanges[0].Subject, "nobody else's token is taken for this user's")
	assert.Empty(t, w.events("warning"))
	_, err = w.Token(noOptions())
	require.NoError(t, err)
	assert.Len(t, w.exchanges, 1, "the new token serves")
}

// A provider that can post its answer needs no page of the application's for it. One that was named is used: it serves, too, where the provider's
// Cross-Origin-Opener-Policy keeps a popup from posting.
func TestWebMessage(t *testing.T) {
	const page = `"silentRedirectUri":"https://app.test/callback.html","popupRedirectUri":"https://app.test/callback.html"`
	for name, test := range map[string]struct {
		options string
		offered bool
		want    string
	}{
		"offered": {"", true, "web_message"}, "not offered": {"", false, ""}, "a page was named": {page, true, ""},
		"another mode was": {`"authorizationParams":{"response_mode":"query"}`, true, "query"},
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, test.options)
			w.meta.WebMessage = test.offered
			w.renew = noRefreshToken(w)
			asked := w.framed(code)
			w.clock += 2 * time.Hour
			require.NotEmpty(t, w.get(""))
			assert.Equal(t, test.want, strings.Join((*asked)["response_mode"], " "))

			require.NoError(t, w.Popup(noOptions()))
			assert.Equal(t, test.want, asked.Get("response_mode"))

			address, err := w.Login(value(t, `{"openUrl":true}`))
			require.NoError(t, err)
			assert.NotContains(t, address, "web_message", "a page that is left gets no message")
		})
	}
}

// Who signed in for an organization stays in it (Auth0's org_id): without a word of it, the provider would answer for the user alone.
func TestSilentOrganization(t *testing.T) {
	for claims, want := range map[string]string{
		`"sub":"u1","org_id":"org_1"`: "org_1", `"sub":"u1"`: "", `"sub":"u1","org_id":"17"`: "", // another provider's, which means something else
		`"sub":"u1","org_id":["org_1"]`: "",
	} {
		w := newWorld(t, "")
		w.held = w.grant(1)
		w.held.IDToken = idToken(claims)
		w.renew = noRefreshToken(w)
		asked := w.framed(code)
		w.clock += 2 * time.Hour
		_ = w.get("")
		assert.Equal(t, want, asked.Get("organization"), claims)
		require.Len(t, w.exchanges, 1)
		assert.Equal(t, want, w.exchanges[0].Organization, "and it is looked for in the answer")
	}

	w := newWorld(t, `"authorizationParams":{"organization":"acme"}`)
	w.held = w.grant(1)
	w.held.IDToken = idToken(`"sub":"u1","org_id":"org_1"`)
	w.renew = noRefreshToken(w)
	asked := w.framed(code)
	w.clock += 2 * time.Hour
	_ = w.get("")
	assert.Equal(t, []string{"acme"}, (*asked)["organization"], "what is configured goes before")
}

// The frame asks for what the call is for, and for what the login asked for where the call names nothing.
func TestSilentTarget(t *testing.T) {
	w := signedIn(t, `"useMrrt":true,"authorizationParams":{"audience":"api","resource":["urn:a","urn:b"]}`)
	w.renew = noRefreshToken(w)
	asked := w.framed(code)
	w.clock += 2 * time.Hour
	require.Equal(t, "at-canary-2", w.get(""))
	assert.Equal(t, []string{"api"}, (*asked)["audience"])
	assert.Equal(t, []string{"urn:a", "urn:b"}, (*asked)["resource"])
	assert.Equal(t, "api\nurn:a", w.exchanges[0].Audience)

	w.exchange = func(x *vault.Exchange) (*vault.Held, error) {
		token := w.token(3)
		token.Audience = x.Audience
		return w.grant(3, token), nil
	}
	require.Equal(t, "at-canary-3", w.get(`{"authorizationParams":{"resource":"urn:b"}}`))
	assert.False(t, asked.Has("audience"), "which is another API's")
	assert.Equal(t, []string{"urn:b"}, (*asked)["resource"])
	assert.Equal(t, "\nurn:b", w.exchanges[1].Audience)
}

// Nobody is signed in here: whoever is at the provider may be.
func TestCheckSessionAsksTheProvider(t *testing.T) {
	w := newWorld(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.LoginRequired) }
	asked := w.framed(code)
	require.NoError(t, w.Check(noOptions(), false))
	assert.NotContains(t, w.steps, "frame", "an application that starts restores, and asks nobody")
	require.NoError(t, w.Check(noOptions(), true))
	assert.Empty(t, asked.Get("id_token_hint"))
	assert.Empty(t, w.exchanges[0].Subject)
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes)
	for range 6 { // it isn't the user who goes round in circles
		w.clock += 2 * time.Hour
		require.NoError(t, w.Check(noOptions(), true))
	}
}

func TestSilentFails(t *testing.T) {
	for name, test := range map[string]struct {
		options string
		renewal oauth.Code // why there is no token
		answer  string     // "" where none comes
		want    oauth.Code
		framed  bool
		warning string
	}{
		"nobody at the provider":   {"", oauth.MissingRefreshToken, "error=login_required", oauth.MissingRefreshToken, true, "third_party_cookies_blocked"},
		"the session was revoked":  {"", oauth.SessionRevoked, "error=login_required", oauth.SessionRevoked, true, "third_party_cookies_blocked"},
		"consent is missing":       {"", oauth.SessionRevoked, "error=consent_required", oauth.ConsentRequired, true, ""},
		"something is to be asked": {"", oauth.LoginRequired, "error=interaction_required", oauth.InteractionRequired, true, ""},
		"no answer":                {"", oauth.MissingRefreshToken, "", oauth.MissingRefreshToken, true, ""},
		"the provider is down":     {"", oauth.MissingRefreshToken, "error=temporarily_unavailable", oauth.MissingRefreshToken, true, ""},
		"another issuer answers":   {"", oauth.MissingRefreshToken, "error=login_required&iss=https://evil.test", oauth.IssuerMismatch, true, ""},
		"it isn't wanted":          {`"useRefreshTokensFallback":false`, oauth.MissingRefreshToken, "code=c", oauth.MissingRefreshToken, false, ""},
		"a passing trouble":        {"", oauth.Network, "code=c", oauth.Network, false, ""},
		"the session's end":        {"", oauth.SessionExpired, "code=c", oauth.SessionExpired, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, test.options)
			w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(test.renewal) }
			if test.answer != "" {
				w.framed(func(state string) string { return test.answer + "&state=" + state })
			}
			w.clock += 2 * time.Hour
			_, err := w.Token(noOptions())
			requireCode(t, err, test.want)
			assert.Equal(t, test.framed, strings.Contains(strings.Join(w.steps, " "), "frame"))
			keys, _ := w.store.Keys("postern:login:")
			assert.Empty(t, keys, "no login stays in flight")
			warnings := strings.Join(w.events("warning"), " ")
			assert.Equal(t, test.warning != "", strings.Contains(warnings, "third_party_cookies_blocked"), warnings)
		})
	}
}

// Whoever insists on a new token isn't given the one they have.
func TestSilentForced(t *testing.T) {
	w := signedIn(t, "")
	w.renew = noRefreshToken(w)
	_, err := w.Token(value(t, `{"cacheMode":"off"}`))
	requireCode(t, err, oauth.MissingRefreshToken)
	w.framed(code)
	assert.Equal(t, "at-canary-2", w.get(`{"cacheMode":"off"}`))
}

// Without metadata there is nowhere to ask.
func TestSilentWithoutMetadata(t *testing.T) {
	w := signedIn(t, "")
	w.renew = noRefreshToken(w)
	w.metaErr = fail(oauth.DiscoveryFailed)
	w.clock += 2 * time.Hour
	_, err := w.Token(noOptions())
	requireCode(t, err, oauth.DiscoveryFailed)
	assert.NotContains(t, w.steps, "frame")
}

// One question serves all that wait for its answer, but those who insist on one of their own.
func TestSilentIsShared(t *testing.T) {
	for options, frames := range map[string]int{`{}`: 1, `{"cacheMode":"off"}`: 3} {
		w := signedIn(t, "")
		renewed := make(chan struct{}, 3)
		w.renew = func(*vault.Renew) (*vault.Held, error) {
			renewed <- struct{}{}
			return w.held, fail(oauth.MissingRefreshToken)
		}
		w.framed(code)
		answer, waiting := w.frame, cap(renewed)
		w.frame = func(url, state string, timeout time.Duration) (string, error) {
			for ; waiting > 0; waiting-- {
				<-renewed
			}
			return answer(url, state, timeout)
		}
		w.clock += 2 * time.Hour
		var all sync.WaitGroup
		for range cap(renewed) {
			all.Go(func() {
				token, err := w.Token(value(t, options))
				assert.NoError(t, err)
				assert.NotNil(t, token)
			})
		}
		all.Wait()
		assert.Len(t, w.exchanges, frames)
	}
}

// An answer for another login than the frame's belongs to nobody.
func TestSilentAnswerOfAnotherLogin(t *testing.T) {
	w := signedIn(t, "")
	w.renew = noRefreshToken(w)
	w.framed(func(string) string { return code("~another") })
	w.clock += 2 * time.Hour
	_, err := w.Token(noOptions())
	requireCode(t, err, oauth.StateMismatch)
	assert.Empty(t, w.exchanges)
}

// The provider may know of no sign-out here, and would sign the user in again.
func TestSilentUndoesNoSignOut(t *testing.T) {
	for name, test := range map[string]struct {
		failure oauth.Code
		now     func(w *world) *vault.Held // who is signed in after the renewal that failed
	}{
		"signed out before":             {oauth.LoginRequired, nil},
		"signed out during the renewal": {oauth.LoginRequired, func(*world) *vault.Held { return &vault.Held{Epoch: 1} }},
		"another user in the meantime":  {oauth.MissingRefreshToken, another},
		"another one, and a revocation": {oauth.SessionRevoked, another},
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, "")
			now := &vault.Held{Epoch: 1}
			if test.now == nil {
				w.signOut = func() error { return nil }
				_, err := w.Logout(value(t, `{"openUrl":"local"}`))
				require.NoError(t, err)
			} else {
				now = test.now(w)
			}
			w.renew = func(*vault.Renew) (*vault.Held, error) { return now, fail(test.failure) }
			w.framed(code)
			w.clock += 2 * time.Hour
			_, err := w.Token(noOptions())
			requireCode(t, err, test.failure)
			assert.NotContains(t, w.steps, "frame")
			assert.Empty(t, w.exchanges)
		})
	}
}

func another(w *world) *vault.Held {
	held := w.grant(1)
	held.IDToken = idToken(`"sub":"u2"`)
	return held
}

// Where nobody is signed in, only checkSession() asks the provider.
func TestSilentForNobody(t *testing.T) {
	w := newWorld(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.LoginRequired) }
	w.framed(code)
	_, err := w.Token(noOptions())
	requireCode(t, err, oauth.LoginRequired)
	assert.NotContains(t, w.steps, "frame")
}

func noOptions() oauth.Value { return oauth.Value{} }
