package oauth_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
)

const (
	access  = `"access_token":"` + canaryAccess + `"`
	refresh = `"refresh_token":"` + canaryRefresh + `"`
	bearer  = `"token_type":"Bearer"`
)

func ok200(body string) *oauth.HTTPResponse {
	return &oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: body}
}

// members joins members into an object.
func members(m ...string) string { return "{" + strings.Join(m, ",") + "}" }

func TestParseTokenResponse(t *testing.T) {
	h := ok200(members(access, refresh, bearer, `"id_token":"`+canaryID+`"`, `"expires_in":3600`, `"scope":"openid profile"`, `"x":{"y":[null]}`))
	for _, mime := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "application/json ;x"} {
		h.ContentType = mime
		tokens, err := oauth.ParseTokenResponse(h)
		require.NoError(t, err, mime)
		assert.Equal(t, canaryAccess, tokens.AccessToken.Reveal())
		assert.Equal(t, canaryRefresh, tokens.RefreshToken.Reveal())
		assert.Equal(t, canaryID, tokens.IDToken.Reveal())
		assert.Equal(t, "Bearer", tokens.TokenType)
		assert.EqualValues(t, 3600, tokens.ExpiresIn)
		assert.Equal(t, "openid profile", tokens.Scope)
		requireNoCanary(t, fmt.Sprintf("%v %+v %#v", *tokens, *tokens, *tokens))
	}
}

func TestParseTokenResponseOfTheLeast(t *testing.T) {
	tokens, err := oauth.ParseTokenResponse(ok200(members(access, bearer)))
	require.NoError(t, err)
	assert.True(t, tokens.RefreshToken.Empty(), "none came: the old one stays good (RFC 6749 section 6)")
	assert.True(t, tokens.IDToken.Empty())
	assert.EqualValues(t, oauth.DefaultLifetime, tokens.ExpiresIn)
	assert.Empty(t, tokens.Scope)
}

// RFC 9396 section 7: what was granted, to the letter.
func TestParseTokenResponseDetails(t *testing.T) {
	for written, want := range map[string]string{
		`[]`: `[]`, `null`: ``, ` [ {"type":"payment","amount":{"n":1.50,"type":7}} , {"type":"b"}] `: `[ {"type":"payment","amount":{"n":1.50,"type":7}} , {"type":"b"}]`,
	} {
		tokens, err := oauth.ParseTokenResponse(ok200(members(access, bearer, `"authorization_details":`+written)))
		require.NoError(t, err, written)
		assert.Equal(t, want, tokens.Details)
	}
}

