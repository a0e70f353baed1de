package session_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

const authCode = "canary-code-5f1c"

// leave starts a login, and returns the address at which the user comes back with query.
func (w *world) leave(options, query string) string {
	u, _ := w.start(options)
	w.url = origin + "/cb?x=1&state=" + u.Query().Get("state") + "&" + query + "#top"
	w.mu.Lock()
	w.steps = nil
	w.mu.Unlock()
	if w.exchange == nil {
		w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(1), nil }
	}
	return w.url
}

func TestCallback(t *testing.T) {
	w := newWorld(t, `"authorizationParams":{"audience":"api","max_age":60,"redirect_uri":"https://app.test/cb"}`)
	u, tx := w.start(`{"appState":"[1]","openUrl":true}`)
	w.leave(`{"openUrl":true}`, "") // another login in flight
	w.url = origin + "/cb?x=1&state=" + u.Query().Get("state") + "&code=" + authCode + "&iss=https%3A%2F%2Fas.test"
	taken := false
	w.exchange = func(*vault.Exchange) (*vault.Held, error) {
		_, found, err := w.store.Memory.Get("postern:login:" + u.Query().Get("state"))
		taken = !found && err == nil
		return w.grant(1), nil
	}
	appState, err := w.Callback("")
	require.NoError(t, err)
	assert.Equal(t, "[1]", appState)
	assert.True(t, taken, "the transaction is taken before it is used")
	assert.Equal(t, []string{"replace https://app.test/cb?x=1", "exchange", "session", "token"}, w.steps, "the address bar first")

	x := w.exchanges[0]
	assert.Equal(t, authCode, x.Code.Reveal())
	assert.Equal(t, tx.Get("code_verifier").Str(), x.Verifier.Reveal())
	assert.Equal(t, "https://app.test/cb", x.RedirectURI)
	assert.Equal(t, tx.Get("nonce").Str(), x.Nonce)
	assert.Equal(t, "api", x.Audience)
	assert.Equal(t, asked, x.Scope)
	assert.EqualValues(t, 60, x.MaxAge)
	keys, _ := w.store.Keys("postern:login:")
	assert.Len(t, keys, 1, "the other login is still in flight")
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes)
}

func TestMaxAgeOfTheLogin(t *testing.T) {
	for params, want := range map[string]int64{``: -1, `"max_age":0`: 0, `"max_age":"300"`: 300} {
		w := newWorld(t, "")
		_, err := w.Callback(w.leave(`{"authorizationParams":{`+params+`}}`, "code="+authCode))
		require.NoError(t, err)
		assert.Equal(t, want, w.exchanges[0].MaxAge)
	}
}

// What a login asked for is looked for in its answer, whether the call or the client asked.
func TestWhatTheLoginAskedFor(t *testing.T) {
	w := newWorld(t, `"authorizationParams":{"acr_values":"gold","organization":"org_1"}`)
	_, err := w.Callback(w.leave(`{}`, "code="+authCode))
	require.NoError(t, err)
	_, err = w.Callback(w.leave(`{"authorizationParams":{"acr_values":"silver","organization":"acme"}}`, "code="+authCode))
	require.NoError(t, err)
	assert.Equal(t, []string{"gold", "org_1"}, []string{w.exchanges[0].ACRValues, w.exchanges[0].Organization})
	assert.Equal(t, []string{"silver", "acme"}, []string{w.exchanges[1].ACRValues, w.exchanges[1].Organization})
}

