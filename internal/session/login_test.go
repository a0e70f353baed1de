package session_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/storage"
)

// start begins a login and returns the address it goes to, and its transaction.
func (w *world) start(options string) (*url.URL, oauth.Value) {
	w.t.Helper()
	address, err := w.Login(value(w.t, options))
	require.NoError(w.t, err)
	u, err := url.Parse(address)
	require.NoError(w.t, err)
	text, ok, err := storage.Read(&w.store, "postern:login:"+u.Query().Get("state"), 1)
	require.NoError(w.t, err)
	require.True(w.t, ok, "the transaction stands under its state")
	return u, value(w.t, text)
}

func TestLogin(t *testing.T) {
	w := newWorld(t, "")
	u, tx := w.start(`{"appState":"{\"a\":[1,\"\u00e9\"]}","fragment":"top"}`)
	assert.Equal(t, []string{"restore", "session", "navigate " + u.String()}, w.steps)

	assert.Equal(t, issuer+"/authorize", u.Scheme+"://"+u.Host+u.Path)
	assert.Equal(t, "top", u.Fragment)
	q := u.Query()
	sum := sha256.Sum256([]byte(tx.Get("code_verifier").Str()))
	assert.Equal(t, url.Values{
		"client_id": {"spa"}, "response_type": {"code"}, "redirect_uri": {origin}, "scope": {asked},
		"state": {q.Get("state")}, "nonce": {tx.Get("nonce").Str()},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}, q)
	assert.Len(t, tx.Get("code_verifier").Str(), 43)
	assert.Len(t, q.Get("state"), 43)
	assert.Len(t, q.Get("nonce"), 43)
	assert.NotEqual(t, q.Get("state"), q.Get("nonce"))
	assert.NotContains(t, u.String(), tx.Get("code_verifier").Str())

	assert.Equal(t, issuer, tx.Get("issuer").Str())
	assert.Equal(t, "spa", tx.Get("client_id").Str())
	assert.Equal(t, origin, tx.Get("redirect_uri").Str())
	assert.Equal(t, asked, tx.Get("scope").Str())
	assert.Equal(t, `{"a":[1,"`+"\u00e9"+`"]}`, tx.Get("app_state").Str())
	assert.Equal(t, oauth.Missing, tx.Get("max_age").Kind())
}

// What a call asks for wins over what the client asks for.
func TestLoginParams(t *testing.T) {
	w := newWorld(t, `"authorizationParams":{"redirect_uri":"https://app.test/cb","scope":"openid email","audience":"api","prompt":"login","max_age":60,`+
		`"resource":"https://one.test","ui_locales":"de"}`)
	u, tx := w.start(`{}`)
	q := u.Query()
	assert.Equal(t, []string{"https://app.test/cb"}, q["redirect_uri"])
	assert.Equal(t, []string{"openid email offline_access"}, q["scope"])
	assert.Equal(t, "api", q.Get("audience"))
	assert.Equal(t, "login", q.Get("prompt"))
	assert.Equal(t, "60", q.Get("max_age"))
	assert.Equal(t, []string{"https://one.test"}, q["resource"])
	assert.Equal(t, "60", tx.Get("max_age").Raw())
	assert.Equal(t, "api\nhttps://one.test", tx.Get("audience").Str())

	u, tx = w.start(`{"authorizationParams":{"redirect_uri":"https://app.test/other?x=1","scope":"read:a","audience":"api2","prompt":"none","max_age":"0",` +
		`"resource":["https://a.test","https://b.test/x?y"],"claims":{"id_token":{"acr":null}},"organization":"org & co","n":5,"empty":""}}`)
	q = u.Query()
	assert.Equal(t, []string{"https://app.test/other?x=1"}, q["redirect_uri"])
	assert.Equal(t, "read:a openid offline_access", q.Get("scope"))
	assert.Equal(t, []string{"api2"}, q["audience"])
	assert.Equal(t, []string{"none"}, q["prompt"])
	assert.Equal(t, "0", q.Get("max_age"))
	assert.Equal(t, []string{"https://a.test", "https://b.test/x?y"}, q["resource"])
	assert.Equal(t, `{"id_token":{"acr":null}}`, q.Get("claims"))
	assert.Equal(t, "org & co", q.Get("organization"))
	assert.Equal(t, "5", q.Get("n"))
	assert.Equal(t, "de", q.Get("ui_locales"), "what the call doesn't mention stays")
	assert.False(t, q.Has("empty"))
	assert.Equal(t, "https://app.test/other?x=1", tx.Get("redirect_uri").Str())
	assert.Equal(t, "api2\nhttps://a.test\nhttps://b.test/x?y", tx.Get("audience").Str(), "what the token is for")
	assert.Equal(t, "read:a openid offline_access", tx.Get("scope").Str())
	assert.Equal(t, "0", tx.Get("max_age").Str())
}

