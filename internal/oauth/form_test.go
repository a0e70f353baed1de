package oauth_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/quick"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// printable reports whether unescape gives s back: it refuses control characters in whatever disguise.
func printable(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c < ' ' || c == 0x7F }) < 0
}

func checkEscape(t *testing.T, s string) {
	escaped := oauth.Escape(s)
	require.Empty(t, strings.Trim(escaped, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%"), "%q", escaped)

	theirs, err := url.QueryUnescape(escaped)
	require.NoError(t, err)
	require.Equal(t, s, theirs, "a server reads something else")

	back, ok := oauth.Unescape(escaped)
	require.Equal(t, printable(s), ok, "%q", s)
	if ok {
		require.Equal(t, s, back)
	}
	back, ok = oauth.Unescape(url.QueryEscape(s)) // which writes a space as +
	require.Equal(t, printable(s), ok, "%q", s)
	if ok {
		require.Equal(t, s, back)
	}
}

func TestEscapeRoundTrip(t *testing.T) {
	for c := range 256 {
		checkEscape(t, string([]byte{byte(c)}))
		checkEscape(t, "a"+string(rune(c))+"b")
	}
	require.NoError(t, quick.Check(func(s string) bool {
		checkEscape(t, s)
		return !t.Failed()
	}, nil))
}

func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "a b", "a+b", "%zz", "ä€😀", "\x00", "\xff\xfe", "code=x&state=y#z"} {
		f.Add(seed)
	}
	f.Fuzz(checkEscape)
}

func TestUnescapeRefuses(t *testing.T) {
	for _, s := range []string{"%", "%4", "%zz", "%4g", "a%", "a;b", "%00", "%0a", "%0D", "%7f", "a\nb", "\x00", "\t"} {
		text, ok := oauth.Unescape(s)
		assert.False(t, ok, "%q", s)
		assert.Empty(t, text, "%q", s)
	}
	text, ok := oauth.Unescape("%41%2b%2B+%3B")
	assert.True(t, ok, "an encoded semicolon separates nothing")
	assert.Equal(t, "A++ ;", text)
}

func TestFormKeepsOrderAndOmitsEmpty(t *testing.T) {
	var f oauth.Form
	assert.Empty(t, f.String())
	f.Add("none", "")
	assert.Empty(t, f.String())
	f.Add("b", "2").Add("none", "").Add("a", "1&c=3").Add("b", "ä")
	assert.Equal(t, "b=2&a=1%26c%3D3&b=%C3%A4", f.String())

	var all, empty oauth.Form
	all.Append(&empty)
	assert.Empty(t, all.String())
	all.Append(&f)
	all.Append(&empty)
	all.Append(&f)
	assert.Equal(t, f.String()+"&"+f.String(), all.String())
}

// Whatever a value holds, it can't become a parameter of its own: returnTo injected OAuth parameters in nextjs-auth0 (CVE-2025-67716).
func TestFormReadsBackWithNetURL(t *testing.T) {
	require.NoError(t, quick.Check(func(name, value, other string) bool {
		var f oauth.Form
		f.Add("first", "1").Add("x"+name, value).Add("last", "z"+other)
		got, err := url.ParseQuery(f.String())
		want := url.Values{"first": {"1"}, "last": {"z" + other}}
		if value != "" {
			want["x"+name] = append(want["x"+name], value)
		}
		return assert.NoError(t, err) && assert.Equal(t, want, got)
	}, nil))
}

func TestWithQuery(t *testing.T) {
	for _, test := range []struct{ endpoint, want string }{
		{"https://as.test/authorize", "https://as.test/authorize?a=1"},
		{"https://as.test/authorize?tenant=7", "https://as.test/authorize?tenant=7&a=1"},
		{"https://as.test", "https://as.test?a=1"},
	} {
		assert.Equal(t, test.want, oauth.WithQuery(test.endpoint, "a=1"))
	}
}
