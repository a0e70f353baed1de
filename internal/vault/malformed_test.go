package vault

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// malformed are answers of a token endpoint that are none, each with the code it is refused with.
func malformed() map[string]struct {
	reply reply
	want  oauth.Code
} {
	const (
		access = `"access_token":"at-canary-bad"`
		bearer = `"token_type":"Bearer"`
	)
	utf16le := "\xff\xfe"
	for _, unit := range utf16.Encode([]rune(`{` + access + `,` + bearer + `}`)) {
		utf16le += string([]byte{byte(unit), byte(unit >> 8)})
	}
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	all := map[string]struct {
		reply reply
		want  oauth.Code
	}{
		"2 MB":           {refuse(200, `{`+access+`,`+bearer+`,"x":"`+strings.Repeat("x", 2<<20)+`"}`), oauth.ResponseTooLarge},
		"2 MB, cut off":  {lost(oauth.ResponseTooLarge), oauth.ResponseTooLarge},
		"200 with error": {refuse(200, `{"error":"strange",`+access+`,`+bearer+`}`), oauth.TokenEndpointError},
		"400 with HTML":  {status(400, "text/html", "<h1>at-canary-bad"), oauth.TokenEndpointError},
		"401 empty":      {status(401, "", ""), oauth.TokenEndpointError},
	}
	for name, body := range map[string]string{
		"array": `[]`, "null": `null`, "trailing garbage": `{` + access + `,` + bearer + `}x`, "UTF-16": utf16le,
		"access_token twice": `{` + access + `,` + access + `,` + bearer + `}`, "only ACCESS_TOKEN": `{"ACCESS_TOKEN":"at-canary-bad",` + bearer + `}`,
		"depth 10 000": `{` + access + `,` + bearer + `,"x":` + deep + `}`, "CR": `{"access_token":"at-canary-bad\r",` + bearer + `}`,
		"LF": `{"access_token":"at-canary-bad\nX: y",` + bearer + `}`, "a number": `{"access_token":7,` + bearer + `}`,
		"refresh_token empty": `{` + access + `,` + bearer + `,"refresh_token":""}`, "no token_type": `{` + access + `}`,
		"details untyped": `{` + access + `,` + bearer + `,"authorization_details":[{"typ":"payment"}]}`,
		"expires_in abc":  `{` + access + `,` + bearer + `,"expires_in":"abc"}`, "expires_in -1": `{` + access + `,` + bearer + `,"expires_in":-1}`,
	} {
		all[name] = struct {
			reply reply
			want  oauth.Code
		}{refuse(200, body), oauth.TokenResponseInvalid}
	}
	return all
}

// failsOnce is a call that the provider answers so: it comes to nothing, and the session of before is as it was, to the byte. It isn't tried again, since
// a code works once, and a subject token may.
func failsOnce(t *testing.T, answer reply, want oauth.Code, call func(v *Vault) (something bool, err error)) {
	t.Helper()
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	before := w.text()
	w.server.answers(answer)
	something, err := call(v)
	requireCode(t, err, want)
	assert.False(t, something)
	assert.Equal(t, before, w.text())
	assert.Len(t, w.server.sent, 2, "one request")
	assert.Empty(t, w.server.gone)
}

// A sign-in that fails leaves the session of before.
func TestMalformedAnswerToACode(t *testing.T) {
	for name, test := range malformed() {
		t.Run(name, func(t *testing.T) {
			failsOnce(t, test.reply, test.want, func(v *Vault) (bool, error) {
				held, err := v.Exchange(exchange(t))
				return held != nil, err
			})
		})
	}
}

// A token exchange has a strict reader, too, and no part in the session.
func TestMalformedAnswerToATrade(t *testing.T) {
	for name, test := range malformed() {
		t.Run(name, func(t *testing.T) {
			failsOnce(t, test.reply, test.want, func(v *Vault) (bool, error) {
				token, err := v.Trade("subject_token=canary-subject", "", []string{"canary-subject"})
				return token != nil, err
			})
		})
	}
}