// RFC 9396 section 3: as JSON text, in the address as in a pushed request.
func TestLoginWithAuthorizationDetails(t *testing.T) {
	const details = `[{"type":"payment","amount":{"currency":"EUR","amount":"12.50"},"note":"\u00e9 & +"},{"type":"account"}]`
	w := newWorld(t, `"authorizationParams":{"authorization_details":[{"type":"client"}]}`)
	u, _ := w.start(`{}`)
	assert.Equal(t, []string{`[{"type":"client"}]`}, u.Query()["authorization_details"])
	u, _ = w.start(`{"authorizationParams":{"authorization_details":` + details + `}}`)
	assert.Equal(t, []string{details}, u.Query()["authorization_details"])

	w = newWorld(t, `"par":"always"`)
	w.push = func() (string, error) { return "urn:x", nil }
	_, err := w.Login(value(t, `{"openUrl":true,"authorizationParams":{"authorization_details":`+details+`}}`))
	require.NoError(t, err)
	form, err := url.ParseQuery(w.pushed)
	require.NoError(t, err)
	assert.Equal(t, []string{details}, form["authorization_details"])
}

// What OpenID Connect Core section 3.1.2.1 and Auth0 know beside, as it is given; null takes away what the client says.
func TestLoginSaysHowToSignIn(t *testing.T) {
	w := newWorld(t, `"authorizationParams":{"organization":"org_1","login_hint":"client","screen_hint":"login"}`)
	u, tx := w.start(`{"authorizationParams":{"max_age":0,"acr_values":"urn:gold urn:silver","login_hint":"ada@example.com","ui_locales":"de-CH en","display":"popup",` +
		`"screen_hint":"signup","organization":null,"invitation":"t1cket","connection":"google-oauth2","id_token_hint":"x.y.z",` +
		`"claims":"{\"id_token\":{\"acr\":{\"essential\":true}}}"}}`)
	q := u.Query()
	for name, want := range map[string]string{
		"max_age": "0", "acr_values": "urn:gold urn:silver", "login_hint": "ada@example.com", "ui_locales": "de-CH en", "display": "popup",
		"screen_hint": "signup", "invitation": "t1cket", "connection": "google-oauth2", "id_token_hint": "x.y.z",
		"claims": `{"id_token":{"acr":{"essential":true}}}`,
	} {
		assert.Equal(t, []string{want}, q[name], name)
	}
	assert.False(t, q.Has("organization"))
	assert.Empty(t, tx.Get("organization").Str(), "nor is it looked for in the answer")
	assert.Equal(t, "urn:gold urn:silver", tx.Get("acr_values").Str())
	assert.Equal(t, "0", tx.Get("max_age").Raw())

	u, tx = w.start(`{}`)
	assert.Equal(t, "org_1", u.Query().Get("organization"))
	assert.Equal(t, "org_1", tx.Get("organization").Str())
}

func TestLoginAtAnEndpointWithAQuery(t *testing.T) {
	w := newWorld(t, "")
	w.meta.AuthorizationEndpoint += "?tenant=1"
	u, _ := w.start(`{"openUrl":true}`)
	assert.Equal(t, "1", u.Query().Get("tenant"))
	assert.Equal(t, "spa", u.Query().Get("client_id"))
	assert.NotContains(t, strings.Join(w.steps, "\n"), "navigate", "the caller does it")
}

// Logins in flight never overwrite each other.
func TestLoginsStandBesideEachOther(t *testing.T) {
	w := newWorld(t, "")
	seen := make(map[string]bool)
	for range 5 {
		u, tx := w.start(`{"openUrl":true}`)
		for _, secret := range []string{u.Query().Get("state"), u.Query().Get("nonce"), tx.Get("code_verifier").Str()} {
			assert.False(t, seen[secret])
			seen[secret] = true
		}
	}
	keys, err := w.store.Keys("postern:login:")
	require.NoError(t, err)
	assert.Len(t, keys, 5)
}

