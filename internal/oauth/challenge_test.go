package oauth_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// written is challenges in one plain form: scheme(name=value name=value).
func written(all []oauth.Challenge) string {
	var s strings.Builder
	for i := range all {
		s.WriteString(all[i].Scheme + "(")
		params := all[i].Params()
		for k := 0; k < len(params); k += 2 {
			s.WriteString(params[k] + "=" + params[k+1] + ";")
		}
		s.WriteString(")")
	}
	return s.String()
}

func TestParseChallenges(t *testing.T) {
	for header, want := range map[string]string{
		"":                               "",
		" , ,":                           "",
		"Bearer":                         "Bearer()",
		"Bearer ":                        "Bearer()",
		"Bearer, DPoP":                   "Bearer()DPoP()",
		`Bearer realm="a b"`:             "Bearer(realm=a b;)",
		`Bearer realm = "a" , x=y`:       "Bearer(realm=a;x=y;)",
		`Bearer ERROR="invalid_token"`:   "Bearer(error=invalid_token;)",
		`Bearer error="a, DPoP error=b"`: "Bearer(error=a, DPoP error=b;)",
		`Bearer x="\"\\\a"`:              `Bearer(x="\a;)`,
		`Bearer x=""`:                    "Bearer(x=;)",
		`Negotiate a87421000492aa874209af8bc028==, Bearer error=b`: "Negotiate()Bearer(error=b;)",
		`Negotiate abc=`:      "Negotiate()",
		`Bearer error=, DPoP`: "Bearer()DPoP()", // a token68
		`Basic realm="x", Bearer error="b", error_description="c", DPoP algs="ES256 RS256", error="use_dpop_nonce"`: "Basic(realm=x;)Bearer(error=b;error_description=c;)DPoP(algs=ES256 RS256;error=use_dpop_nonce;)",
		`Bearer error="b",DPoP error="d"`: "Bearer(error=b;)DPoP(error=d;)", // H42
		`Bearer error=b, Bearer error=c`:  "Bearer(error=b;)Bearer(error=c;)",
		"Bearer\terror=b":                 "Bearer(error=b;)",
		"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"": `Newauth(realm=apps;type=1;title=Login to "apps";)Basic(realm=simple;)`,
	} {
		all, err := oauth.ParseChallenges(header)
		require.NoError(t, err, header)
		assert.Equal(t, want, written(all), header)
	}
	for _, header := range []string{
		`Bearer error="b`, `Bearer error="`, `Bearer error="b\`, `Bearer error="b\"`, `"`, `=`, `error=b`, `Bearer a=b, error=`,
		`Bearer error=a, error=b`, `Bearer error=a, ERROR="a"`, `Bearer error="a" DPoP`, `Bearer error="a"b`, `Bearer a b`, `Bearer error a=b`,
		"Bearer error=\"a\nb\"", "Bearer error=\"a\x00b\"", "Bearer error=\"a\x7fb\"", `Bearer (x)`, `B@d`, `Bearer error==b`, `Bearer error="a";x=y`,
		"Bearer error=\"" + strings.Repeat("a", 8192) + "\"", `Bearer error=é`,
	} {
		_, err := oauth.ParseChallenges(header)
		e := requireCode(t, err, oauth.ChallengeMalformed)
		assert.NotEmpty(t, e.Description)
	}
}

func TestReadDemand(t *testing.T) {
	for header, want := range map[string]oauth.Demand{
		"":                             {},
		"Bearer":                       {},
		`Bearer error="invalid_token"`: {Code: "invalid_token"},
		`bEARER error="invalid_token"`: {Code: "invalid_token"},
		`Basic error="invalid_token"`:  {},
		`Bearer error="invalid_token", DPoP error="use_dpop_nonce", algs="ES256"`:        {Code: "use_dpop_nonce"},
		`DPoP error="use_dpop_nonce", Bearer error="invalid_token"`:                      {Code: "use_dpop_nonce"},
		`Bearer error="insufficient_user_authentication", acr_values="a b", max_age="5"`: {Code: "insufficient_user_authentication", ACRValues: "a b", MaxAge: "5"},
		`Bearer error="x", max_age=5, DPoP error="y"`:                                    {Code: "y"},
	} {
		d, err := oauth.ReadDemand(header, "DPoP")
		require.NoError(t, err, header)
		assert.Equal(t, want, *d, header)
	}
	for _, header := range []string{
		`Bearer error="a`, `Bearer error="x", max_age="-1"`, `Bearer error="x", max_age="1.5"`, `Bearer error="x", max_age="12345678901"`,
		`Bearer error="x", acr_values="é"`, `Bearer error="x", acr_values="` + strings.Repeat("a", 501) + `"`, `Bearer error="x", acr_values="\""`,
	} {
		_, err := oauth.ReadDemand(header, "DPoP")
		requireCode(t, err, oauth.ChallengeMalformed)
	}
}

// What is read, written in the plainest way and read again, is the same: nothing of a value has become a challenge, and no parameter another's.
func FuzzChallenges(f *testing.F) {
	for _, seed := range []string{
		`Bearer error="b", DPoP error="d"`, `Negotiate abc==`, `Bearer error="a, DPoP error=b"`, `Bearer x="\"\\"`, `a b=c,d=e, f`, `Bearer error="`, "a\t=b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		all, err := oauth.ParseChallenges(header)
		if err != nil {
			require.Nil(t, all)
			requireCode(t, err, oauth.ChallengeMalformed)
			return
		}
		var again strings.Builder
		for i := range all {
			again.WriteString(all[i].Scheme + " ")
			seen := map[string]bool{}
			params := all[i].Params()
			for k := 0; k < len(params); k += 2 {
				require.False(t, seen[params[k]], "%s twice", params[k])
				seen[params[k]] = true
				require.Equal(t, params[k+1], all[i].Param(params[k]))
				again.WriteString(params[k] + `="` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(params[k+1]) + `",`)
			}
			again.WriteString(",")
		}
		if again.Len() > 8192 {
			return
		}
		same, err := oauth.ParseChallenges(again.String())
		require.NoError(t, err, "%q", again.String())
		require.Equal(t, written(all), written(same))
	})
}
