package vault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// choice is one row: a pattern over situations, in which "*" stands for every value.
type choice struct {
	signedIn, token, force, moved, refresh, sends string
	want                                          action
}

// beforeSending is what the holder of the lock does, in every situation there is.
var beforeSending = []choice{
	{"out", "*", "*", "*", "*", "*", login},
	{"in", "good", "no", "*", "*", "*", adopt},
	{"in", "good", "force", "moved", "*", "*", adopt},
	{"in", "good", "force", "still", "no", "*", login},
	{"in", "good", "force", "still", "yes", "0", send},
	{"in", "good", "force", "still", "yes", "1", send},
	{"in", "good", "force", "still", "yes", "2", uncertain},
	{"in", "good", "force", "still", "yes", "3", uncertain},
	{"in", "ended", "*", "*", "no", "*", login},
	{"in", "ended", "*", "*", "yes", "0", send},
	{"in", "ended", "*", "*", "yes", "1", send},
	{"in", "ended", "*", "*", "yes", "2", uncertain},
	{"in", "ended", "*", "*", "yes", "3", uncertain},
	{"in", "none", "*", "*", "no", "*", login},
	{"in", "none", "*", "*", "yes", "0", send},
	{"in", "none", "*", "*", "yes", "1", send},
	{"in", "none", "*", "*", "yes", "2", uncertain},
	{"in", "none", "*", "*", "yes", "3", uncertain},
}

func (c choice) matches(values ...string) bool {
	for i, pattern := range []string{c.signedIn, c.token, c.force, c.moved, c.refresh, c.sends} {
		if pattern != "*" && pattern != values[i] {
			return false
		}
	}
	return true
}

func TestDecideBeforeSending(t *testing.T) {
	const now = 1000 * time.Second
	tokens := map[string]*Token{
		"none": nil, "good": {Expires: now + time.Hour, Lifetime: time.Hour}, "ended": {Expires: now + leeway, Lifetime: time.Hour},
	}
	used := make([]bool, len(beforeSending))
	for _, in := range []string{"in", "out"} {
		for token, want := range tokens {
			for _, force := range []string{"force", "no"} {
				for _, moved := range []string{"moved", "still"} {
					for _, refresh := range []string{"yes", "no"} {
						for sends, text := range []string{"0", "1", "2", "3"} {
							values := []string{in, token, force, moved, refresh, text}
							s := &situation{rec: &record{family: "f", gen: 2}, sent: &record{family: "f", gen: 2}, want: want, force: force == "force", leeway: leeway, now: now}
							s.rec.attempt.sends = sends
							if in == "in" {
								s.rec.idToken = oauth.NewSecret("a.b.c")
							}
							if refresh == "yes" {
								s.rec.refreshToken = oauth.NewSecret("rt")
							}
							if moved == "moved" {
								s.sent.gen = 1
							}
							found := -1
							for i, c := range beforeSending {
								if c.matches(values...) {
									require.Equal(t, -1, found, "two rows for %v", values)
									found, used[i] = i, true
								}
							}
							require.NotEqual(t, -1, found, "no row for %v", values)
							assert.Equal(t, beforeSending[found].want, decide(s), "%v", values)
						}
					}
				}
			}
		}
	}
	assert.NotContains(t, used, false, "every row is about something")
}

func TestDecideOnAnAnswer(t *testing.T) {
	sent := record{family: "f", gen: 2, epoch: 1, attempt: attempt{"a", 0, 1}}
	still, rotated, signedOut, another := sent, sent, record{epoch: 2}, record{family: "g", gen: 2, epoch: 1}
	still.attempt.id = "b" // a replay by somebody else changes nothing
	rotated.gen = 3
	for _, row := range []struct {
		answer                             answer
		still, rotated, signedOut, another action
	}{
		{granted, commit, discard, discard, discard},
		{refused, over, adopt, adopt, adopt},
		{failed, forget, adopt, adopt, adopt},
		{unknown, keep, adopt, adopt, adopt},
	} {
		for _, test := range []struct {
			rec  record
			want action
		}{{still, row.still}, {rotated, row.rotated}, {signedOut, row.signedOut}, {another, row.another}} {
			for _, force := range []bool{true, false} { // of no weight here
				assert.Equal(t, test.want, decide(&situation{rec: &test.rec, sent: &sent, answer: row.answer, force: force}), "answer %d", row.answer)
			}
		}
	}
}

func TestGood(t *testing.T) {
	for _, test := range []struct {
		left, lifetime, leeway int // seconds
		want                   bool
	}{
		{61, 3600, 60, true}, {60, 3600, 60, false}, {59, 3600, 60, false}, {0, 3600, 60, false}, {-5, 3600, 60, false},
		{1, 3600, 0, true}, {0, 3600, 0, false}, // 0 means 0
		{60, 60, 60, true}, {31, 60, 60, true}, {30, 60, 60, false}, // shorter than twice the leeway: used for half its life
		{61, 120, 60, true}, {60, 120, 60, false}, {59, 119, 60, false}, {60, 119, 60, true},
		{1, 1, 60, true}, {0, 0, 60, false}, {0, 0, 0, false},
	} {
		token := &Token{Lifetime: time.Duration(test.lifetime) * time.Second, Expires: begin + time.Duration(test.left)*time.Second}
		assert.Equal(t, test.want, token.Good(begin, time.Duration(test.leeway)*time.Second), "%+v", test)
	}
	assert.False(t, (*Token)(nil).Good(0, 0))
}

func TestFind(t *testing.T) {
	token := func(audience, scope, granted string) *Token {
		return &Token{Audience: audience, Scope: scope, Granted: granted}
	}
	wide, narrow, other := token("", "a b c", "a b c"), token("", "a", "a"), token("api", "a b c d", "a b c d")
	narrowed := token("", "x y", "x")
	h := &Held{Tokens: []*Token{wide, narrowed, narrow, other}}
	for _, test := range []struct {
		audience, scope string
		want            *Token
	}{
		{"", "a b c", wide}, {"", "b", wide}, {"", "c a", wide}, {"", "a", narrow}, {"", "d", nil}, {"", "x y", narrowed}, {"", "x", narrowed},
		{"", "y", nil}, {"api", "d", other}, {"api", "x", nil}, {"API", "a", nil}, {"evil", "a", nil},
	} {
		assert.Same(t, test.want, h.Find(test.audience, test.scope), "%s of %s", test.scope, test.audience)
	}
	assert.Nil(t, (&Held{}).Find("", ""))
}

// A wider token that has ended never hides the one just got for less.
func TestFindWhatWasRenewed(t *testing.T) {
	w, v := signedIn(t)
	w.server.answers(grants(nil), grants(nil))
	held, err := v.Renew(&Renew{Scope: "api", Leeway: leeway})
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", held.Find("", "api").Value.Reveal())
	held, err = v.Renew(&Renew{Scope: "api", Leeway: leeway})
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", held.Find("", "api").Value.Reveal())
	assert.Len(t, w.server.used(), 1)
}
