package session_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// A link to the callback page is the cheapest thing to forge. Whatever stands in it, the logins under way can still be finished, and who is
// signed in stays so.
func TestForgedCallbackLosesNothing(t *testing.T) {
	const code = "code=" + authCode
	for name, test := range map[string]struct {
		query string // STATE is the state of a login under way
		want  oauth.Code
	}{
		"empty":                 {"", oauth.CallbackInvalid},
		"code without state":    {"?" + code, oauth.StateMismatch},
		"state only":            {"?state=STATE", oauth.CallbackInvalid},
		"two codes":             {"?" + code + "&code=d&state=STATE", oauth.CallbackInvalid},
		"two states":            {"?" + code + "&state=STATE&state=x", oauth.CallbackInvalid},
		"code and error":        {"?" + code + "&error=access_denied&state=STATE", oauth.CallbackInvalid},
		"broken escape":         {"?code=%zz&state=STATE", oauth.CallbackInvalid},
		"semicolons":            {"?" + code + ";state=STATE", oauth.CallbackInvalid},
		"NUL":                   {"?" + code + "%00&state=STATE", oauth.CallbackInvalid},
		"1 MB":                  {"?" + code + "&state=STATE&x=" + strings.Repeat("x", 1<<20), oauth.ResponseTooLarge},
		"1 MB of state":         {"?" + code + "&state=" + strings.Repeat("s", 1<<20), oauth.ResponseTooLarge},
		"unknown state":         {"?" + code + "&state=unknown", oauth.StateMismatch},
		"error, unknown state":  {"?error=access_denied&state=unknown", oauth.StateMismatch},
		"wrong iss":             {"?" + code + "&state=unknown&iss=https%3A%2F%2Fevil.test", oauth.StateMismatch},
		"state of a prototype":  {"?" + code + "&state=__proto__", oauth.StateMismatch},
		"state that is a key":   {"?" + code + "&state=..%2Fpostern%3Asession%3A", oauth.StateMismatch},
		"state of the history":  {"?" + code + "&state=%20", oauth.StateMismatch},
		"code in the fragment":  {"?state=STATE#" + code, oauth.CallbackInvalid},
		"in the fragment whole": {"#" + code + "&state=unknown", oauth.StateMismatch},
		"in both":               {"?" + code + "&state=STATE#" + code + "&state=STATE", oauth.CallbackInvalid},
		"implicit access token": {"#access_token=x&state=STATE", oauth.CallbackInvalid},
		"both":                  {"?" + code + "&state=STATE#access_token=x", oauth.CallbackInvalid},
		"JARM":                  {"?response=e30.e30.", oauth.JARMInvalid},
		"JARM beside a state":   {"?response=e30.e30.&state=STATE", oauth.JARMInvalid},
		"JARM alg none":         {"?response=eyJhbGciOiJub25lIn0.e30.", oauth.JARMInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			w := signedIn(t, "")
			u, _ := w.start(`{"openUrl":true,"appState":"[1]"}`)
			other, _ := w.start(`{"openUrl":true}`)
			w.url = origin + "/cb" + strings.Replace(test.query, "STATE", u.Query().Get("state"), 1)
			before, held := len(w.exchanges), w.Cached(w.clock+w.set, w.clock-begin)
			require.NotEmpty(t, held)
			w.events("session")

			appState, err := w.Callback("")
			requireCode(t, err, test.want)
			assert.Empty(t, appState)
			assert.Len(t, w.exchanges, before, "no request")
			assert.NotContains(t, w.url, "code=c")
			assert.Equal(t, held, w.Cached(w.clock+w.set, w.clock-begin), "the session is as it was")
			assert.Empty(t, w.events("session"))
			w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(9), nil }
			for _, login := range []string{u.Query().Get("state"), other.Query().Get("state")} {
				_, err := w.Callback(origin + "/cb?" + code + "&state=" + login)
				require.NoError(t, err, "the true answer is still good")
			}
		})
	}
}

// The tab's own records may have been cut short, edited, or written by a later version.
func TestDamagedTransactionLosesNoOther(t *testing.T) {
	for name, test := range map[string]struct {
		record string
		want   oauth.Code
		stays  bool
	}{
		"truncated":        {`postern/1 {"issuer":"https://as.te`, oauth.StateMismatch, false},
		"no record":        {`{}`, oauth.StateMismatch, false},
		"empty":            {``, oauth.StateMismatch, false},
		"an array":         {`postern/1 []`, oauth.StateMismatch, false},
		"__proto__":        {`postern/1 {"__proto__":{"issuer":"https://as.test","client_id":"spa"}}`, oauth.StateMismatch, false},
		"numbers":          {`postern/1 {"issuer":1,"client_id":2,"code_verifier":3}`, oauth.StateMismatch, false},
		"two issuers":      {`postern/1 {"issuer":"https://as.test","issuer":"https://as.test"}`, oauth.StateMismatch, false},
		"a newer version":  {`postern/2 {}`, oauth.StorageCorrupt, true},
		"the newest there": {`postern/9 x`, oauth.StorageCorrupt, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			w.exchange = func(*vault.Exchange) (*vault.Held, error) { return w.grant(1), nil }
			u, _ := w.start(`{"openUrl":true}`)
			require.NoError(t, w.store.Set("postern:login:damaged", test.record))
			_, err := w.Callback(origin + "/cb?code=" + authCode + "&state=damaged")
			requireCode(t, err, test.want)
			assert.Empty(t, w.exchanges)
			_, stays, _ := w.store.Get("postern:login:damaged")
			assert.Equal(t, test.stays, stays, "a later version's record is left to it")
			_, err = w.Callback(origin + "/cb?code=" + authCode + "&state=" + u.Query().Get("state"))
			require.NoError(t, err)
		})
	}
}