func TestParseTokenResponseRefuses(t *testing.T) {
	utf16le := "\xff\xfe"
	for _, unit := range utf16.Encode([]rune(members(access, bearer))) {
		utf16le += string([]byte{byte(unit), byte(unit >> 8)})
	}
	for name, body := range map[string]string{
		"empty":                            "",
		"array":                            "[]",
		"array of an object":               "[" + members(access, bearer) + "]",
		"null":                             "null",
		"string":                           `"` + canaryAccess + `"`,
		"truncated":                        `{` + access + `,` + bearer + `,"refresh_token":"` + canaryRefresh,
		"truncated at the end":             `{` + access + `,` + bearer,
		"trailing garbage":                 members(access, bearer) + canaryRefresh,
		"trailing object":                  members(access, bearer) + members(access, bearer),
		"trailing comma":                   `{` + access + `,` + bearer + `,}`,
		"byte order mark":                  "\ufeff" + members(access, bearer),
		"UTF-16":                           utf16le,
		"invalid UTF-8":                    members(access, bearer, "\"x\":\"\xff"+canaryRefresh+`"`),
		"depth 10 000":                     `{` + access + `,` + bearer + `,"x":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
		"access_token twice":               members(access, bearer, `"access_token":"other"`),
		"access_token twice, once escaped": members(access, bearer, `"acces\u0073_token":"other"`),
		"only ACCESS_TOKEN":                members(`"ACCESS_TOKEN":"`+canaryAccess+`"`, bearer),
		"access_token missing":             members(bearer, refresh),
		"access_token empty":               members(`"access_token":""`, bearer, refresh),
		"access_token null":                members(`"access_token":null`, bearer, refresh),
		"access_token a number":            members(`"access_token":12345`, bearer, refresh),
		"access_token an object":           members(`"access_token":{"token":"`+canaryAccess+`"}`, bearer),
		"access_token with CR":             members(`"access_token":"`+canaryAccess+`\r"`, bearer),
		"access_token with LF":             members(`"access_token":"a\n`+canaryAccess+`"`, bearer),
		"access_token with space":          members(`"access_token":"a `+canaryAccess+`"`, bearer),
		"access_token not ASCII":           members(`"access_token":"ä`+canaryAccess+`"`, bearer),
		"access_token with DEL":            members(`"access_token":"\u007f`+canaryAccess+`"`, bearer),
		"refresh_token empty":              members(access, bearer, `"refresh_token":""`),
		"refresh_token a number":           members(access, bearer, `"refresh_token":1`),
		"refresh_token with LF":            members(access, bearer, `"refresh_token":"`+canaryRefresh+`\n"`),
		"id_token an object":               members(access, bearer, `"id_token":{"a":"`+canaryID+`"}`),
		"id_token with LF":                 members(access, bearer, `"id_token":"`+canaryID+`\n"`),
		"no token_type":                    members(access),
		"token_type null":                  members(access, `"token_type":null`),
		"token_type a number":              members(access, `"token_type":1`),
		"token_type mac":                   members(access, `"token_type":"mac"`),
		"token_type Bearer padded":         members(access, `"token_type":"Bearer "`),
		"token_type N_A":                   members(access, `"token_type":"N_A"`), // RFC 8693: what came is no access token
		"authorization_details a text":     members(access, bearer, `"authorization_details":"[]"`),
		"authorization_details one object": members(access, bearer, `"authorization_details":{"type":"payment"}`),
		"authorization_details untyped":    members(access, bearer, `"authorization_details":[{"type":"payment"},{"amount":1}]`),
		"authorization_details type 5":     members(access, bearer, `"authorization_details":[{"type":5}]`),
		"authorization_details type empty": members(access, bearer, `"authorization_details":[{"type":""}]`),
		"authorization_details type twice": members(access, bearer, `"authorization_details":[{"type":"a","type":"b"}]`),
		"authorization_details of texts":   members(access, bearer, `"authorization_details":["payment"]`),
		"scope a list":                     members(access, bearer, `"scope":["openid"]`),
		"scope with a quote":               members(access, bearer, `"scope":"open\"id"`),
		"scope with a line break":          members(access, bearer, `"scope":"openid\nprofile"`),
	} {
		t.Run(name, func(t *testing.T) {
			tokens, err := oauth.ParseTokenResponse(ok200(body))
			e := requireCode(t, err, oauth.TokenResponseInvalid)
			assert.False(t, e.Retryable)
			if tokens != nil {
				assert.Contains(t, []string{"", canaryRefresh}, tokens.RefreshToken.Reveal())
			}
		})
	}
}

func TestParseTokenResponseContentType(t *testing.T) {
	for _, mime := range []string{"", "text/html", "text/plain", "text/json", "application/jwt", "application/json+x", "application/problem+json", ";", "json"} {
		h := ok200(members(access, bearer))
		h.ContentType = mime
		_, err := oauth.ParseTokenResponse(h)
		requireCode(t, err, oauth.TokenResponseInvalid)
	}
}

func TestParseTokenResponseOf2MB(t *testing.T) {
	_, err := oauth.ParseTokenResponse(ok200(members(access, bearer, `"x":"`+strings.Repeat("x", 2<<20)+`"`)))
	requireCode(t, err, oauth.ResponseTooLarge)

	fill := members(access, bearer, `"x":""`)
	_, err = oauth.ParseTokenResponse(ok200(members(access, bearer, `"x":"`+strings.Repeat("x", oauth.MaxResponse-len(fill))+`"`)))
	require.NoError(t, err)
}

// With rotation the old refresh token is spent by the time the answer comes; a mistake elsewhere in the answer must not lose the new one.
func TestParseTokenResponseSavesTheRefreshToken(t *testing.T) {
	for name, body := range map[string]string{
		"no access_token":  members(refresh, bearer),
		"bad id_token":     members(refresh, access, bearer, `"id_token":1`),
		"no token_type":    members(refresh, access),
		"bad expires_in":   members(refresh, access, bearer, `"expires_in":-1`),
		"scope not a text": members(refresh, access, bearer, `"scope":[]`),
		"untyped details":  members(refresh, access, bearer, `"authorization_details":[{}]`),
	} {
		tokens, err := oauth.ParseTokenResponse(ok200(body))
		requireCode(t, err, oauth.TokenResponseInvalid)
		require.NotNil(t, tokens, name)
		assert.Equal(t, canaryRefresh, tokens.RefreshToken.Reveal(), name)
	}
}

// H15 and fapi2-security-profile-final-client-test-token-type-case-insensitivity.
func TestTokenTypeWithoutCase(t *testing.T) {
	for written, want := range map[string]string{"bEARER": "Bearer", "bearer": "Bearer", "BEARER": "Bearer", "dpop": "DPoP", "DPoP": "DPoP", "DPOP": "DPoP"} {
		tokens, err := oauth.ParseTokenResponse(ok200(members(access, `"token_type":"`+written+`"`)))
		require.NoError(t, err, written)
		assert.Equal(t, want, tokens.TokenType)
	}
}

// H17.
func TestExpiresIn(t *testing.T) {
	const refused = -1
	for written, want := range map[string]int64{
		`3600`: 3600, `"3600"`: 3600, `0`: 0, `"0"`: 0, `3.6e3`: 3600, `3600.9`: 3600, `null`: oauth.DefaultLifetime, `315360000`: 315360000,
		`-1`: refused, `"-1"`: refused, `1e99`: refused, `"1e99"`: refused, `1e400`: refused, `315360001`: refused, `"abc"`: refused, `""`: refused,
		`" "`: refused, `"3600s"`: refused, `"1.2.3"`: refused, `"3600e"`: refused, `"0x10"`: refused, `"١"`: refused, `"\"3600\""`: refused,
		`true`: refused, `[]`: refused, `[3600]`: refused, `{}`: refused, `"Infinity"`: refused, `"NaN"`: refused,
	} {
		tokens, err := oauth.ParseTokenResponse(ok200(members(access, bearer, `"expires_in":`+written)))
		if want == refused {
			requireCode(t, err, oauth.TokenResponseInvalid)
			continue
		}
		require.NoError(t, err, written)
		assert.Equal(t, want, tokens.ExpiresIn, written)
	}
}

func TestRequests(t *testing.T) {
	r, err := oauth.ParseCallback(app + "?code=a%26b&state=s1")
	require.NoError(t, err)
	code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
	require.NoError(t, err)
	verifier, err := pkce.Parse(canaryVerifier)
	require.NoError(t, err)

	assert.Equal(t, "grant_type=authorization_code&client_id=spa&code=a%26b&redirect_uri=https%3A%2F%2Fapp.test%2Fcb&code_verifier="+canaryVerifier,
		oauth.CodeRequest("spa", code, app, verifier, "api"), "the code stands for its audience")
	assert.Equal(t, "grant_type=authorization_code&client_id=spa&code=a%26b&redirect_uri=https%3A%2F%2Fapp.test%2Fcb&code_verifier="+canaryVerifier+
		"&resource=urn%3Aa&resource=urn%3Ab", oauth.CodeRequest("spa", code, app, verifier, oauth.Target("api", []string{"urn:a", "urn:b"})))
	token := oauth.NewSecret("r/1+=")
	assert.Equal(t, "grant_type=refresh_token&client_id=spa&refresh_token=r%2F1%2B%3D", oauth.RefreshRequest("spa", token, "", ""))
	assert.Equal(t, "grant_type=refresh_token&client_id=spa&refresh_token=r%2F1%2B%3D&scope=a%20b&audience=api",
		oauth.RefreshRequest("spa", token, "a b", "api"))
	assert.Equal(t, "client_id=spa&token=r%2F1%2B%3D&token_type_hint=refresh_token", oauth.RevocationRequest("spa", token))
}
