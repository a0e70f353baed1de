package session_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// sealed is a response that is a JWT, for the login with this state.
func sealed(state, claims string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	return "response=" + b64([]byte(`{"alg":"RS256"}`)) + "." + b64([]byte(`{"iss":"`+issuer+`","aud":"spa","exp":9999999999,"state":"`+state+`",`+claims+`}`)) + ".c2ln"
}

const sealedCode = `"code":"` + authCode + `"`

// opens verifies nothing, and then does what the vault does.
func (w *world) opens() {
	w.open = func(r *oauth.Response) error {
		if err := r.Open(issuer, "spa", w.clock); err != nil {
			return oauth.JARMFailed(err)
		}
		return nil
	}
}

// JARM: the answer is looked for by the state within, and opened by the vault before it is used.
func TestSealedCallback(t *testing.T) {
	full(t)
	for _, mode := range []string{"query.jwt", "jwt"} {
		w := newWorld(t, `"authorizationParams":{"response_mode":"`+mode+`"}`)
		w.opens()
		w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(1), nil }
		u, _ := w.start(`{"openUrl":true,"appState":"7"}`)
		assert.Equal(t, mode, u.Query().Get("response_mode"))
		w.url = origin + "/cb?x=1&" + sealed(u.Query().Get("state"), sealedCode) + "#top"
		w.steps = nil
		address := w.url
		appState, err := w.Callback("")
		require.NoError(t, err)
		assert.Equal(t, "7", appState)
		assert.Equal(t, []string{"replace " + origin + "/cb?x=1#top", "open", "exchange", "session", "token"}, w.steps, "the address bar first")
		assert.Equal(t, authCode, w.exchanges[0].Code.Reveal())

		appState, err = w.Callback(address)
		require.NoError(t, err, "twice is once")
		assert.Equal(t, "7", appState)
		assert.Len(t, w.exchanges, 1)
	}
}

func TestSealedCallbackFails(t *testing.T) {
	full(t)
	for name, test := range map[string]struct {
		asked  string // what the login asked for
		answer func(state string) string
		want   oauth.Code
		opened bool
	}{
		"the vault refuses":        {"jwt", func(state string) string { return sealed(state, `"code":5`) }, oauth.JARMInvalid, true},
		"the user refused":         {"jwt", func(state string) string { return sealed(state, `"error":"access_denied"`) }, oauth.AccessDenied, true},
		"plain, and signed asked":  {"query.jwt", code, oauth.JARMInvalid, false},
		"plain error":              {"jwt", func(state string) string { return "error=access_denied&state=" + state }, oauth.JARMInvalid, false},
		"signed, and none asked":   {"", func(state string) string { return sealed(state, sealedCode) }, oauth.JARMInvalid, false},
		"signed, and query asked":  {"query", func(state string) string { return sealed(state, sealedCode) }, oauth.JARMInvalid, false},
		"both":                     {"jwt", func(state string) string { return sealed(state, sealedCode) + "&" + code(state) }, oauth.JARMInvalid, false},
		"for another login":        {"jwt", func(string) string { return sealed("another", sealedCode) }, oauth.StateMismatch, false},
		"a state of another shape": {"jwt", func(string) string { return sealed(`","state2":"`, sealedCode) }, oauth.JARMInvalid, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			w.opens()
			params := ""
			if test.asked != "" {
				params = `,"authorizationParams":{"response_mode":"` + test.asked + `"}`
			}
			u, _ := w.start(`{"openUrl":true,"appState":"7"` + params + `}`)
			w.url = origin + "/cb?" + test.answer(u.Query().Get("state"))
			appState, err := w.Callback("")
			requireCode(t, err, test.want)
			assert.Equal(t, test.opened, test.opened && appState == "7")
			assert.Empty(t, w.exchanges)
			assert.Equal(t, origin+"/cb", w.url, "cleaned all the same")
			assert.Equal(t, test.opened, strings.Contains(strings.Join(w.steps, " "), "open"))
		})
	}
}

// A frame's answer is signed as well where the client's configuration says so.
func TestSealedSilently(t *testing.T) {
	full(t)
	w := signedIn(t, `"authorizationParams":{"response_mode":"jwt"}`)
	w.opens()
	w.renew = noRefreshToken(w)
	w.framed(func(state string) string { return sealed(state, sealedCode) })
	w.clock += 2 * time.Hour
	assert.Equal(t, "at-canary-2", w.get(""))
	assert.Contains(t, w.steps, "open")
}

// A pushed request asks for it, too.
func TestSealedPushed(t *testing.T) {
	full(t)
	w := newWorld(t, `"par":"always","authorizationParams":{"response_mode":"jwt"}`)
	w.push = func() (string, error) { return "urn:x", nil }
	_, err := w.Login(value(t, `{"openUrl":true}`))
	require.NoError(t, err)
	form, err := url.ParseQuery(w.pushed)
	require.NoError(t, err)
	assert.Equal(t, "jwt", form.Get("response_mode"))
}
