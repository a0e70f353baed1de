package oauth_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

const now = 1_790_000_000

// issued is an ID token that passes; with replaces or, where a value is empty, removes claims.
func issued(t *testing.T, with map[string]string) *oauth.IDToken {
	t.Helper()
	all := []string{
		"iss", `"https://as.test"`, "aud", `"spa"`, "azp", ``, "sub", `"u1"`, "exp", fmt.Sprint(now + 300), "iat", fmt.Sprint(now),
		"nonce", `"n1"`, "auth_time", fmt.Sprint(now - 30),
	}
	var w oauth.Writer
	w.Str("secret", canaryID)
	for i := 0; i < len(all); i += 2 {
		value, replaced := with[all[i]]
		if !replaced {
			value = all[i+1]
		}
		w.Raw(all[i], value)
	}
	for _, name := range []string{"ISS", "acr", "org_id", "org_name"} {
		w.Raw(name, with[name])
	}
	token, err := oauth.DecodeIDToken(oauth.NewSecret(jws(rs256, w.String())))
	require.NoError(t, err)
	return token
}

func expected() *oauth.Expected {
	return &oauth.Expected{Issuer: issuer, ClientID: "spa", Nonce: "n1", MaxAge: -1, Now: now * time.Second}
}

// requireClaim wants the error to name the claim.
func requireClaim(t *testing.T, err error, name string) *oauth.Error {
	t.Helper()
	e := requireCode(t, err, oauth.IDTokenClaim)
	require.True(t, strings.HasPrefix(e.Description, name+" "), "%q doesn't name %s", e.Description, name)
	return e
}

func TestCheckAccepts(t *testing.T) {
	for name, with := range map[string]map[string]string{
		"happy path":              nil,
		"valid aud as array":      {"aud": `["spa"]`}, // H27, fapi2 valid-aud-as-array
		"two audiences and azp":   {"aud": `["spa","https://api.test"]`, "azp": `"spa"`},
		"azp":                     {"azp": `"spa"`},
		"fractions of seconds":    {"exp": "1790000300.5", "iat": "1789999999.999"},
		"exponents":               {"exp": "1.7900003e9", "iat": "179e7"},
		"sub of 255":              {"sub": `"` + strings.Repeat("u", 255) + `"`},
		"expired within a minute": {"exp": fmt.Sprint(now - 59)},
		"issued within a minute":  {"iat": fmt.Sprint(now + 60)},
		// F7: the token holds this login's nonce, so it is new, and the clock that is an hour wrong is ours.
		"our clock is behind": {"iat": fmt.Sprint(now + 3600), "exp": fmt.Sprint(now + 3900), "auth_time": fmt.Sprint(now + 3590)},
		"a day behind":        {"iat": fmt.Sprint(now + 86400), "exp": fmt.Sprint(now + 90000)},
		"issued long ago":     {"iat": fmt.Sprint(now - 86400)},
		"no auth_time":        {"auth_time": ""},
		"escaped names":       {"iss": `"https:\/\/as.t\u0065st"`},
		"ISS beside iss":      {"ISS": `"https://evil.test"`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.NoError(t, issued(t, with).Check(expected()))
		})
	}
}

// H26, H27, H28, and the rows of the specification's own suite: oidcc-client-test-invalid-iss, -missing-sub, -invalid-aud, -missing-aud,
// -missing-iat, -nonce-invalid; fapi2 invalid-secondary-aud, expired-exp, missing-exp, missing-nonce.
func TestCheckRefuses(t *testing.T) {
	day := issued(t, map[string]string{"iat": fmt.Sprint(now + 86401), "exp": fmt.Sprint(now + 90000)})
	requireClaim(t, day.Check(expected()), "iat")
	for _, test := range []struct {
		claim  string
		values []string
	}{
		{"iss", []string{``, `null`, `""`, `1`, `["https://as.test"]`, `{"https://as.test":1}`, `"https://as.test/"`, `"https://AS.test"`,
			`"https://evil.test"`, `"http://as.test"`, `"https://as.test\u0000"`}},
		{"aud", []string{``, `null`, `""`, `1`, `{}`, `[]`, `{"spa":"spa"}`, `"other"`, `"SPA"`, `["other"]`, `[["spa"]]`, `["spa",1]`,
			`["spa",null]`, `"spa other"`, `"spa "`}},
		{"sub", []string{``, `null`, `""`, `12345`, `["u1"]`, `{}`, `true`, `"` + strings.Repeat("u", 256) + `"`}},
		{"exp", []string{``, `null`, `"1790000300"`, `1e400`, `-1e400`, `1e99`, `9007199254740993`, `[1790000300]`, `true`, `0`, `-1`,
			fmt.Sprint(now - 60), fmt.Sprint(now - 3600)}},
		{"iat", []string{``, `null`, `"1790000000"`, `1e400`, `{}`, `true`, fmt.Sprint(now + 360), fmt.Sprint(now + 86400)}},
		{"nonce", []string{``, `null`, `""`, `1`, `["n1"]`, `"N1"`, `"n1 "`, `"n2"`, `"n1\u0000"`}},
		{"azp", []string{`""`, `null`, `1`, `["spa"]`, `"other"`, `"SPA"`}},
		{"auth_time", []string{`null`, `"1789999970"`, `1e400`, `[]`, `true`}},
	} {
		for _, value := range test.values {
			t.Run(test.claim+" "+value[:min(len(value), 20)], func(t *testing.T) {
				e := requireClaim(t, issued(t, map[string]string{test.claim: value}).Check(expected()), test.claim)
				if test.claim == "exp" || test.claim == "iat" {
					assert.Contains(t, e.Description, "clock", "a wrong clock is the commonest cause and the user's to mend")
				}
			})
		}
	}
}