// A renewal that is answered with nonsense keeps the user, the tokens and the refresh token; only the attempt may be noted, by which the next
// page knows that the token may be spent.
func TestMalformedAnswerToARenewal(t *testing.T) {
	for name, test := range malformed() {
		t.Run(name, func(t *testing.T) {
			w, v := signedIn(t)
			before := w.record()
			w.server.answers(test.reply)
			w.server.cutOff = true // or the one replay would follow at once, and be answered well
			held, err := v.Renew(wanted())
			w.server.cutOff = false
			requireCode(t, err, test.want)
			require.NotNil(t, held)
			assert.False(t, held.IDToken.Empty())
			after := w.record()
			after.attempt = before.attempt
			assert.Equal(t, before, after)
			assert.NotContains(t, w.text(), "canary-bad")
			assert.Empty(t, w.server.gone)

			w.clock += mostWait // past any back-off
			_, err = v.Renew(wanted())
			require.NoError(t, err, "and the next renewal is a renewal")
			assert.Contains(t, w.text(), "at-canary-")
		})
	}
}

// What another page, or a script of the page's own origin, says on the channel. Nothing that isn't a newer record of the same family counts,
// and nothing is answered but a question.
func TestMalformedMessages(t *testing.T) {
	told := func(w *world, change func(rec *record)) string {
		rec := clone(w.record())
		rec.gen = 9
		change(rec)
		return w.page().records.encode(rec)
	}
	for name, text := range map[string]func(w *world) string{
		"empty":           func(*world) string { return `` },
		"text":            func(*world) string { return `hello` },
		"null":            func(*world) string { return `null` },
		"array":           func(*world) string { return `[{"ended":true}]` },
		"a text":          func(*world) string { return `"ended"` },
		"cut short":       func(*world) string { return `{"ended":true` },
		"twice":           func(*world) string { return `{"ended":true}{"ended":true}` },
		"a name twice":    func(*world) string { return `{"ended":true,"ended":true}` },
		"ENDED":           func(*world) string { return `{"ENDED":true}` },
		"ended, a text":   func(*world) string { return `{"ended":"true"}` },
		"ended, a number": func(*world) string { return `{"ended":1}` },
		"deep":            func(*world) string { return strings.Repeat(`{"record":`, 10_000) + `1` + strings.Repeat(`}`, 10_000) },
		"1 MB":            func(*world) string { return `{"record":"` + strings.Repeat("x", 1<<20) + `"}` },
		"__proto__":       func(*world) string { return `{"__proto__":{"ended":true}}` },
		"record a text":   func(*world) string { return `{"record":"{}"}` },
		"record empty":    func(*world) string { return `{"record":{}}` },
		"record of nobody": func(w *world) string {
			return `{"record":` + told(w, func(r *record) { r.idToken = oauth.Secret{} }) + `}`
		},
		"another family's": func(w *world) string { return `{"record":` + told(w, func(r *record) { r.family = "other" }) + `}` },
		"record, bad token": func(w *world) string {
			return `{"record":` + told(w, func(r *record) { r.idToken = oauth.NewSecret("a.b.c") }) + `}`
		},
		"another issuer's": func(w *world) string {
			return `{"record":` + strings.Replace(told(w, func(*record) {}), issuer, "https://evil.test", 1) + `}`
		},
		"another client's": func(w *world) string {
			return `{"record":` + strings.Replace(told(w, func(*record) {}), `"spa"`, `"other"`, 1) + `}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, shared := range []bool{true, false} {
				w, _ := signedIn(t)
				v := w.open(&w.store, shared)
				w.bus.told = nil
				before := w.text()
				_, err := v.Heard(text(w))
				require.NoError(t, err)
				assert.Equal(t, before, w.text())
				assert.Empty(t, w.bus.told)
				assert.Empty(t, w.server.gone)
				held, err := v.Restore()
				require.NoError(t, err)
				assert.Equal(t, 1, held.Generation)
			}
		})
	}
}
