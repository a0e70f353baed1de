package vault

import (
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// details are what may stand in a record as authorization_details.
var details = []string{"", "[]", `[{"type":"payment"}]`, `[ {"type":"a","b":[null,{"type":1e3}]}, {"type":"\u00e9"} ]`}

// Generate implements quick.Generator.
func (*record) Generate(r *rand.Rand, size int) reflect.Value {
	text := func() string {
		letters := []rune("abcXYZ019 \"\\/<>{}[]:,._~-\u00e9\u4e16\U0001f511\u202e\x00\n\u007f\u2028")
		var b strings.Builder
		for range r.Intn(size + 1) {
			b.WriteRune(letters[r.Intn(len(letters))])
		}
		return b.String()
	}
	rec := &record{
		family: text(), gen: r.Intn(1 << 30), epoch: r.Intn(1 << 30), refreshToken: oauth.NewSecret(text()), nonce: text(),
	}
	if r.Intn(2) == 0 {
		rec.idToken = oauth.NewSecret(idToken(map[string]string{"sub": quoted(text())}))
	}
	if r.Intn(2) == 0 {
		rec.attempt = attempt{"a" + text(), time.Duration(r.Int63n(1e15)) * time.Millisecond / 1000, r.Intn(4)}
		rec.attempt.startedAt = rec.attempt.startedAt.Truncate(time.Millisecond)
	}
	for range r.Intn(4) {
		rec.tokens = append(rec.tokens, &Token{
			Audience: text(), Scope: text(), Granted: text(), Type: text(), Value: oauth.NewSecret(text()), Details: details[r.Intn(len(details))],
			Lifetime: time.Duration(r.Intn(1<<28)) * time.Second, Expires: time.Duration(r.Int63n(4e12)) * time.Millisecond,
		})
	}
	return reflect.ValueOf(rec)
}

func TestRecordRoundTrip(t *testing.T) {
	r := &newWorld(t).page().records
	require.NoError(t, quick.Check(func(rec *record) bool {
		back := r.decode(value(t, r.encode(rec)))
		return assert.Equal(t, rec, back)
	}, &quick.Config{MaxCount: 500}))
}

func TestRestore(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	held := w.signIn(v)
	w.server.answers(grants(map[string]string{"expires_in": "60"}))
	_, err := v.Renew(&Renew{Audience: "api", Scope: "read", Leeway: leeway})
	require.NoError(t, err)

	restored, err := w.page().Restore()
	require.NoError(t, err)
	assert.Equal(t, held.IDToken.Reveal(), restored.IDToken.Reveal())
	assert.Equal(t, 2, restored.Generation)
	require.Len(t, restored.Tokens, 2)
	assert.Equal(t, "at-canary-1", restored.Find("", scopes).Value.Reveal())
	assert.Equal(t, &Token{Audience: "api", Scope: "read", Granted: "read", Type: "Bearer", Value: oauth.NewSecret("at-canary-2"),
		Name: restored.Find("api", "read").Name, Lifetime: time.Minute, Expires: begin + time.Minute}, restored.Find("api", "read"))
	assert.Len(t, w.server.sent, 2, "without any request")

	held, err = newWorld(t).page().Restore()
	require.NoError(t, err)
	assert.Equal(t, &Held{Epoch: held.Epoch}, held, "nobody was signed in")
}

// A record that isn't ours, or isn't whole, is a signed-out start and goes. It signs nobody in.
func TestRestoreOfADamagedRecord(t *testing.T) {
	w, _ := signedIn(t)
	good := w.text()
	with := func(old, new string) string {
		require.Contains(t, good, old)
		return strings.Replace(good, old, new, 1)
	}
	for name, text := range map[string]string{
		"empty":               "",
		"no record":           "hello",
		"JSON without a mark": strings.TrimPrefix(good, "postern/1 "),
		"truncated":           good[:len(good)/2],
		"a byte short":        good[:len(good)-1],
		"trailing garbage":    good + "x",
		"twice":               good + good,
		"null":                "postern/1 null",
		"an array":            "postern/1 []",
		"a text":              `postern/1 "x"`,
		"no members":          "postern/1 {}",
		"version 0":           with("postern/1", "postern/0"),
		"__proto__":           `postern/1 {"__proto__":` + strings.TrimPrefix(good, "postern/1 ") + `}`,
		"another issuer":      with(`"issuer":"https://as.test"`, `"issuer":"https://evil.test"`),
		"issuer with a slash": with(`"issuer":"https://as.test"`, `"issuer":"https://as.test/"`),
		"another client":      with(`"client_id":"spa"`, `"client_id":"other"`),
		"client of no text":   with(`"client_id":"spa"`, `"client_id":["spa"]`),
		"a name twice":        with(`"client_id":"spa"`, `"client_id":"spa","client_id":"other"`),
		"ID token cut":        with(`"id_token":"`, `"id_token":"x`+"\\u002e"),
		"not UTF-8":           with(`"nonce":"`, "\"nonce\":\"\xff"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			require.NoError(t, w.store.Set(key, text))
			held, err := w.page().Restore()
			require.NoError(t, err)
			assert.Equal(t, &Held{Epoch: held.Epoch, Corrupt: true}, held)
			_, ok, _ := w.store.Get(key)
			assert.False(t, ok, "it is gone")
			w.signIn(w.page())
		})
	}
}

// Members of the wrong type count as absent: no text of an attacker becomes a token or a number.
func TestDecodeWrongTypes(t *testing.T) {
	r := &newWorld(t).page().records
	rec := r.decode(value(t, `{"issuer":"https://as.test","client_id":"spa","family":1,"gen":"2","epoch":null,"refresh_token":{"x":1},"nonce":[],`+
		`"id_token":true,"attempt":"now","tokens":{"a":5}}`))
	require.NotNil(t, rec)
	assert.False(t, rec.signedIn())
	assert.Equal(t, attempt{}, rec.attempt)
	assert.True(t, rec.refreshToken.Empty())
	assert.Zero(t, rec.gen)
	for _, token := range rec.tokens {
		assert.False(t, token.Good(0, 0))
	}
}

// F14: two versions on one origin. The older one reads nothing, sends nothing and overwrites nothing.
func TestNewerRecordIsReadOnly(t *testing.T) {
	w, v := signedIn(t)
	newer := strings.Replace(w.text(), "postern/1 ", "postern/2 ", 1)
	require.NoError(t, w.store.Set(key, newer))
	sent := len(w.server.sent)
	for name, verb := range map[string]func() error{
		"restore":  func() error { _, err := v.Restore(); return err },
		"renew":    func() error { _, err := v.Renew(wanted()); return err },
		"exchange": func() error { _, err := v.Exchange(exchange(t)); return err },
		"revoke":   func() error { _, err := v.Revoke(); return err },
		"sign out": v.SignOut,
	} {
		e := requireCode(t, verb(), oauth.StorageCorrupt)
		assert.Contains(t, e.Description, "reload", name)
		assert.Equal(t, newer, w.text(), name)
	}
	assert.Len(t, w.server.sent, sent)
	assert.Empty(t, w.server.gone)
}
