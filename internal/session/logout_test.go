package session_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// Local state goes first: while the server is told, nobody is signed in here any more.
func TestLogoutOrder(t *testing.T) {
	w := signedIn(t, "")
	w.steps = nil
	w.signOut = func() error {
		assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
		yes, err := w.IsAuthenticated()
		require.NoError(t, err)
		assert.False(t, yes)
		return nil
	}
	address, err := w.Logout(oauth.Value{})
	require.NoError(t, err)
	assert.Equal(t, []string{"session", "sign out", "navigate " + address}, w.steps)
	assert.EqualValues(t, -1, w.wait())
	w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{}, fail(oauth.LoginRequired) }
	_, err = w.Token(oauth.Value{})
	requireCode(t, err, oauth.LoginRequired)
	user, err := w.User()
	require.NoError(t, err)
	assert.Empty(t, user)
}

func TestLogoutURL(t *testing.T) {
	const hint = "id_token_hint"
	for name, test := range map[string]struct {
		options string
		want    url.Values // beside id_token_hint
		hinted  bool
	}{
		"plain":           {`{}`, url.Values{"client_id": {"spa"}}, true},
		"returnTo, state": {`{"logoutParams":{"returnTo":"https://app.test/?a=b&client_id=evil","state":"s"}}`, url.Values{"client_id": {"spa"}, "post_logout_redirect_uri": {"https://app.test/?a=b&client_id=evil"}, "state": {"s"}}, true},
		"extra":           {`{"logoutParams":{"ui_locales":"de","n":1}}`, url.Values{"client_id": {"spa"}, "ui_locales": {"de"}, "n": {"1"}}, true},
		"Cognito":         {`{"logoutParams":{"logout_uri":"https://app.test/bye?a=b"}}`, url.Values{"client_id": {"spa"}, "logout_uri": {"https://app.test/bye?a=b"}}, true},
		"another client":  {`{"clientId":"other"}`, url.Values{"client_id": {"other"}}, true},
		"no client":       {`{"clientId":null}`, url.Values{}, true},
		"federated":       {`{"logoutParams":{"federated":true}}`, url.Values{"client_id": {"spa"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, "")
			address, err := w.Logout(value(t, test.options))
			require.NoError(t, err)
			u, err := url.Parse(address)
			require.NoError(t, err)
			assert.Equal(t, issuer+"/end", u.Scheme+"://"+u.Host+u.Path)
			q := u.Query()
			assert.Equal(t, test.hinted, q.Get(hint) == w.held.IDToken.Reveal())
			q.Del(hint)
			assert.Equal(t, test.want, q)
		})
	}
}

func TestLogoutOfAuth0(t *testing.T) {
	w := signedIn(t, "")
	w.meta.TokenEndpoint, w.meta.EndSessionEndpoint = issuer+"/oauth/token", ""
	address, err := w.Logout(value(t, `{"logoutParams":{"returnTo":"https://app.test","federated":true}}`))
	require.NoError(t, err)
	assert.Equal(t, issuer+"/v2/logout?client_id=spa&returnTo=https%3A%2F%2Fapp.test&federated=true", address)
}

func TestLogoutWithoutNavigation(t *testing.T) {
	for options, navigable := range map[string]bool{`{"openUrl":"local"}`: false, `{"openUrl":"caller"}`: true} {
		w := signedIn(t, "")
		address, err := w.Logout(value(t, options))
		require.NoError(t, err)
		assert.Equal(t, navigable, address != "")
		for _, step := range w.steps {
			assert.NotContains(t, step, "navigate")
		}
		assert.Contains(t, w.steps, "sign out")
	}
	w := signedIn(t, "")
	w.meta.EndSessionEndpoint = ""
	address, err := w.Logout(oauth.Value{})
	require.NoError(t, err)
	assert.Empty(t, address, "the provider offers no address")
	for _, step := range w.steps {
		assert.NotContains(t, step, "navigate")
	}
}

// Whoever signed out without leaving the page can sign in again in it.
func TestLoginAfterLogout(t *testing.T) {
	w := signedIn(t, "")
	_, err := w.Logout(value(t, `{"openUrl":"local"}`))
	require.NoError(t, err)
	_, err = w.Callback(w.leave(`{}`, "code="+authCode))
	require.NoError(t, err)
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes)
}