func TestCheckRefusesOddIssuersAndAudiences(t *testing.T) {
	for name, test := range map[string]struct {
		claim string
		with  map[string]string
	}{
		"only ISS":                        {"iss", map[string]string{"iss": "", "ISS": `"https://as.test"`}},
		"us and another without azp":      {"azp", map[string]string{"aud": `["spa","other"]`}},
		"us and another, azp the other":   {"azp", map[string]string{"aud": `["spa","other"]`, "azp": `"other"`}},
		"us, azp another":                 {"azp", map[string]string{"aud": `["spa"]`, "azp": `"other"`}},
		"two others, azp us":              {"aud", map[string]string{"aud": `["a","b"]`, "azp": `"spa"`}},
		"us and another without any text": {"azp", map[string]string{"aud": `["spa",""]`}},
	} {
		t.Run(name, func(t *testing.T) {
			requireClaim(t, issued(t, test.with).Check(expected()), test.claim)
		})
	}
}

// Whoever signs in again, unasked or in a window, must be who is signed in.
func TestCheckSubject(t *testing.T) {
	for subject, ok := range map[string]bool{"": true, "u1": true, "u2": false, "U1": false} {
		want := expected()
		want.Subject = subject
		err := issued(t, nil).Check(want)
		if ok {
			assert.NoError(t, err, subject)
			continue
		}
		requireClaim(t, err, "sub")
	}
}

// An empty expectation must never be met by an empty claim.
func TestCheckWithNothingExpected(t *testing.T) {
	want := expected()
	want.Issuer = ""
	requireClaim(t, issued(t, map[string]string{"iss": ""}).Check(want), "iss")
	want = expected()
	want.Nonce = ""
	requireClaim(t, issued(t, map[string]string{"nonce": ""}).Check(want), "nonce")
}

// H29: max_age=0 asks for a fresh sign-in and counts like any other.
func TestCheckMaxAge(t *testing.T) {
	for _, test := range []struct {
		maxAge   int64
		authTime string
		ok       bool
	}{
		{-1, "", true}, {-1, "1", true},
		{0, "", false}, {0, fmt.Sprint(now), true}, {0, fmt.Sprint(now - 60), true}, {0, fmt.Sprint(now - 61), false}, {0, "0", false},
		{600, "", false}, {600, fmt.Sprint(now - 660), true}, {600, fmt.Sprint(now - 661), false}, {600, "1e400", false}, {600, `"1"`, false},
		{9_999_999_999, "", false},
	} {
		want := expected()
		want.MaxAge = test.maxAge
		err := issued(t, map[string]string{"auth_time": test.authTime}).Check(want)
		if test.ok {
			assert.NoError(t, err, "%+v", test)
			continue
		}
		requireClaim(t, err, "auth_time")
	}
	want := expected()
	want.MaxAge = 60
	behind := issued(t, map[string]string{"iat": fmt.Sprint(now + 3600), "exp": fmt.Sprint(now + 3900), "auth_time": fmt.Sprint(now + 3400)})
	requireClaim(t, behind.Check(want), "auth_time") // where our clock is behind, the provider's says how old the sign-in is
}

