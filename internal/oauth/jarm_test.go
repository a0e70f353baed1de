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

const sealedNow = 1_790_000_000 * time.Second

// sealed is a response that is a JWT with these claims.
func sealed(claims string) string {
	return app + "?response=" + b64(`{"alg":"RS256"}`) + "." + b64(claims) + "." + b64("canary-signature")
}

// claimed are the claims of a good response, with others in the place of some, and without those that are "".
func claimed(with map[string]string) string {
	all := []string{}
	for _, m := range [][2]string{
		{"iss", `"` + issuer + `"`}, {"aud", `"spa"`}, {"exp", "1790000600"}, {"state", `"s1"`}, {"code", `"` + canaryCode + `"`}, {"error", ""},
		{"error_description", ""},
	} {
		value, other := with[m[0]]
		if !other {
			value = m[1]
		}
		if value != "" {
			all = append(all, `"`+m[0]+`":`+value)
		}
	}
	return "{" + strings.Join(all, ",") + "}"
}

func TestSealedResponse(t *testing.T) {
	for name, with := range map[string]map[string]string{
		"plain": nil, "aud a list": {"aud": `["spa"]`}, "exp a minute ago": {"exp": "1789999941"}, "an empty error": {"error": `""`},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := oauth.ParseCallback(sealed(claimed(with)))
			require.NoError(t, err)
			assert.Equal(t, "s1", r.State)
			require.NotNil(t, r.Sealed())
			requireNoCanary(t, fmt.Sprintf("%v %+v %#v", *r, *r, *r))
			code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
			requireCode(t, err, oauth.CallbackInvalid)
			assert.Empty(t, code.Reveal(), "nothing is believed that hasn't been opened")

			require.NoError(t, r.Open(issuer, "spa", sealedNow))
			code, err = r.Accept(&oauth.Metadata{Issuer: issuer, IssParameterSupported: true})
			require.NoError(t, err)
			assert.Equal(t, canaryCode, code.Reveal())
		})
	}
}

func TestSealedRefusal(t *testing.T) {
	r, err := oauth.ParseCallback(sealed(claimed(map[string]string{"code": "", "error": `"access_denied"`, "error_description": `"<b>no"`})))
	require.NoError(t, err)
	require.NoError(t, r.Open(issuer, "spa", sealedNow))
	_, err = r.Accept(&oauth.Metadata{Issuer: issuer})
	assert.Equal(t, " b no", requireCode(t, err, oauth.AccessDenied).Description)
}

func TestSealedResponseRefused(t *testing.T) {
	for name, test := range map[string]struct {
		with map[string]string
		says string
	}{
		"iss another": {map[string]string{"iss": `"https://evil.test"`}, "iss"}, "iss missing": {map[string]string{"iss": ""}, "iss"},
		"iss a list": {map[string]string{"iss": `["` + issuer + `"]`}, "iss"}, "aud another": {map[string]string{"aud": `"other"`}, "aud"},
		"aud missing": {map[string]string{"aud": ""}, "aud"}, "aud empty": {map[string]string{"aud": `[]`}, "aud"},
		"aud of two": {map[string]string{"aud": `["spa","other"]`}, "azp"}, "exp past": {map[string]string{"exp": "1789999940"}, "clock"},
		"exp missing": {map[string]string{"exp": ""}, "exp"}, "exp a text": {map[string]string{"exp": `"1790000600"`}, "exp"},
		"exp 1e400": {map[string]string{"exp": `1e400`}, "exp"}, "code a number": {map[string]string{"code": "5"}, "code"},
		"code with a line break": {map[string]string{"code": `"c\nX: y"`}, "code"}, "code with NUL": {map[string]string{"code": `"\u0000"`}, "code"},
		"code and error": {map[string]string{"error": `"access_denied"`}, "code"}, "neither": {map[string]string{"code": ""}, "code"},
		"both empty":             {map[string]string{"code": `""`, "error": `""`}, "code"},
		"error a list":           {map[string]string{"code": "", "error": `["access_denied"]`}, "error"},
		"description an object":  {map[string]string{"code": "", "error": `"e"`, "error_description": `{}`}, "error_description"},
		"description with a DEL": {map[string]string{"code": "", "error": `"e"`, "error_description": `"\u007f"`}, "error_description"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := oauth.ParseCallback(sealed(claimed(test.with)))
			require.NoError(t, err)
			err = r.Open(issuer, "spa", sealedNow)
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.says)
			assert.False(t, requireCode(t, oauth.JARMFailed(err), oauth.JARMInvalid).Retryable)
			_, err = r.Accept(&oauth.Metadata{Issuer: issuer})
			requireCode(t, err, oauth.CallbackInvalid)
		})
	}
}

