package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

const (
	initiated = "https://app.test/start?iss=https%3A%2F%2Fas.test"
	appOrigin = "https://app.test"
)

func TestParseInitiation(t *testing.T) {
	for address, want := range map[string]oauth.Initiation{
		initiated:                         {},
		initiated + "&login_hint=ada%40x": {LoginHint: "ada@x"},
		initiated + "&target_link_uri=https%3A%2F%2Fapp.test%2Forders%3Fx%3D1%23top": {Target: "/orders?x=1#top"},
		initiated + "&target_link_uri=/orders?to=//x":                                {Target: "/orders?to=//x"},
		initiated + "&target_link_uri=https://app.test":                              {Target: "/"},
		initiated + "&target_link_uri=https://app.test?x":                            {Target: "/?x"},
		initiated + "&target_link_uri=&other=1&%zz=2#&iss=evil":                      {},
	} {
		got, err := oauth.ParseInitiation(address, "https://as.test", appOrigin)
		require.NoError(t, err, address)
		assert.Equal(t, want, *got, address)
	}
}

func TestParseInitiationRefuses(t *testing.T) {
	for address, code := range map[string]oauth.Code{
		"https://app.test/start":                                     oauth.IssuerMismatch,
		"https://app.test/start?login_hint=ada":                      oauth.IssuerMismatch,
		"https://app.test/start?iss=https://as.test/":                oauth.IssuerMismatch,
		"https://app.test/start?iss=https://AS.test":                 oauth.IssuerMismatch,
		"https://app.test/start?iss=https://evil.test":               oauth.IssuerMismatch,
		"https://app.test/start#?iss=https://as.test":                oauth.IssuerMismatch,
		initiated + "&iss=https://as.test":                           oauth.CallbackInvalid,
		initiated + "&login_hint=a&login_hint=b":                     oauth.CallbackInvalid,
		initiated + "&login_hint=a%0Ab":                              oauth.CallbackInvalid,
		initiated + "&target_link_uri=/a&target_link_uri=/b":         oauth.CallbackInvalid,
		initiated + "&target_link_uri=%zz":                           oauth.CallbackInvalid,
		initiated + "&target_link_uri=https://evil.test/":            oauth.RedirectBlocked,
		initiated + "&target_link_uri=http://app.test/":              oauth.RedirectBlocked,
		initiated + "&target_link_uri=https://app.test.evil.test/":   oauth.RedirectBlocked,
		initiated + "&target_link_uri=https://app.test@evil.test/":   oauth.RedirectBlocked,
		initiated + "&target_link_uri=https://app.test:444/":         oauth.RedirectBlocked,
		initiated + "&target_link_uri=//evil.test":                   oauth.RedirectBlocked,
		initiated + "&target_link_uri=https://app.test//evil.test":   oauth.RedirectBlocked,
		initiated + "&target_link_uri=https://app.test/.//evil.test": oauth.RedirectBlocked,
		initiated + "&target_link_uri=/%5Cevil.test":                 oauth.RedirectBlocked,
		initiated + "&target_link_uri=%5C%5Cevil.test":               oauth.RedirectBlocked,
		initiated + "&target_link_uri=https:evil.test":               oauth.RedirectBlocked,
		initiated + "&target_link_uri=javascript:alert(1)":           oauth.RedirectBlocked,
		initiated + "&target_link_uri=orders":                        oauth.RedirectBlocked,
		initiated + "&login_hint=" + strings.Repeat("x", 64<<10):     oauth.ResponseTooLarge,
	} {
		got, err := oauth.ParseInitiation(address, "https://as.test", appOrigin)
		assert.Nil(t, got, address)
		assert.Equal(t, code, oauth.AsError(err).Code, "%.80s: %v", address, err)
		assert.NotContains(t, err.Error(), "evil")
	}
}

// FuzzInitiation: whoever writes the address sends nobody elsewhere, by another parser's reading, however an application joins the path to its
// origin; and never to another issuer.
func FuzzInitiation(f *testing.F) {
	for _, query := range []string{
		"iss=https://as.test", "iss=https://as.test&target_link_uri=/a", "iss=https://as.test&target_link_uri=https://app.test//evil",
		"iss=https://as.test&target_link_uri=/%5Cevil&login_hint=x", "iss=https://as.test&%69ss=x",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got, err := oauth.ParseInitiation("https://app.test/start?"+query, "https://as.test", appOrigin)
		if err != nil {
			require.Nil(t, got)
			return
		}
		raw, _, _ := strings.Cut(query, "#")
		theirs, _ := url.ParseQuery(raw)
		require.Equal(t, []string{"https://as.test"}, nonempty(theirs["iss"]))
		if got.Target == "" {
			return
		}
		require.Equal(t, byte('/'), got.Target[0])
		base, err := url.Parse(appOrigin + "/deep/er")
		require.NoError(t, err)
		for _, way := range []string{got.Target, appOrigin + got.Target} {
			to, err := base.Parse(way)
			if err != nil {
				continue // a broken escape in the path, which a browser takes as it is
			}
			require.Equal(t, appOrigin, to.Scheme+"://"+to.Host, "%q", way)
			require.NotContains(t, to.Path[:1+strings.IndexByte(to.Path[1:]+"/", '/')], `\`)
		}
	})
}

func nonempty(all []string) (rest []string) {
	for _, s := range all {
		if s != "" {
			rest = append(rest, s)
		}
	}
	return rest
}