// Core section 3.1.3.7, point 12: whoever asked for a second factor isn't signed in with less.
func TestCheckACR(t *testing.T) {
	for acr, ok := range map[string]bool{`"gold"`: true, `"silver"`: true, `"bronze"`: false, `"gold silver"`: false, `"Gold"`: false, ``: false, `""`: false, `1`: false, `["gold"]`: false} {
		want := expected()
		want.ACRValues = "gold silver"
		err := issued(t, map[string]string{"acr": acr}).Check(want)
		if ok {
			assert.NoError(t, err, acr)
			continue
		}
		requireClaim(t, err, "acr")
	}
	assert.NoError(t, issued(t, map[string]string{"acr": `"bronze"`}).Check(expected()), "nobody asked")
	want := expected()
	want.ACRValues = " gold  silver"
	requireClaim(t, issued(t, nil).Check(want), "acr") // the space between two spaces is none of them
}

// An organization is asked for by its ID or by its name.
func TestCheckOrganization(t *testing.T) {
	for _, test := range []struct{ asked, id, name, claim string }{
		{"", `"org_1"`, `"acme"`, ""},
		{"org_1", `"org_1"`, ``, ""},
		{"org_1", `"org_2"`, `"org_1"`, "org_id"}, {"org_1", `"ORG_1"`, ``, "org_id"}, {"org_1", ``, `"acme"`, "org_id"}, {"org_1", `["org_1"]`, ``, "org_id"},
		{"Acme", `"org_1"`, `"acme"`, ""}, {"acme", ``, `"ACME"`, ""},
		{"acme", `"acme"`, `"acme2"`, "org_name"}, {"acme", `"org_1"`, ``, "org_name"}, {"acme", ``, `1`, "org_name"},
	} {
		want := expected()
		want.Organization = test.asked
		err := issued(t, map[string]string{"org_id": test.id, "org_name": test.name}).Check(want)
		if test.claim == "" {
			assert.NoError(t, err, "%+v", test)
			continue
		}
		requireClaim(t, err, test.claim)
	}
}

// Core section 12.2: a refreshed token speaks of the same user and the same sign-in.
func TestCheckRefreshed(t *testing.T) {
	for name, test := range map[string]struct {
		with  map[string]string
		claim string // "" where the token is accepted
	}{
		"same":                {nil, ""},
		"nonce absent":        {map[string]string{"nonce": ""}, ""},
		"auth_time absent":    {map[string]string{"auth_time": ""}, ""},
		"new exp and iat":     {map[string]string{"exp": fmt.Sprint(now + 9000), "iat": fmt.Sprint(now + 5)}, ""},
		"another nonce":       {map[string]string{"nonce": `"n2"`}, "nonce"},
		"nonce null":          {map[string]string{"nonce": `null`}, "nonce"},
		"another sub":         {map[string]string{"sub": `"u2"`}, "sub"},
		"sub in another case": {map[string]string{"sub": `"U1"`}, "sub"},
		"no sub":              {map[string]string{"sub": ""}, "sub"},
		"another iss":         {map[string]string{"iss": `"https://evil.test"`}, "iss"},
		"another aud":         {map[string]string{"aud": `"other"`}, "aud"},
		"azp where none was":  {map[string]string{"azp": `"spa"`}, "azp"},
		"another azp":         {map[string]string{"azp": `"other"`}, "azp"},
		"another auth_time":   {map[string]string{"auth_time": fmt.Sprint(now)}, "auth_time"},
		"auth_time not whole": {map[string]string{"auth_time": `"x"`}, "auth_time"},
		// It came a moment ago, so this device's clock is wrong, and a wrong clock ends no session.
		"clock far ahead":     {map[string]string{"exp": fmt.Sprint(now - 9000), "iat": fmt.Sprint(now - 9600)}, ""},
		"clock far behind":    {map[string]string{"exp": fmt.Sprint(now + 9900), "iat": fmt.Sprint(now + 9000)}, ""},
		"ends before it came": {map[string]string{"exp": fmt.Sprint(now - 60)}, "iat"},
		"exp missing":         {map[string]string{"exp": ""}, "exp"},
	} {
		t.Run(name, func(t *testing.T) {
			want := expected()
			want.Previous = issued(t, nil)
			want.MaxAge = 0 // asked for at login; a refresh isn't a new sign-in
			err := issued(t, test.with).Check(want)
			if test.claim == "" {
				require.NoError(t, err)
				return
			}
			requireClaim(t, err, test.claim)
		})
	}
	want := expected()
	want.Previous = issued(t, map[string]string{"auth_time": ""})
	assert.NoError(t, issued(t, nil).Check(want), "an auth_time where none was")
}
