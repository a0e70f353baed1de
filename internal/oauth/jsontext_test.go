package oauth_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func checkQuote(t *testing.T, s string) {
	quoted := oauth.Quote(s)
	v, err := oauth.ParseJSON(quoted)
	if !utf8.ValidString(s) {
		require.Error(t, err, "%q", s)
		return
	}
	require.NoError(t, err, "%q", s)
	text, ok := v.Text()
	require.True(t, ok)
	require.Equal(t, s, text)
	checkJSON(t, quoted)

	var w oauth.Writer
	w.Str(s, s).Str("last"+s, "x")
	checkJSON(t, w.String())
}

func TestQuoteRoundTrip(t *testing.T) {
	for c := range rune(0x3000) {
		checkQuote(t, string(c))
	}
	for _, s := range []string{"", "a", "\U0010ffff", "\ufffd", `","x":"`, `\`, `\"`, `\u0041`, "\xff", "\xed\xa0\x80", "</script>", "\u2028"} {
		checkQuote(t, s)
	}
	require.NoError(t, quick.Check(func(s string) bool {
		checkQuote(t, s)
		return !t.Failed()
	}, nil))
}

func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "a\"b\\c", "\x00\x1f\x7f", "ä😀", "\xff", `{"a":1}`} {
		f.Add(seed)
	}
	f.Fuzz(checkQuote)
}

func TestWriter(t *testing.T) {
	var w oauth.Writer
	assert.Equal(t, "{}", w.String())
	w.Str("none", "").Int("none", 0).Bool("none", false).Raw("none", "")
	assert.Equal(t, "{}", w.String())
	w.Str("s", `a"b`).Int("min", math.MinInt64).Int("max", math.MaxInt64).Bool("t", true).
		Open("l", "[").Num(oauth.Item, 1).Str(oauth.Item, "x").Open(oauth.Item, "{").Close("}").Open(oauth.Item, "{").Str("in", `\`).Num("n", 0).Close("}").Close("]").Open("o", "{").Close("}").Str(`n"`, "v").Str("", "no name")
	const want = `{"s":"a\"b","min":-9223372036854775808,"max":9223372036854775807,"t":true,"l":[1,"x",{},{"in":"\\","n":0}],"o":{},"n\"":"v","":"no name"}`
	assert.Equal(t, want, w.String())
	checkJSON(t, want)
}

func TestWriterInt(t *testing.T) {
	require.NoError(t, quick.Check(func(n int64, shift uint8) bool {
		n >>= shift % 64
		var w oauth.Writer
		want := "{}"
		if n != 0 {
			want = `{"n":` + strconv.FormatInt(n, 10) + "}"
		}
		return assert.Equal(t, want, w.Int("n", n).String())
	}, nil))
}

func TestWhole(t *testing.T) {
	const refused = math.MinInt64
	for written, want := range map[string]int64{
		"0": 0, "-0": 0, "1": 1, "-1": -1, "10": 10, "1.0": 1, "1.9": 1, "-1.9": -1, "0.9": 0, "-0.9": 0, "0.0": 0,
		"1e3": 1000, "1E+3": 1000, "1.5e3": 1500, "1234e-2": 12, "-1234e-2": -12, "1e-3": 0, "1e0": 1, "1e-0": 1, "0e5": 0, "0.001e3": 1,
		"1e-999999": 0, "0e999999999": 0, "1790000000.123": 1790000000, "1e00000000000000000001": 10,
		"9007199254740991": 1<<53 - 1, "9007199254740992": 1 << 53, "-9007199254740992": -1 << 53, "9007199254740992.5": 1 << 53,
		"9007199254740993": refused, "-9007199254740993": refused, "9.007199254740993e15": refused, "18446744073709551616": refused,
		"1e16": refused, "-1e16": refused, "1e99": refused, "1e400": refused, "1e999999999": refused, "-1e999999999999999999999": refused,
		strings.Repeat("9", 400):                       refused,
		"0." + strings.Repeat("0", 20_000) + "1e20001": refused, // 1, written to wear a reader out
		"1" + strings.Repeat("0", 20_000) + "e-20000":  refused,
		`"1"`: refused, `""`: refused, "true": refused, "null": refused, "[1]": refused, "{}": refused,
	} {
		v, err := oauth.ParseJSON(written)
		require.NoError(t, err, written)
		n, ok := v.Whole()
		if want == refused {
			assert.False(t, ok, "%.40s", written)
			continue
		}
		assert.True(t, ok, written)
		assert.Equal(t, want, n, written)
	}
	_, ok := oauth.Value{}.Whole()
	assert.False(t, ok)
}

// Whole agrees with arithmetic that doesn't round.
func TestWholeLikeBigRat(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	digits := func(most int) string {
		var b []byte
		for range 1 + random.IntN(most) {
			b = append(b, "00123456789"[random.IntN(11)])
		}
		return string(b)
	}
	limit := big.NewInt(1 << 53)
	for range 20_000 {
		written := strings.TrimLeft(digits(18), "0")
		if written == "" {
			written = "0"
		}
		if random.IntN(2) == 0 {
			written += "." + digits(18)
		}
		if random.IntN(2) == 0 {
			written += "e" + strconv.Itoa(random.IntN(40)-20)
		}
		if random.IntN(2) == 0 {
			written = "-" + written
		}
		exact, ok := new(big.Rat).SetString(written)
		require.True(t, ok, written)
		want := new(big.Int).Quo(exact.Num(), exact.Denom())

		v, err := oauth.ParseJSON(written)
		require.NoError(t, err, written)
		n, ok := v.Whole()
		require.Equal(t, want.CmpAbs(limit) <= 0, ok, written)
		if ok {
			require.Equal(t, want.Int64(), n, written)
		}
	}
}
