package oauth_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

const rs256 = `{"alg":"RS256","kid":"k1"}`

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// jws puts header and payload into compact form. Whether the signature is right is judged elsewhere.
func jws(header, payload string) string {
	return b64(header) + "." + b64(payload) + "." + b64("signature")
}

func TestDecodeIDToken(t *testing.T) {
	raw := jws(rs256, `{"sub":"u1","email":"canary@app.test"}`)
	token, err := oauth.DecodeIDToken(oauth.NewSecret(raw))
	require.NoError(t, err)
	assert.Equal(t, "RS256", token.Header.Get("alg").Str())
	assert.Equal(t, "u1", token.Claims.Get("sub").Str())
	assert.Equal(t, raw, token.Raw.Reveal())
	for _, value := range []any{token, *token, []oauth.IDToken{*token}, struct{ T *oauth.IDToken }{token}} {
		requireNoCanary(t, fmt.Sprintf("%v %+v %#v %s %q %x", value, value, value, value, value, value))
	}
}

func TestDecodeIDTokenRefuses(t *testing.T) {
	const payload = `{"sub":"` + canaryID + `"}`
	h, p, s := b64(rs256), b64(payload), b64("signature")
	spare, spareHeader := b64(payload+" "), b64(rs256+"  ")
	for _, text := range []string{spare, spareHeader} {
		require.Equal(t, 2, len(text)%4, "the last character has four bits to spare")
		require.Equal(t, byte('A'), text[len(text)-1])
	}
	for name, raw := range map[string]string{
		"empty":                     "",
		"no dot":                    h,
		"two segments":              h + "." + p,
		"two segments and a dot":    h + "." + p + ".",
		"a dot in front":            "." + h + "." + p,
		"four segments":             h + "." + p + "." + s + "." + s,
		"five segments, a JWE":      h + "." + p + "." + s + "." + s + "." + s,
		"one dot":                   ".",
		"two dots":                  "..",
		"three dots":                "...",
		"a million dots":            strings.Repeat(".", 1_000_000),
		"too long":                  h + "." + strings.Repeat("a", oauth.MaxResponse) + "." + s,
		"empty header":              "." + p + "." + s,
		"empty payload":             h + ".." + s,
		"empty signature":           h + "." + p + ".",
		"padding":                   h + "." + p + "." + b64("sign") + "==",
		"padding in the header":     b64(`{"alg":"RS256" }`) + "==." + p + "." + s,
		"plus":                      h + "." + p + ".ab+d",
		"slash":                     h + "." + p + ".ab/d",
		"line break in the header":  h[:4] + "\n" + h[4:] + "." + p + "." + s,
		"CR LF in the payload":      h + "." + p[:8] + "\r\n" + p[8:] + "." + s,
		"line break at the end":     h + "." + p + "." + s + "\n",
		"space in front":            " " + h + "." + p + "." + s,
		"non-canonical tail":        h + "." + p + ".QR", // QQ with a bit set that stands for nothing
		"non-canonical payload":     h + "." + spare[:len(spare)-1] + "B." + s,
		"non-canonical header":      spareHeader[:len(spareHeader)-1] + "B." + p + "." + s,
		"one character left over":   h + "." + p + ".abcde",
		"header not an object":      jws(`["alg","RS256"]`, payload),
		"header a string":           jws(`"RS256"`, payload),
		"header null":               jws(`null`, payload),
		"header no JSON":            jws(`alg=RS256`, payload),
		"header twice":              jws(rs256+rs256, payload),
		"payload an array":          jws(rs256, `["`+canaryID+`"]`),
		"payload no JSON":           jws(rs256, canaryID),
		"payload cut":               jws(rs256, payload[:len(payload)-1]),
		"payload not UTF-8":         jws(rs256, "{\"sub\":\"\xff"+canaryID+"\"}"),
		"sub twice":                 jws(rs256, `{"sub":"`+canaryID+`","sub":"b"}`),
		"nonce twice, once escaped": jws(rs256, `{"nonce":"`+canaryID+`","\u006eonce":"b"}`),
		"no alg":                    jws(`{"kid":"k1"}`, payload),
		"alg twice":                 jws(`{"alg":"RS256","alg":"none"}`, payload),
		"alg an array":              jws(`{"alg":["RS256"]}`, payload),
		"alg null":                  jws(`{"alg":null}`, payload),
		"alg empty":                 jws(`{"alg":""}`, payload),
		"ALG":                       jws(`{"ALG":"RS256"}`, payload),
		"crit":                      jws(`{"alg":"RS256","crit":["exp"]}`, payload), // H25
		"crit, unknown":             jws(`{"alg":"RS256","crit":["http://ext"],"http://ext":1}`, payload),
		"crit empty":                jws(`{"alg":"RS256","crit":[]}`, payload),
		"crit null":                 jws(`{"alg":"RS256","crit":null}`, payload),
		"b64 false":                 jws(`{"alg":"RS256","b64":false}`, payload),
		"b64 true":                  jws(`{"alg":"RS256","b64":true}`, payload),
		"depth 10 000":              jws(rs256, `{"x":`+strings.Repeat(`[`, 10_000)+strings.Repeat(`]`, 10_000)+`}`),
	} {
		t.Run(name, func(t *testing.T) {
			token, err := oauth.DecodeIDToken(oauth.NewSecret(raw))
			requireCode(t, err, oauth.IDTokenMalformed)
			assert.Nil(t, token)
		})
	}
	_, err := oauth.DecodeIDToken(oauth.NewSecret(h + "." + p + "." + s + "." + s + "." + s))
	assert.Contains(t, err.Error(), "three parts", "whoever has set up encryption is told")
}

// For each text there is one token: whatever single character is changed, the token is refused or decodes to other bytes.
func TestDecodeIDTokenIsCanonical(t *testing.T) {
	raw := jws(rs256, `{"sub":"u1"}`)
	token, err := oauth.DecodeIDToken(oauth.NewSecret(raw))
	require.NoError(t, err)
	for i := range raw {
		for _, c := range []byte("ABQgw_-=+/.\r\n \x00~") {
			changed := []byte(raw)
			if changed[i] == c {
				continue
			}
			changed[i] = c
			other, err := oauth.DecodeIDToken(oauth.NewSecret(string(changed)))
			if err != nil {
				requireCode(t, err, oauth.IDTokenMalformed)
				continue
			}
			same := other.Header.Raw() == token.Header.Raw() && other.Claims.Raw() == token.Claims.Raw() && i < strings.LastIndexByte(raw, '.')
			assert.False(t, same, "%q at %d changes nothing", c, i)
		}
	}
}
