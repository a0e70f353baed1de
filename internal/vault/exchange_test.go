package vault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestExchange(t *testing.T) {
	w := newWorld(t)
	w.server.answers(func(n int, r request) (*oauth.HTTPResponse, error) {
		w.clock += 3 * time.Second // a slow answer
		return grants(nil)(n, r)
	})
	held := w.signIn(w.page())

	require.Len(t, w.server.sent, 1)
	form := w.server.sent[0].form
	assert.Equal(t, "authorization_code", form.Get("grant_type"))
	assert.Equal(t, authCode, form.Get("code"))
	assert.Equal(t, verifier, form.Get("code_verifier"))
	assert.Equal(t, "https://app.test/", form.Get("redirect_uri"))
	assert.Equal(t, client, form.Get("client_id"))

	assert.Equal(t, idToken(nil), held.IDToken.Reveal())
	assert.Equal(t, 1, held.Generation)
	assert.False(t, held.Degraded)
	require.Len(t, held.Tokens, 1)
	token := held.Tokens[0]
	assert.Equal(t, "at-canary-1", token.Value.Reveal())
	assert.Equal(t, begin+time.Hour, token.Expires, "counted from before the request: late is the safe side")
	assert.Equal(t, time.Hour, token.Lifetime)
	assert.Equal(t, scopes, token.Granted, "no scope in the answer means the one scopes for")
	assert.Equal(t, "Bearer", token.Type)
	assert.Equal(t, "rt-canary-1", w.record().refreshToken.Reveal())
}

// The code works once, and so does what it brought: to lose the refresh token to a fault in the ID token would lose the family.
func TestExchangeStoresTheFamilyFirst(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.page())
	require.Len(t, w.store.written, 2)
	assert.Contains(t, w.store.written[0], "rt-canary-1")
	assert.NotContains(t, w.store.written[0], "id_token")
	assert.NotContains(t, w.store.written[0], "at-canary-1")
	assert.Contains(t, w.store.written[1], "at-canary-1")
}

// A page that died between the two left a family of which nobody knows whose it is.
func TestRestoreWithoutACheckedIDToken(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.page())
	require.NoError(t, w.store.Set(key, w.store.written[0]))

	held, err := w.page().Restore()
	require.NoError(t, err)
	assert.Equal(t, &Held{Epoch: held.Epoch}, held)
	_, err = w.page().Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Empty(t, w.server.used())
}

func TestExchangeRefusesTheIDToken(t *testing.T) {
	for name, test := range map[string]struct {
		idToken string
		maxAge  int64
		want    oauth.Code
	}{
		"absent":          {"", -1, oauth.IDTokenMalformed},
		"malformed":       {`"a.b"`, -1, oauth.IDTokenMalformed},
		"other issuer":    {quoted(idToken(map[string]string{"iss": `"https://evil.test"`})), -1, oauth.IDTokenClaim},
		"other audience":  {quoted(idToken(map[string]string{"aud": `"other"`})), -1, oauth.IDTokenClaim},
		"other nonce":     {quoted(idToken(map[string]string{"nonce": `"n2"`})), -1, oauth.IDTokenClaim},
		"no nonce":        {quoted(idToken(map[string]string{"nonce": ""})), -1, oauth.IDTokenClaim},
		"expired":         {quoted(idToken(map[string]string{"exp": "1"})), -1, oauth.IDTokenClaim},
		"no auth_time":    {quoted(idToken(nil)), 0, oauth.IDTokenClaim},
		"stale auth_time": {quoted(idToken(map[string]string{"auth_time": "1"})), 60, oauth.IDTokenClaim},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.server.answers(grants(map[string]string{"id_token": test.idToken}))
			x := exchange(t)
			x.MaxAge = test.maxAge

			held, err := w.page().Exchange(x)
			requireCode(t, err, test.want)
			assert.Equal(t, &Held{Epoch: held.Epoch}, held)
			assert.NotContains(t, w.text(), "canary", "nothing of it stays")
			assert.Equal(t, []string{"rt-canary-1"}, w.server.gone, "the server hears of it")
		})
	}
}

func TestExchangeWithoutARefreshToken(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.server.answers(grants(map[string]string{"refresh_token": ""}))
	held := w.signIn(v)
	assert.False(t, held.IDToken.Empty(), "signed in all the same")
	assert.Zero(t, held.Generation)

	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-1", held.Find("", scopes).Value.Reveal())

	w.clock += lifetime
	held, err = v.Renew(wanted())
	requireCode(t, err, oauth.MissingRefreshToken)
	assert.False(t, held.IDToken.Empty())
	assert.Len(t, w.server.sent, 1, "there is nothing to send")
}

// H11: a refused code is an error and no more. What was there before stays.
func TestExchangeFails(t *testing.T) {
	for name, test := range map[string]struct {
		reply reply
		want  oauth.Code
	}{
		"invalid_grant": {refuse(400, `{"error":"invalid_grant"}`), oauth.TokenEndpointError},
		"503":           {status(503, "text/html", "<h1>"), oauth.TokenEndpointError},
		"429":           {refuse(429, `{}`), oauth.RateLimited},
		"network":       {lost(oauth.Network), oauth.Network},
		"timeout":       {lost(oauth.Timeout), oauth.Timeout},
		"not JSON":      {refuse(200, `{"access_token":"canary`), oauth.TokenResponseInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			failsOnce(t, test.reply, test.want, func(v *Vault) (bool, error) {
				held, err := v.Exchange(exchange(t))
				return held != nil, err
			})
		})
	}
}

func TestExchangeReplacesAnotherUser(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	family := w.record().family
	w.server.answers(grants(map[string]string{"id_token": quoted(idToken(map[string]string{"sub": `"u2"`}))}))
	held := w.signIn(v)

	assert.Len(t, held.Tokens, 1, "no token of the first user stays")
	assert.Equal(t, "at-canary-2", held.Tokens[0].Value.Reveal())
	assert.Equal(t, 1, held.Generation)
	assert.NotEqual(t, family, w.record().family)
	assert.False(t, strings.Contains(w.text(), "canary-1"))
}

// RFC 8693: what comes of a token exchange is nobody's session, and to revoke a refresh token that comes along could end the grant of the one that
// there is.
func TestTrade(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	before := w.text()
	w.server.answers(refuse(200, `{"access_token":"at-canary-2","token_type":"Bearer","refresh_token":"rt-canary-2","id_token":"x.y.z","expires_in":60,`+
		`"scope":"read more","authorization_details":[{"type":"payment"}]}`))
	token, err := v.Trade("grant_type=x&subject_token=canary-subject", "read", []string{"canary-subject"})
	require.NoError(t, err)
	assert.Equal(t, &Token{
		Scope: "read", Granted: "read more", Type: "Bearer", Value: oauth.NewSecret("at-canary-2"), Details: `[{"type":"payment"}]`,
		Lifetime: time.Minute, Expires: w.clock + time.Minute,
	}, token)
	assert.Equal(t, "canary-subject", w.server.sent[1].form.Get("subject_token"))
	assert.Equal(t, before, w.text())
	assert.Empty(t, w.server.gone)
}
