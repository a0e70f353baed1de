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

func TestValue(t *testing.T) {
	const src = ` {"s" : "a\u00e9\n", "n":-1.5e2 ,"t":true,"f":false,"z":null,"a":[1,"x",[],{}],"o":{"k":{"k":1}},"":"empty name"} `
	v, err := oauth.ParseJSON(src)
	require.NoError(t, err)
	assert.Equal(t, oauth.Object, v.Kind())
	assert.Equal(t, strings.TrimSpace(src), v.Raw())
	assert.Equal(t, []string{"s", "n", "t", "f", "z", "a", "o", ""}, v.Names())
	assert.Len(t, v.Items(), 8)

	text, ok := v.Get("s").Text()
	assert.True(t, ok)
	assert.Equal(t, "aé\n", text)
	assert.Equal(t, `"a\u00e9\n"`, v.Get("s").Raw())
	assert.Equal(t, "-1.5e2", v.Get("n").Raw())
	assert.Equal(t, oauth.Number, v.Get("n").Kind())
	assert.True(t, v.Get("t").True())
	assert.False(t, v.Get("f").True())
	assert.Equal(t, oauth.Bool, v.Get("f").Kind())
	assert.Equal(t, oauth.Null, v.Get("z").Kind())
	assert.Equal(t, "empty name", v.Get("").Str())
	assert.Equal(t, `{"k":1}`, v.Get("o").Get("k").Raw())
	items := v.Get("a").Items()
	require.Len(t, items, 4)
	assert.Equal(t, "x", items[1].Str())
	assert.Equal(t, oauth.Array, items[2].Kind())
	assert.Equal(t, "[]", items[2].Raw())
	assert.Equal(t, oauth.Object, items[3].Kind())

	// What isn't there, or is of another type, answers with nothing; absent and null stay apart.
	for _, missing := range []oauth.Value{v.Get("S"), v.Get("s\x00"), v.Get("s").Get("s"), v.Get("a").Get("0"), v.Get("missing").Get("x"), {}} {
		assert.Equal(t, oauth.Missing, missing.Kind())
		assert.Empty(t, missing.Raw())
	}
	for _, name := range []string{"n", "t", "z", "a", "o", "missing"} {
		text, ok := v.Get(name).Text()
		assert.False(t, ok, name)
		assert.Empty(t, text, name)
		assert.Empty(t, v.Get(name).Str(), name)
	}
	assert.False(t, v.Get("s").True())
	text, ok = v.Get("missing").Text()
	assert.False(t, ok)
	assert.Empty(t, text)
}

func TestTrueIsOnlyTheLiteral(t *testing.T) {
	v, err := oauth.ParseJSON(`["true",1,[true],{"true":true},null,false]`)
	require.NoError(t, err)
	for _, item := range v.Items() {
		assert.False(t, item.True(), item.Raw())
	}
}

func nested(open, inner, end string, depth int) string {
	return strings.Repeat(open, depth) + inner + strings.Repeat(end, depth)
}

// The goroutine stacks of the shipped build are 8 KB; how deep a text nests is the attacker's choice.
func TestParseJSONDepth(t *testing.T) {
	for name, at := range map[string]func(depth int) string{
		"arrays":  func(depth int) string { return nested("[", "1", "]", depth) },
		"objects": func(depth int) string { return nested(`{"a":`, "1", "}", depth) },
		"both": func(depth int) string {
			return nested(`[{"a":`, strings.Repeat("[", depth%2)+"1"+strings.Repeat("]", depth%2), "}]", depth/2)
		},
	} {
		_, err := oauth.ParseJSON(at(32))
		require.NoError(t, err, name)
		for _, depth := range []int{33, 10_000, 200_000} {
			_, err = oauth.ParseJSON(at(depth))
			require.ErrorContains(t, err, "nested", "%s %d", name, depth)
			_, err = oauth.ParseJSON(at(depth)[:depth]) // never closed
			require.Error(t, err, "%s %d", name, depth)
		}
	}
}

func TestParseJSONMembers(t *testing.T) {
	object := func(n int) string {
		var m []string
		for i := range n {
			m = append(m, fmt.Sprintf(`"m%d":%d`, i, i))
		}
		return "{" + strings.Join(m, ",") + "}"
	}
	v, err := oauth.ParseJSON(object(256))
	require.NoError(t, err)
	assert.Equal(t, "255", v.Get("m255").Raw())
	_, err = oauth.ParseJSON(object(257))
	require.ErrorContains(t, err, "too many members")

	v, err = oauth.ParseJSON("[" + object(256) + strings.Repeat(","+object(3), 1000) + "]")
	require.NoError(t, err, "the limit is each object's own, and arrays have none")
	assert.Len(t, v.Items(), 1001)
}

// Wide and deep at once, with a long value before every name: a reader that walks back over values takes seconds here.
func TestParseJSONTakesLinearTime(t *testing.T) {
	src := `"` + strings.Repeat("x", 440<<10) + `"`
	for range 32 {
		var members strings.Builder
		for i := range 255 {
			fmt.Fprintf(&members, `,"%x":0`, i)
		}
		src = `{"k":` + src + members.String() + `}`
	}
	require.Less(t, len(src), oauth.MaxResponse)
	start := time.Now()
	_, err := oauth.ParseJSON(src)
	require.NoError(t, err)
	assert.Less(t, time.Since(start), 2*time.Second)
}

func TestParseJSONErrorsQuoteNothing(t *testing.T) {
	good := `{"access_token":"` + canaryAccess + `","x":[1,{"y":null}]}`
	for cut := range len(good) {
		_, err := oauth.ParseJSON(good[:cut])
		require.Error(t, err, good[:cut])
		requireClean(t, err)
		var syntax oauth.SyntaxError
		require.ErrorAs(t, err, &syntax)
	}
}