func TestParseSealedRefuses(t *testing.T) {
	good := sealed(claimed(nil))
	for name, url := range map[string]string{
		"state missing":   sealed(claimed(map[string]string{"state": ""})),
		"state empty":     sealed(claimed(map[string]string{"state": `""`})),
		"state a number":  sealed(claimed(map[string]string{"state": "1"})),
		"state twice":     sealed(`{"state":"s1","state":"s2"}`),
		"code beside it":  good + "&code=" + canaryCode,
		"error beside it": good + "&error=access_denied",
		"state beside it": good + "&state=s1",
		"iss beside it":   good + "&iss=" + oauth.Escape(issuer),
		"no JWT":          app + "?response=canary",
		"two parts":       app + "?response=a.b",
		"a JWE":           app + "?response=a.b.c.d.e",
		"no signature":    strings.TrimSuffix(good, b64("canary-signature")),
		"padded":          good + "%3D",
		"crit":            app + "?response=" + b64(`{"alg":"RS256","crit":["x"]}`) + "." + b64(claimed(nil)) + ".c2ln",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := oauth.ParseCallback(url)
			requireCode(t, err, oauth.JARMInvalid)
			assert.Equal(t, app, oauth.StripCallback(url), "the address bar is cleaned all the same")
		})
	}
	_, err := oauth.ParseCallback(good + "&response=x.y.z")
	requireCode(t, err, oauth.CallbackInvalid)
}

// What an attacker would like: a code that is taken from a response that isn't the issuer's, this client's, or of now.
func FuzzSealed(f *testing.F) {
	f.Add(claimed(nil))
	f.Add(claimed(map[string]string{"aud": `["spa","x"]`}))
	f.Add(claimed(map[string]string{"code": "", "error": `"access_denied"`}))
	f.Add(`{"iss":"https://as.test","\u0061ud":"spa","exp":1e12,"state":"s","code":"c"}`)
	f.Fuzz(func(t *testing.T, claims string) {
		r, err := oauth.ParseCallback(sealed(claims))
		if err != nil {
			require.Contains(t, []oauth.Code{oauth.JARMInvalid, oauth.ResponseTooLarge}, oauth.AsError(err).Code)
			return
		}
		require.NotEmpty(t, r.State)
		code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
		require.Error(t, err)
		require.Empty(t, code.Reveal())
		if err := r.Open(issuer, "spa", sealedNow); err != nil {
			return
		}
		c := r.Sealed().Claims
		require.Equal(t, issuer, c.Get("iss").Str())
		require.Contains(t, c.Get("aud").Raw(), "spa")
		exp, ok := c.Get("exp").Whole()
		require.True(t, ok && exp > int64((sealedNow-oauth.ClockTolerance)/time.Second))
		require.NotEqual(t, c.Get("code").Str() == "", c.Get("error").Str() == "")
		code, err = r.Accept(&oauth.Metadata{Issuer: issuer})
		require.Equal(t, c.Get("code").Str(), code.Reveal())
		require.Equal(t, c.Get("code").Str() == "", err != nil)
	})
}
