package oauth_test

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// This file sets our reader beside jsontext, which by default is as strict: no duplicate names, no invalid UTF-8. Where two readers
// disagree about what a text says, one of them can be lied to.

// reference reads src with jsontext.
func reference(src string) (jsontext.Value, bool) {
	decoder := jsontext.NewDecoder(strings.NewReader(src))
	value, err := decoder.ReadValue()
	if err != nil {
		return nil, false
	}
	value = value.Clone()
	_, err = decoder.ReadToken()
	return value, err == io.EOF
}

// children returns the names, where it has any, and the values inside a container.
func children(t *testing.T, container jsontext.Value) (names []string, values []jsontext.Value) {
	decoder := jsontext.NewDecoder(strings.NewReader(string(container)))
	_, err := decoder.ReadToken()
	require.NoError(t, err)
	for k := decoder.PeekKind(); k != '}' && k != ']'; k = decoder.PeekKind() {
		if container.Kind() == '{' {
			name, err := decoder.ReadToken()
			require.NoError(t, err)
			names = append(names, name.String())
		}
		value, err := decoder.ReadValue()
		require.NoError(t, err)
		values = append(values, value.Clone())
	}
	return names, values
}

// within reports whether a value keeps our limits: 32 containers around one another, those without content not counted; 256 members.
func within(t *testing.T, value jsontext.Value, depth int) bool {
	if value.Kind() != '{' && value.Kind() != '[' {
		return true
	}
	names, values := children(t, value)
	if len(values) > 0 && depth == 0 || len(names) > 256 {
		return false
	}
	for _, v := range values {
		if !within(t, v, depth-1) {
			return false
		}
	}
	return true
}

func requireSame(t *testing.T, theirs jsontext.Value, ours oauth.Value) {
	require.Equal(t, string(theirs), ours.Raw())
	kinds := map[jsontext.Kind]oauth.Kind{
		'n': oauth.Null, 't': oauth.Bool, 'f': oauth.Bool, '0': oauth.Number, '"': oauth.String, '[': oauth.Array, '{': oauth.Object,
	}
	require.Equal(t, kinds[theirs.Kind()], ours.Kind())
	require.Equal(t, theirs.Kind() == 't', ours.True())
	switch ours.Kind() {
	case oauth.String:
		text, err := jsontext.AppendUnquote(nil, theirs)
		require.NoError(t, err)
		require.Equal(t, string(text), ours.Str())
	case oauth.Array, oauth.Object:
		names, values := children(t, theirs)
		require.Equal(t, names, ours.Names())
		require.Len(t, ours.Items(), len(values))
		for i, v := range values {
			requireSame(t, v, ours.Items()[i])
			if ours.Kind() == oauth.Object {
				require.Equal(t, ours.Items()[i], ours.Get(names[i]))
			}
		}
	}
}

// checkJSON wants both to accept or both to refuse, and to read the same; only our limits may set us apart.
func checkJSON(t *testing.T, src string) {
	ours, err := oauth.ParseJSON(src)
	theirs, valid := reference(src)
	if err != nil {
		require.Equal(t, oauth.Value{}, ours)
		require.False(t, valid && within(t, theirs, 32), "refused, though valid: %q: %v", src, err)
		return
	}
	require.True(t, valid, "accepted, though invalid: %q", src)
	requireSame(t, theirs, ours)
}

// seeds reads the corpus of FuzzParseJSON.
func seeds(t *testing.T) []string {
	files, err := filepath.Glob("testdata/fuzz/FuzzParseJSON/*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var all []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		_, line, _ := strings.Cut(strings.TrimSpace(string(content)), "\nstring(")
		seed, err := strconv.Unquote(strings.TrimSuffix(line, ")"))
		require.NoError(t, err, file)
		all = append(all, seed)
	}
	return all
}

// TestParseJSONLikeJSONText mutates the corpus at random, always the same way, so that a failure stays one.
func TestParseJSONLikeJSONText(t *testing.T) {
	rounds := 15_000
	if testing.Short() || runtime.GOOS == "js" {
		rounds = 3_000
	}
	corpus := seeds(t)
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	pieces := []string{
		"{", "}", "[", "]", ",", ":", `"`, `\`, "/", "0", "1", "-", "+", ".", "e", "E", " ", "\t", "\n", "\r", "\x00", "\x1f", "\x7f", "\x80", "\xff",
		"null", "true", "false", "nul", "NaN", `"a"`, `"a":`, `{"a":1}`, `[1]`, "[]", "{}", `\u`, `\u0000`, `\u0061`, `\ud83d`, `\ude00`, `\ud83d\ude00`,
		`\uFFFD`, "é", "\ufeff", "\u2028", "😀", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\f", "\v", "\u00a0", "//", "/*", "'", "1e400", "-0", "00", "0x1",
	}
	for range rounds {
		src := pick(corpus)
		for range 1 + random.IntN(4) {
			i := random.IntN(len(src) + 1)
			j := i + random.IntN(min(len(src)-i, 8)+1)
			switch random.IntN(5) {
			case 0:
				src = src[:i] + src[j:]
			case 1:
				src = src[:j] + src[i:]
			case 2:
				src = src[:i] + pick(corpus) + src[j:]
			default:
				src = src[:i] + pick(pieces) + src[j:]
			}
		}
		checkJSON(t, src)
	}
}

func FuzzParseJSON(f *testing.F) {
	f.Fuzz(checkJSON)
}
