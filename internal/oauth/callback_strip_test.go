package oauth_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestStripCallback(t *testing.T) {
	for raw, want := range map[string]string{
		"":                            "",
		app:                           app,
		app + "?":                     app,
		app + "#/settings":            app + "#/settings",
		app + "?code=c&state=s":       app,
		app + "?code=c&state=s#/x?y":  app + "#/x?y",
		app + "?a=1&code=c&b=2":       app + "?a=1&b=2",
		app + "?code=c&a=1&state=s":   app + "?a=1",
		app + "?a&b=&c=d=e&code=c":    app + "?a&b=&c=d=e",
		app + "?a=%41+b&iss=i":        app + "?a=%41+b",
		app + "?%63ode=c&a=1":         app + "?a=1",
		app + "?code&state&a":         app + "?a",
		app + "?code=c&code=d&a=1":    app + "?a=1",
		app + "?a=1&&b=2&state=s&":    app + "?a=1&b=2",
		app + "?&code=c":              app,
		app + "?%zz=1&a=%zz&code=c":   app + "?%zz=1&a=%zz",
		app + "?CODE=c&code_=d":       app + "?CODE=c&code_=d",
		app + "?a=1#code=fragment":    app + "?a=1",
		app + "?code=c#code=fragment": app,
		app + "#access_token=t&x=1":   app,
		app + "#x&id_token=t":         app,
		app + "#response=j":           app,
		app + "#/a?code=c":            app + "#/a?code=c", // a router's: no response looks like this
		app + "#state=s":              app + "#state=s",
		app + "#error=e":              app + "#error=e",
		app + "#error=e&state=s":      app,
		app + "#":                     app + "#",
		app + "?error=e&error_description=d&error_uri=u&session_state=x&response=r&iss=i": app,
	} {
		assert.Equal(t, want, oauth.StripCallback(raw), "%q", raw)
		assert.Equal(t, want, oauth.StripCallback(want), "%q twice", raw)
	}
}

// A link of two megabytes, which browsers allow, must not freeze the page that cleans its address bar.
func TestStripCallbackIsLinear(t *testing.T) {
	long := app + "?" + strings.Repeat("a&", 1<<20) + "code=" + canaryCode
	start := time.Now()
	stripped := oauth.StripCallback(long)
	assert.Less(t, time.Since(start), 10*time.Second)
	assert.Len(t, stripped, len(app)+1+2<<20-1)
	requireNoCanary(t, stripped)
}

// params returns the parameters of a raw query as they are written, the response's own left out.
func params(query string) []string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		switch decoded, err := url.QueryUnescape(name); {
		case pair == "":
		case err != nil || strings.Contains(name, ";"):
			kept = append(kept, pair)
		default:
			switch decoded {
			case "code", "state", "iss", "error", "error_description", "error_uri", "session_state", "response":
			default:
				kept = append(kept, pair)
			}
		}
	}
	return kept
}

// split is what a browser makes of a URL's text, as far as it concerns us.
func split(raw string) (before, query, fragment string) {
	before, fragment, hash := strings.Cut(raw, "#")
	if hash {
		fragment = "#" + fragment
	}
	before, query, _ = strings.Cut(before, "?")
	return before, query, fragment
}

// answers reports whether a fragment looks like a response.
func answers(fragment string) bool {
	names := map[string]bool{}
	for pair := range strings.SplitSeq(strings.TrimPrefix(fragment, "#"), "&") {
		name, _, _ := strings.Cut(pair, "=")
		names[name] = true
	}
	return names["code"] || names["access_token"] || names["id_token"] || names["response"] || names["error"] && names["state"]
}

func FuzzCallback(f *testing.F) {
	for _, seed := range []string{
		"", "?", "#", "?#", "#?", "&", app + "?code=c&state=s", app + "?code=c&state=s&iss=i#/x", app + "?a=1&&b&code=%zz&state=%00",
		app + "?error=e&error_description=%3Cb%3E&state=s", app + "#access_token=a&state=s", app + "?code=a;state=b", "?code==&=&state===",
		"?&a", "?a&", "?0&&", "?%", "?%4&%=%&%zz=%zz", "?iss=&iss=&code=c&state=s", "?c%6fde=1&code=2&state=%73", "?\x00=\xff#\xfe",
		"#code=c&state=s", "?a=1#error=e&state=s&iss=i", "?state=s#code=c", "?code=c&state=s#error=e&state=s",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := oauth.ParseCallback(raw)
		if err == nil {
			require.NotEmpty(t, r.State)
			_, query, fragment := split(raw)
			require.Equal(t, answers(fragment), r.InFragment)
			if r.InFragment {
				require.Len(t, params(query), len(strings.FieldsFunc(query, func(c rune) bool { return c == '&' })), "a part of the answer in each place")
				_, err := oauth.ParseCallback("?" + strings.ReplaceAll(fragment[1:], "#", "%23"))
				require.NoError(t, err, "what is right there is right in a query")
			}
			code, err := r.Accept(&oauth.Metadata{Issuer: issuer})
			require.Equal(t, err == nil, code.Reveal() != "", "a code or an error, never both or neither")
		} else {
			require.IsType(t, &oauth.Error{}, err)
		}

		stripped := oauth.StripCallback(raw)
		require.Equal(t, stripped, oauth.StripCallback(stripped), "cleaning what is clean changes nothing")
		before, query, fragment := split(raw)
		strippedBefore, strippedQuery, strippedFragment := split(stripped)
		require.Equal(t, before, strippedBefore)
		require.False(t, answers(strippedFragment))
		require.True(t, strippedFragment == fragment || answers(fragment), "the application's fragment stays")
		require.Equal(t, params(query), params(strippedQuery), "the application's parameters stay as they were")
		for pair := range strings.SplitSeq(strippedQuery, "&") {
			if pair != "" {
				require.Len(t, params(pair), 1, "a response parameter stayed: %q", pair)
			}
		}
		_, err = oauth.ParseCallback(stripped)
		require.Error(t, err, "a cleaned URL is no callback any more")
	})
}
