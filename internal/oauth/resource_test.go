package oauth_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestTarget(t *testing.T) {
	for _, test := range []struct {
		audience  string
		resources []string
		refresh   url.Values // what a refresh request says that isn't for what the login asked for
		named     string
	}{
		{"", nil, url.Values{}, ""},
		{"my api", nil, url.Values{"audience": {"my api"}}, "my api"},
		{"", []string{"https://a.test/x?y=1&z"}, url.Values{"resource": {"https://a.test/x?y=1&z"}}, "https://a.test/x?y=1&z"},
		{"api", []string{"https://a.test", "urn:b"}, url.Values{"audience": {"api"}, "resource": {"https://a.test", "urn:b"}}, "api https://a.test urn:b"},
	} {
		target := oauth.Target(test.audience, test.resources)
		assert.Equal(t, test.named, oauth.Named(target))
		assert.Equal(t, test.refresh, targetOf(t, target))
		own := url.Values{}
		if test.resources != nil {
			own["resource"] = test.resources
		}
		assert.Equal(t, own, targetOf(t, oauth.OwnTarget(target)), "the audience goes without saying")
	}
}

// targetOf is what a refresh request says of a target.
func targetOf(t testing.TB, target string) url.Values {
	form, err := url.ParseQuery(oauth.RefreshRequest("spa", oauth.NewSecret("r"), "", target))
	require.NoError(t, err)
	for _, name := range []string{"grant_type", "client_id", "refresh_token"} {
		form.Del(name)
	}
	return form
}

func TestCheckResource(t *testing.T) {
	for _, good := range []string{"https://api.test", "https://api.test/a?b=c%23", "urn:api", "http://localhost:1/", "x:y"} {
		assert.True(t, oauth.CheckResource(good), good)
	}
	for _, bad := range []string{"", "/api", "api", ":", ":x", "https:", "https://api.test/#", "https://api.test#x", "urn:a b", "urn:a\nb", "urn:\x00", "urn:\u00e9", "urn:\x7f"} {
		assert.False(t, oauth.CheckResource(bad), "%q", bad)
	}
}

// What an attacker would like: to be given the token of another API, because two requests have one name.
func FuzzTarget(f *testing.F) {
	f.Add("api", "https://a.test", "https://b.test", "api", "https://a.test https://b.test", "")
	f.Add("", "urn:a", "", "urn:a", "", "")
	f.Add("a urn:b", "", "", "a", "urn:b", "")
	f.Fuzz(func(t *testing.T, a1, r1, s1, a2, r2, s2 string) {
		read := func(audience, r, s string) (string, []string, bool) {
			resources := slices.DeleteFunc([]string{r, s}, func(uri string) bool { return uri == "" })
			return oauth.Target(audience, resources), resources, oauth.CheckAudience(audience) && !slices.ContainsFunc(resources, func(uri string) bool { return !oauth.CheckResource(uri) })
		}
		t1, rs1, ok1 := read(a1, r1, s1)
		t2, rs2, ok2 := read(a2, r2, s2)
		if !ok1 || !ok2 {
			return
		}
		require.Equal(t, t1 == t2, a1 == a2 && slices.Equal(rs1, rs2), "%q %q", t1, t2)
		said := targetOf(t, t1)
		require.Equal(t, a1, said.Get("audience"))
		require.True(t, slices.Equal(rs1, said["resource"]), "%q of %q", said, t1)
		require.NotContains(t, oauth.Named(t1), "\n")
		require.Empty(t, targetOf(t, oauth.OwnTarget(t1)).Get("audience"))
		require.False(t, strings.HasPrefix(oauth.OwnTarget(t1), a1) && a1 != "")
	})
}