// H44: nothing that the server fails to do keeps the user signed in, and what it failed to do is told.
func TestLogoutFails(t *testing.T) {
	for name, arrange := range map[string]func(w *world){
		"revocation":   func(w *world) { w.signOut = func() error { return fail(oauth.TokenEndpointError) } },
		"odd failure":  func(w *world) { w.signOut = func() error { return assert.AnError } },
		"no metadata":  func(w *world) { w.metaErr = fail(oauth.DiscoveryFailed) },
		"no way to go": func(w *world) { w.stuck = fail(oauth.RedirectBlocked) },
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, "")
			arrange(w)
			_, err := w.Logout(oauth.Value{})
			warnings := w.events("warning")
			if w.signOut != nil {
				require.NoError(t, err)
				require.Len(t, warnings, 1)
				assert.Contains(t, warnings[0], "renewal_failed")
			} else {
				require.Error(t, err)
				assert.Empty(t, warnings)
			}
			assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
			yes, err := w.IsAuthenticated()
			require.NoError(t, err)
			assert.False(t, yes)
		})
	}
	w := signedIn(t, "")
	_, err := w.Logout(value(t, `{"returnTo":"x"}`))
	requireCode(t, err, oauth.ConfigInvalid)
	w.Close()
	_, err = w.Logout(oauth.Value{})
	requireCode(t, err, oauth.ClientClosed)
}

// A renewal that ends while the server is being told brings nobody back.
func TestRenewalDuringLogout(t *testing.T) {
	w := signedIn(t, "")
	w.signOut = func() error {
		_, err := w.Token(value(t, `{"cacheMode":"off"}`)) // the vault answered before its epoch moved
		require.NoError(t, err)
		return nil
	}
	_, err := w.Logout(oauth.Value{})
	require.NoError(t, err)
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, yes)
	assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
}

// departed signs out with a state and comes back with query.
func departed(t *testing.T, query string) *world {
	w := signedIn(t, "")
	_, err := w.Logout(value(t, `{"logoutParams":{"returnTo":"/bye","state":"departure"}}`))
	require.NoError(t, err)
	w.steps = nil
	w.url = origin + "/bye" + query
	return w
}

// The user comes back from the provider's sign-out with the state that went with them (RP-Initiated Logout 1.0 section 3), and that once.
func TestReturnFromLogout(t *testing.T) {
	w := departed(t, "?x=1&state=departure#top")
	back, client := w.url, w.twin("")
	appState, err := client.Callback("")
	require.NoError(t, err)
	assert.Empty(t, appState)
	assert.Equal(t, origin+"/bye?x=1#top", w.url)
	_, err = client.Callback(back)
	require.NoError(t, err, "handed over twice in one page")
	_, err = w.Callback(back)
	require.NoError(t, err, "to another client of the page")
	_, err = w.another("").Callback(back)
	requireCode(t, err, oauth.CallbackInvalid)
}

func TestReturnFromLogoutRefused(t *testing.T) {
	for name, test := range map[string]struct {
		query string
		code  oauth.Code
	}{
		"no state":       {"?x=1", oauth.StateMismatch},
		"nothing at all": {"", oauth.StateMismatch},
		"another state":  {"?state=another", oauth.StateMismatch},
		"empty":          {"?state=", oauth.StateMismatch},
		"two states":     {"?state=departure&state=departure", oauth.CallbackInvalid},
		"a broken state": {"?state=departure%zz", oauth.CallbackInvalid},
		"a code too":     {"?state=departure&code=x", oauth.StateMismatch},
		"an error too":   {"?state=departure&error=access_denied", oauth.StateMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			w := departed(t, test.query)
			_, err := w.another("").Callback("")
			requireCode(t, err, test.code)
		})
	}
	w := departed(t, "?state=departure")
	_, err := w.another("").Callback(origin + "/bye?state=")
	requireCode(t, err, oauth.StateMismatch)
	_, err = w.another("").Callback("")
	requireCode(t, err, oauth.CallbackInvalid) // a guess spends it
}

// Nobody waits for a state that nobody brings back: none was given, the provider doesn't send users back, or Auth0's own address doesn't know it.
func TestNoReturnIsExpected(t *testing.T) {
	for options, arrange := range map[string]func(w *world){
		`{"logoutParams":{"returnTo":"/bye"}}`:                               nil,
		`{"logoutParams":{"state":"s"}}`:                                     nil,
		`{"openUrl":"local","logoutParams":{"returnTo":"/bye","state":"s"}}`: nil,
		`{"logoutParams":{"returnTo":"/bye","state":"s"}}`: func(w *world) {
			w.meta.TokenEndpoint, w.meta.EndSessionEndpoint = issuer+"/oauth/token", ""
		},
	} {
		w := signedIn(t, "")
		if arrange != nil {
			arrange(w)
		}
		_, err := w.Logout(value(t, options))
		require.NoError(t, err)
		keys, err := w.store.Keys("postern:logout:")
		require.NoError(t, err)
		assert.Empty(t, keys, options)
	}
	w := signedIn(t, "")
	_, err := w.Logout(value(t, `{"openUrl":"caller","logoutParams":{"returnTo":"/bye","state":"s"}}`))
	require.NoError(t, err)
	keys, _ := w.store.Keys("postern:logout:")
	assert.Len(t, keys, 1, "the caller takes the user there")
}