// What stands where it wasn't asked for may be somebody else's: a fragment outlives redirects (RFC 9110 section 10.2.2), a query doesn't.
func TestCallbackInFragment(t *testing.T) {
	for name, test := range map[string]struct {
		asked, at string
		want      oauth.Code // "" where it is accepted
	}{
		"asked for":         {`"response_mode":"fragment"`, "#", ""},
		"query asked for":   {`"response_mode":"query"`, "#", oauth.CallbackInvalid},
		"nothing asked for": {``, "#", oauth.CallbackInvalid},
		"signed asked for":  {`"response_mode":"jwt"`, "#", oauth.JARMInvalid},
		"in the query":      {`"response_mode":"fragment"`, "?", oauth.CallbackInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			if test.want == oauth.JARMInvalid {
				full(t) // the core signs nobody in with it
			}
			for _, answer := range []string{"code=" + authCode, "error=access_denied"} {
				w := newWorld(t, "")
				w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(1), nil }
				u, _ := w.start(`{"openUrl":true,"appState":"7","authorizationParams":{` + test.asked + `}}`)
				w.url = origin + "/cb" + test.at + answer + "&state=" + u.Query().Get("state")
				appState, err := w.Callback("")
				assert.Equal(t, "7", appState)
				assert.Equal(t, origin+"/cb", w.url, "cleaned")
				switch {
				case test.want != "":
					requireCode(t, err, test.want)
				case strings.HasPrefix(answer, "error"):
					requireCode(t, err, oauth.AccessDenied)
				default:
					require.NoError(t, err)
					assert.Equal(t, authCode, w.exchanges[0].Code.Reveal())
					continue
				}
				assert.Empty(t, w.exchanges)
			}
		})
	}
}

// An acr that claims insists on is looked for; one that it merely wishes for isn't (OpenID Connect Core section 5.5.1.1).
func TestEssentialACR(t *testing.T) {
	for params, want := range map[string]string{
		`"claims":{"id_token":{"acr":{"essential":true,"values":["gold","silver"]}}}`:                        "gold silver ",
		`"claims":{"id_token":{"acr":{"essential":true,"value":"gold"}}}`:                                    "gold ",
		`"claims":"{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"gold\"}}}"`:                        "gold ",
		`"acr_values":"bronze","claims":{"id_token":{"acr":{"essential":true,"values":["gold"]}}}`:           "gold ",
		`"acr_values":"bronze","claims":{"id_token":{"acr":{"values":["gold"]}}}`:                            "bronze",
		`"acr_values":"bronze","claims":{"id_token":{"acr":{"essential":false,"values":["gold"]}}}`:          "bronze",
		`"acr_values":"bronze","claims":{"id_token":{"acr":null,"email":{"essential":true,"value":"a"}}}`:    "bronze",
		`"claims":{"id_token":{"acr":{"essential":true}},"userinfo":{"acr":{"essential":true,"value":"a"}}}`: "",
	} {
		w := newWorld(t, "")
		_, err := w.Callback(w.leave(`{"authorizationParams":{`+params+`}}`, "code="+authCode))
		require.NoError(t, err)
		assert.Equal(t, want, w.exchanges[0].ACRValues, params)
	}
	w := newWorld(t, `"authorizationParams":{"claims":{"id_token":{"acr":{"essential":true,"value":"gold"}}}}`)
	_, err := w.Callback(w.leave(`{}`, "code="+authCode))
	require.NoError(t, err)
	assert.Equal(t, "gold ", w.exchanges[0].ACRValues, "as the client asks")
}

// Whatever comes of it, no code stays in the address bar; and a URL that isn't the page's doesn't change it.
func TestCallbackCleansTheAddressBar(t *testing.T) {
	for name, query := range map[string]string{
		"code": "code=" + authCode, "error": "error=access_denied", "code and error": "code=c&error=e", "two codes": "code=c&code=d", "nothing": "",
		"broken": "code=%zz",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			w.leave(`{}`, query)
			_, _ = w.Callback("")
			assert.Equal(t, origin+"/cb?x=1#top", w.url)
			assert.Equal(t, "replace "+w.url, w.steps[0])
		})
	}
	w := newWorld(t, "")
	given := w.leave(`{}`, "code="+authCode)
	w.url = origin + "/elsewhere?code=app"
	_, err := w.Callback(given)
	require.NoError(t, err)
	assert.Equal(t, origin+"/elsewhere?code=app", w.url)
	assert.NotContains(t, strings.Join(w.steps, "\n"), "replace")

	w = newWorld(t, "")
	w.leave(`{}`, "code="+authCode)
	again := w.another("")
	w.heldErr = fail(oauth.StorageCorrupt)
	_, err = again.Callback("")
	requireCode(t, err, oauth.StorageCorrupt)
	assert.Equal(t, origin+"/cb?x=1#top", w.url, "also where the session can't be restored")
	again.Close()
	_, err = again.Callback("")
	requireCode(t, err, oauth.ClientClosed)

	w = newWorld(t, "")
	w.leave(`{}`, "code="+authCode)
	w.stuck = errors.New("no")
	_, err = w.Callback("")
	requireCode(t, err, oauth.Internal)
	assert.Empty(t, w.exchanges, "a code that others can read isn't used")
}