func TestStaleLoginsAreDropped(t *testing.T) {
	w := newWorld(t, "")
	put := func(key, text string) { require.NoError(t, w.store.Set(key, text)) }
	put("postern:login:damaged", "x")
	put("postern:login:empty", "postern/1 {}")
	put("postern:login:newer", "postern/2 {}")
	put("postern:session:x", "x")
	put("app", "x")
	old, _ := w.start(`{"openUrl":true}`)
	w.clock += 10 * time.Minute
	young, _ := w.start(`{"openUrl":true}`)
	w.clock += time.Millisecond
	last, _ := w.start(`{"openUrl":true}`)
	keys, err := w.store.Keys("")
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"postern:login:" + young.Query().Get("state"), "postern:login:" + last.Query().Get("state"),
		"postern:login:newer", "postern:session:x", "app", "postern:history:https%3A%2F%2Fas.test:spa"}, keys)
	assert.NotContains(t, keys, "postern:login:"+old.Query().Get("state"))

	w.clock -= 11 * time.Minute // a clock that was set back
	w.start(`{"openUrl":true}`)
	keys, err = w.store.Keys("postern:login:")
	require.NoError(t, err)
	assert.Len(t, keys, 2)
}

func TestLoginFails(t *testing.T) {
	for name, test := range map[string]struct {
		arrange func(w *world)
		options string
		want    oauth.Code
	}{
		"storage blocked": {func(w *world) { w.store.blocked = storage.ErrUnavailable }, `{}`, oauth.StorageUnavailable},
		"storage full":    {func(w *world) { w.store.blocked = storage.ErrFull }, `{}`, oauth.StorageUnavailable},
		"the push is refused": {func(w *world) {
			w.meta.RequirePAR = true
			w.push = func() (string, error) { return "", fail(oauth.AuthorizationFailed) }
		}, `{}`, oauth.AuthorizationFailed},
		"no metadata":            {func(w *world) { w.metaErr = fail(oauth.DiscoveryFailed) }, `{}`, oauth.DiscoveryFailed},
		"no restoring":           {func(w *world) { w.heldErr = fail(oauth.StorageCorrupt) }, `{}`, oauth.StorageCorrupt},
		"closed":                 {func(w *world) { w.Close() }, `{}`, oauth.ClientClosed},
		"no WebCrypto":           {func(w *world) { w.Crypto = hash(func(string) ([]byte, error) { return nil, errors.New("x") }) }, `{}`, oauth.InsecureContext},
		"an unknown option":      {nil, `{"appstate":1}`, oauth.ConfigInvalid},
		"another's option":       {nil, `{"cacheMode":"on"}`, oauth.ConfigInvalid},
		"a list":                 {nil, `[1]`, oauth.ConfigInvalid},
		"state":                  {nil, `{"authorizationParams":{"state":"x"}}`, oauth.ConfigInvalid},
		"max_age":                {nil, `{"authorizationParams":{"max_age":-1}}`, oauth.ConfigInvalid},
		"redirect_uri elsewhere": {nil, `{"authorizationParams":{"redirect_uri":"https://evil.test"}}`, oauth.ConfigInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			if test.arrange != nil {
				test.arrange(w)
			}
			address, err := w.Login(value(t, test.options))
			requireCode(t, err, test.want)
			assert.Empty(t, address)
			assert.NotContains(t, strings.Join(w.steps, "\n"), "navigate")
			keys, _ := w.store.Keys("")
			assert.Empty(t, keys)
		})
	}
	w := newWorld(t, "")
	w.stuck = fail(oauth.RedirectBlocked)
	_, err := w.Login(oauth.Value{})
	requireCode(t, err, oauth.RedirectBlocked)
}

var _ session.Page = page{}

// RFC 9126: the request goes ahead, and the browser carries only its name.
func TestPushedLogin(t *testing.T) {
	for par, required := range map[string]bool{`"par":"always"`: false, `"par":"auto"`: true, ``: true} {
		w := newWorld(t, par)
		w.meta.RequirePAR = required
		w.push = func() (string, error) {
			keys, _ := w.store.Keys("postern:login:")
			assert.Empty(t, keys, "no login is in flight before the provider has taken it")
			return "urn:par:1", nil
		}
		address, err := w.Login(value(t, `{"authorizationParams":{"login_hint":"canary"}}`))
		require.NoError(t, err)
		assert.Equal(t, issuer+"/authorize?client_id=spa&request_uri=urn%3Apar%3A1", address)
		form, err := url.ParseQuery(w.pushed)
		require.NoError(t, err)
		assert.Equal(t, "canary", form.Get("login_hint"))
		assert.Equal(t, "S256", form.Get("code_challenge_method"))
		assert.Empty(t, form.Get("request_uri"))
		keys, _ := w.store.Keys("postern:login:" + form.Get("state"))
		assert.Len(t, keys, 1)
	}
	for par, required := range map[string]bool{`"par":"never"`: true, `"par":"auto"`: false} {
		w := newWorld(t, par)
		w.meta.RequirePAR = required
		address, err := w.Login(noOptions())
		require.NoError(t, err)
		assert.Contains(t, address, "code_challenge=")
		assert.NotContains(t, w.steps, "push")
	}
}
