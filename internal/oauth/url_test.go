package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestCheckURL(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://as.test":                   true,
		"https://as.test/":                  true,
		"https://as.test:8443/oauth2/v1":    true,
		"https://as.test/authorize?p=login": true,
		"https://[2001:db8::1]/":            true,
		"https://as.test/a@b":               true, // no user name: that stands before the path
		"http://localhost":                  true,
		"http://localhost:8080/realms/x":    true,
		"http://app.localhost:3000":         true,
		"http://127.0.0.1:9000/token":       true,
		"http://[::1]:9000/token":           true,
		"http://[::1]/token":                true,

		"":                                       false,
		"https://":                               false,
		"https:///path":                          false,
		"https://?a":                             false,
		"https:as.test":                          false,
		"https:/as.test":                         false,
		"//evil.test/token":                      false,
		"/token":                                 false,
		"as.test":                                false,
		"javascript:alert(1)":                    false,
		"javascript://as.test/%0aalert(1)":       false,
		"data:text/html,x":                       false,
		"blob:https://as.test/1":                 false,
		"ftp://as.test/":                         false,
		"ws://localhost/":                        false,
		"HTTPS://as.test/":                       false, // browsers fold case, comparing issuers doesn't: one spelling is enough
		" https://as.test/":                      false,
		"https://as.test/ ":                      false,
		"https://as.test/\t":                     false,
		"ht\ttps://as.test/":                     false, // browsers drop tabs and line breaks anywhere in a URL
		"https://as.test\n.evil.test/":           false,
		"https://as.test/\x00":                   false,
		"https://as.test/\x7f":                   false,
		`https://as.test\@evil.test/`:            false,
		`https:\\evil.test/`:                     false,
		`https://as.test\evil`:                   false,
		"https://user@as.test/":                  false,
		"https://user:pass@as.test/":             false,
		"https://@as.test/":                      false,
		"https://as.test/#":                      false,
		"https://as.test/#fragment":              false,
		"https://äs.test/":                       false,
		"https://as.test/\u202e":                 false,
		"http://as.test/":                        false,
		"http://localhost.evil.test/":            false,
		"http://evillocalhost/":                  false,
		"http://LOCALHOST:8080/":                 false,
		"http://localhost@evil.test/":            false,
		"http://127.0.0.1.evil.test/":            false,
		"http://127.0.0.2/":                      false,
		"http://127.1/":                          false,
		"http://2130706433/":                     false,
		"http://0.0.0.0/":                        false,
		"http://192.168.0.1/":                    false,
		"http://[::1].evil.test/":                false,
		"http://[::1]evil.test/":                 false,
		"http://[::2]/":                          false,
		"http://[::ffff:127.0.0.1]/":             false,
		"http://localhost" + "." + "/":           false,
		"http://evil.test/?x=http://localhost/":  false,
		"http://evil.test?.localhost":            false,
		"http:// localhost/":                     false,
		"https://evil.test/%00\u0000.as.test/x":  false,
		"view-source:https://as.test/":           false,
		"https://as.test/\\..\\..\\evil":         false,
		"https://as.test/path?redirect=\r\nX: y": false,
	} {
		assert.Equal(t, want, oauth.CheckURL(raw), "%q", raw)
	}
}

// What CheckURL accepts, another parser must accept with the same host: parsers that disagree are how checks are walked around.
func TestCheckURLAgreesWithNetURL(t *testing.T) {
	parts := []string{"https://", "http://", "localhost", "127.0.0.1", "[::1]", "as.test", ":80", "@", "/", "\\", "?", "#", "%2f", ".", "\t", "evil"}
	accepted := 0
	var build func(prefix string, depth int)
	build = func(prefix string, depth int) {
		if oauth.CheckURL(prefix) {
			if parsed, err := url.Parse(prefix); err == nil {
				accepted++
				assert.Nil(t, parsed.User, "%q", prefix)
				assert.Empty(t, parsed.Fragment, "%q", prefix)
				assert.Equal(t, oauth.Origin(prefix), parsed.Scheme+"://"+parsed.Host, "%q", prefix)
				host := parsed.Hostname()
				local := host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "127.0.0.1" || host == "::1"
				assert.True(t, parsed.Scheme == "https" || local, "%q", prefix)
			}
		}
		if depth > 0 {
			for _, p := range parts {
				build(prefix+p, depth-1)
			}
		}
	}
	build("https://", 3)
	build("http://", 3)
	assert.Greater(t, accepted, 100)
}