// again handles the callback in another page, and leaves the user there as if for the first time.
func (w *world) again() {
	url := w.url
	_, err := w.another("").Callback("")
	require.NoError(w.t, err)
	w.url = url
}

func TestCallbackRefused(t *testing.T) {
	const code = "code=" + authCode
	rewrite := func(w *world, old, new string) {
		keys, _ := w.store.Keys("postern:login:")
		text, _, _ := w.store.Get(keys[0])
		require.Contains(w.t, text, old)
		require.NoError(w.t, w.store.Set(keys[0], strings.Replace(text, old, new, 1)))
	}
	for name, test := range map[string]struct {
		query    string
		arrange  func(w *world)
		want     oauth.Code
		appState string
	}{
		"unknown state":           {code, func(w *world) { w.url = strings.Replace(w.url, "state=", "state=x", 1) }, oauth.StateMismatch, ""},
		"no state":                {code, func(w *world) { w.url = origin + "/?" + code }, oauth.StateMismatch, ""},
		"replayed in a new page":  {code, func(w *world) { w.again() }, oauth.CallbackReplayed, ""},
		"expired":                 {code, func(w *world) { w.clock += 10*time.Minute + time.Millisecond }, oauth.TransactionExpired, "[7]"},
		"from the future":         {code, func(w *world) { w.clock -= 11 * time.Minute }, oauth.TransactionExpired, "[7]"},
		"another issuer":          {code, func(w *world) { rewrite(w, issuer, "https://other.test") }, oauth.StateMismatch, ""},
		"another client":          {code, func(w *world) { rewrite(w, `"spa"`, `"other"`) }, oauth.StateMismatch, ""},
		"damaged":                 {code, func(w *world) { rewrite(w, `"nonce"`, `nonce`) }, oauth.StateMismatch, ""},
		"no record":               {code, func(w *world) { rewrite(w, "postern/1", "postern") }, oauth.StateMismatch, ""},
		"no verifier":             {code, func(w *world) { rewrite(w, `"code_verifier":"`, `"code_verifier":" `) }, oauth.StateMismatch, ""},
		"a newer version's":       {code, func(w *world) { rewrite(w, "postern/1", "postern/2") }, oauth.StorageCorrupt, ""},
		"storage blocked":         {code, func(w *world) { w.store.blocked = storage.ErrUnavailable }, oauth.StorageUnavailable, ""},
		"wrong iss":               {code + "&iss=https%3A%2F%2Fevil.test", nil, oauth.IssuerMismatch, "[7]"},
		"iss twice":               {code + "&iss=https%3A%2F%2Fas.test&iss=https%3A%2F%2Fas.test", nil, oauth.IssuerMismatch, "[7]"},
		"iss missing":             {code, func(w *world) { w.meta.IssParameterSupported = true }, oauth.IssuerMismatch, "[7]"},
		"no metadata":             {code, func(w *world) { w.metaErr = fail(oauth.DiscoveryFailed) }, oauth.DiscoveryFailed, "[7]"},
		"access_denied":           {"error=access_denied&error_description=no", nil, oauth.AccessDenied, "[7]"},
		"login_required":          {"error=login_required", nil, oauth.LoginRequired, "[7]"},
		"an error nobody knows":   {"error=strange", nil, oauth.AuthorizationFailed, "[7]"},
		"an error of a wrong iss": {"error=access_denied&iss=x", nil, oauth.IssuerMismatch, "[7]"},
		"two codes":               {code + "&code=d", nil, oauth.CallbackInvalid, ""},
		"code and error":          {code + "&error=e", nil, oauth.CallbackInvalid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			w.leave(`{"appState":"[7]"}`, test.query)
			if test.arrange != nil {
				test.arrange(w)
			}
			before := len(w.exchanges)
			appState, err := w.Callback("")
			requireCode(t, err, test.want)
			assert.Equal(t, test.appState, appState)
			assert.Len(t, w.exchanges, before, "no request follows")
		})
	}
}