func TestOrigin(t *testing.T) {
	for raw, want := range map[string]string{
		"https://as.test":               "https://as.test",
		"https://as.test/":              "https://as.test",
		"https://as.test:8443/a/b?c#d":  "https://as.test:8443",
		"https://as.test?a=/":           "https://as.test",
		"http://[::1]:9000/token":       "http://[::1]:9000",
		"http://localhost:1/?x=http://": "http://localhost:1",
	} {
		assert.Equal(t, want, oauth.Origin(raw), "%q", raw)
	}
}

// Every way that is known to name another site, or a script, in what looks like a path.
func TestDestination(t *testing.T) {
	const page = "https://app.test"
	for raw, want := range map[string]string{
		"https://app.test":         "https://app.test",
		"https://other.test/a?b#c": "https://other.test/a?b#c",
		"http://localhost:3000/#/": "http://localhost:3000/#/",
		"/":                        page + "/",
		"/a?b=//c#d":               page + "/a?b=//c#d",
		"/a//evil":                 page + "/a//evil",
		"/..//evil":                page + "/..//evil", // the browser makes app.test//evil of it: whole, it is no path any more

		"":                       "",
		`/\evil`:                 "",
		`\\evil`:                 "",
		`\/evil`:                 "",
		"//evil":                 "",
		"///evil":                "",
		"/\t/evil":               "",
		"\t//evil":               "",
		"/\r\n/evil":             "",
		" //evil":                "",
		"javascript:alert(1)":    "",
		"java\nscript:alert(1)":  "",
		"JavaScript://app.test/": "",
		"data:text/html,x":       "",
		"blob:https://app.test":  "",
		"https:evil":             "",
		"https:/evil":            "",
		`https:\\evil`:           "",
		"https:///evil":          "",
		"https://app.test@evil":  "",
		`https://app.test\@evil`: "",
		"http://app.test":        "",
		"evil":                   "",
		"?a":                     "",
		"#a":                     "",
		".//evil":                "",
	} {
		assert.Equal(t, want, oauth.Destination(raw, page), "%q", raw)
	}
}

func TestCheckScope(t *testing.T) {
	for scope, want := range map[string]bool{
		"": true, "openid": true, "openid profile email": true, "https://api.test/read:all": true, "a!#[]~": true,
		`open"id`: false, `a\b`: false, "a\nb": false, "a\tb": false, "a\x00": false, "a\x7f": false, "ä": false,
	} {
		assert.Equal(t, want, oauth.CheckScope(scope), "%q", scope)
	}
}

func TestHasScopes(t *testing.T) {
	for _, test := range []struct {
		granted, wanted string
		want            bool
	}{
		{"openid profile email", "email openid", true},
		{"openid profile", "openid profile", true},
		{"openid", "", true},
		{"", "", true},
		{"a  b", " b  a ", true},
		{"", "openid", false},
		{"openid profile", "openid email", false},
		{"openid.read", "openid", false},
		{"openid", "openid.read", false},
		{"read:all", "read", false},
		{"openid profile", "openid profile email", false},
		{"OPENID", "openid", false}, // RFC 6749 section 3.3: case-sensitive
	} {
		assert.Equal(t, test.want, oauth.HasScopes(test.granted, test.wanted), "%q in %q", test.wanted, test.granted)
	}
}

func TestCheckOrigin(t *testing.T) {
	const allowed = "https://api.test https://app.test"
	for origin, fits := range map[string]bool{
		"https://api.test": true, "https://app.test": true,
		"": false, " ": false, "null": false, "https://api.test ": false, allowed: false, "https://api": false, "https://API.test": false, "https://api.test:444": false,
	} {
		err := oauth.CheckOrigin(allowed, origin)
		assert.Equal(t, fits, err == nil, origin)
		if !fits {
			assert.Equal(t, oauth.OriginNotAllowed, oauth.AsError(err).Code)
		}
	}
}