// H6: an answer is used once, also where the first use failed.
func TestTransactionIsGone(t *testing.T) {
	w := newWorld(t, "")
	back := w.leave(`{}`, "error=access_denied")
	_, err := w.Callback(back)
	requireCode(t, err, oauth.AccessDenied)
	keys, _ := w.store.Keys("postern:login:")
	assert.Empty(t, keys)
	_, err = w.another("").Callback(back)
	requireCode(t, err, oauth.CallbackReplayed)
}

func TestExchangeFails(t *testing.T) {
	w := newWorld(t, "")
	w.exchange = func(*vault.Exchange) (*vault.Held, error) { return nil, fail(oauth.Network) }
	back := w.leave(`{"appState":"[7]"}`, "code="+authCode)
	for range 2 {
		appState, err := w.Callback(back)
		requireCode(t, err, oauth.Network)
		assert.Equal(t, "[7]", appState)
	}
	assert.Len(t, w.exchanges, 1)
}

// React's StrictMode hands the same URL over twice: that is one exchange and one result, at once or afterwards.
func TestSameCallbackTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "")
		answer := make(chan struct{})
		w.exchange = func(*vault.Exchange) (*vault.Held, error) { <-answer; return w.grant(1), nil }
		back := w.leave(`{"appState":"[7]"}`, "code="+authCode)
		results := make(chan string, 4)
		for range cap(results) {
			go func() {
				appState, err := w.Callback(back)
				assert.NoError(t, err)
				results <- appState
			}()
			synctest.Wait()
		}
		close(answer)
		for range cap(results) {
			assert.Equal(t, "[7]", <-results)
		}
		appState, err := w.Callback(back)
		require.NoError(t, err)
		assert.Equal(t, "[7]", appState)
		assert.Len(t, w.exchanges, 1)
	})
}

// Two clients of one page are handed the same URL, as by an effect that StrictMode runs twice, and the first is closed before it is done.
func TestSameCallbackForAnotherClient(t *testing.T) {
	for _, failure := range []error{nil, fail(oauth.Network)} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, "")
			answer := make(chan struct{})
			w.exchange = func(*vault.Exchange) (*vault.Held, error) {
				<-answer
				w.held = w.grant(1)
				return w.held, failure
			}
			back := w.leave(`{"appState":"[7]"}`, "code="+authCode)
			second := w.twin("")
			handle := func(c *session.Client) {
				appState, err := c.Callback(back)
				assert.Equal(t, "[7]", appState)
				assert.Equal(t, failure, err)
			}
			go handle(w.Client)
			synctest.Wait()
			go handle(second)
			synctest.Wait()
			w.Close()
			close(answer)
			synctest.Wait()
			handle(w.twin(""))
			assert.Len(t, w.exchanges, 1)
			require.NoError(t, second.Heard("{}"))
			yes, err := second.IsAuthenticated()
			require.NoError(t, err)
			assert.True(t, yes)
		})
	}
}

// What one client was handed says nothing of another issuer's or client ID's.
func TestSameStateOfAnotherClientID(t *testing.T) {
	w := newWorld(t, "")
	back := w.leave(`{"appState":"[7]"}`, "code="+authCode)
	_, err := w.Callback(back)
	require.NoError(t, err)
	o, err := session.ParseOptions(`{"issuer":"`+issuer+`","clientId":"other"}`, origin)
	require.NoError(t, err)
	other := w.twin("")
	other.Options = *o
	appState, err := other.Callback(back)
	requireCode(t, err, oauth.StateMismatch)
	assert.Empty(t, appState)
}
