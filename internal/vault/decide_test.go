package vault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// facts are what decide looks at before anything is sent, each with its values.
var facts = []struct {
	name   string
	values []string
}{
	{"session", []string{"in", "out"}},
	{"family", []string{"same", "other"}},
	{"ended", []string{"no", "ended"}},
	{"token", []string{"none", "good", "late"}},
	{"want", []string{"any", "new"}}, // new: the caller has that very token, and can't use it
	{"refresh", []string{"yes", "no"}},
	{"mark", []string{"older", "same", "ahead"}},
	{"sends", []string{"0", "1", "2", "3"}},
	{"asked", []string{"no", "asked"}},
	{"mine", []string{"theirs", "mine"}},
	{"probe", []string{"not", "reached", "cut"}},
	{"waiting", []string{"no", "waiting"}},
	{"lock", []string{"fresh", "overdue"}},
}

// beforeSending is what the holder of the lock does, in every situation there is: the first row that fits. "*" fits every value.
var beforeSending = []struct {
	pattern string
	want    action
}{
	// session family ended token want refresh mark sends asked mine probe waiting lock
	{"out * * * * * * * * * * * *", login},
	{"in other * * * * * * * * * * *", again},
	{"in same ended * * * * * * * * * *", ended},
	{"in same no good any * * * * * * * *", adopt},
	{"in same no * * no * * * * * * *", login}, // a session without a refresh token has no generation to compare
	{"in same no * * yes * * * * * * overdue", again},
	{"in same no * * yes ahead * no * * * fresh", ask},
	{"in same no * * yes ahead * asked * * * fresh", uncertain},
	{"in same no * * yes * * * * * waiting fresh", later},
	{"in same no * * yes * 0 * * * no fresh", send},
	{"in same no * * yes * * no theirs * no fresh", ask},
	{"in same no * * yes * 2 * * * no fresh", uncertain},
	{"in same no * * yes * 3 * * * no fresh", uncertain},
	{"in same no * * yes * 1 * * not no fresh", probe},
	{"in same no * * yes * 1 * * cut no fresh", keep},
	{"in same no * * yes * 1 * * reached no fresh", send},
}

func fits(pattern string, values []string) bool {
	for i, p := range strings.Fields(pattern) {
		if p != "*" && p != values[i] {
			return false
		}
	}
	return true
}

// everySituation calls visit with every combination of facts.
func everySituation(values []string, visit func(values []string)) {
	if len(values) == len(facts) {
		visit(values)
		return
	}
	for _, value := range facts[len(values)].values {
		everySituation(append(values, value), visit)
	}
}

func situationOf(values []string) *situation {
	const now = 1000 * time.Second
	is := func(i int, value string) bool { return values[i] == value }
	sends := int(values[7][0] - '0')
	s := &situation{
		family: "f", rec: &record{family: "f", gen: 2}, leeway: leeway, now: now,
		mark: mark{ended: is(2, "ended")}, unwanted: !is(4, "any"), asked: is(8, "asked"), mine: is(9, "mine"), waiting: is(11, "waiting"),
		overdue: is(12, "overdue"),
	}
	if is(0, "in") {
		s.rec.idToken = oauth.NewSecret("a.b.c")
	}
	if is(1, "other") {
		s.family = "g"
	}
	switch values[3] {
	case "good":
		s.want = &Token{Expires: now + time.Hour, Lifetime: time.Hour}
	case "late":
		s.want = &Token{Expires: now + leeway, Lifetime: time.Hour}
	}
	if is(5, "yes") {
		s.rec.refreshToken = oauth.NewSecret("rt")
	}
	switch values[6] {
	case "older": // says nothing of the token that stands here
		s.mark.gen, s.mark.sends, s.rec.attempt.sends = 1, 9, sends
	case "same": // the greater of the two counts
		s.mark.gen, s.mark.sends = 2, sends
	case "ahead":
		s.mark.gen, s.rec.attempt.sends = 3, sends
	}
	switch values[10] {
	case "reached":
		s.probe = reached
	case "cut":
		s.probe = unreachable
	}
	return s
}

func TestDecideBeforeSending(t *testing.T) {
	used := make([]bool, len(beforeSending))
	everySituation(nil, func(values []string) {
		for i, row := range beforeSending {
			if fits(row.pattern, values) {
				used[i] = true
				if got := decide(situationOf(values)); got != row.want {
					assert.Equal(t, row.want, got, "%v", values)
				}
				return
			}
		}
		assert.Fail(t, "no row", "%v", values)
	})
	assert.NotContains(t, used, false, "every row is about something")
}

func TestDecideOnAnAnswer(t *testing.T) {
	sent := record{family: "f", gen: 2, epoch: 1, attempt: attempt{"a", 0, 1}}
	twice := sent
	twice.attempt.sends = 2
	rotated, signedOut, another := sent, record{epoch: 2}, record{family: "g", gen: 2, epoch: 1}
	rotated.gen = 3
	counted := sent
	counted.epoch = 2
	over1, cut, tried := mark{ended: true}, unreachable, reached
	for name, test := range map[string]struct {
		sent, now record
		mark      mark
		asked     bool
		probe     reach
		want      [4]action // granted, refused, failed, unknown
	}{
		"first":                 {sent: sent, now: sent, want: [4]action{commit, ask, forget, probe}},
		"first, asked":          {sent: sent, now: sent, asked: true, want: [4]action{commit, over, forget, probe}},
		"first, cut off":        {sent: sent, now: sent, probe: cut, want: [4]action{commit, ask, forget, keep}},
		"first, in reach":       {sent: sent, now: sent, probe: tried, want: [4]action{commit, ask, forget, send}},
		"second":                {sent: twice, now: twice, probe: tried, want: [4]action{commit, ask, forget, keep}},
		"a sibling rotated":     {sent: sent, now: rotated, want: [4]action{adopt, adopt, adopt, adopt}},
		"signed out here":       {sent: sent, now: signedOut, want: [4]action{discard, adopt, adopt, adopt}},
		"signed out, by count":  {sent: sent, now: counted, want: [4]action{discard, adopt, adopt, adopt}},
		"signed out in a copy":  {sent: sent, now: sent, mark: over1, want: [4]action{discard, ended, ended, ended}},
		"signed out everywhere": {sent: sent, now: signedOut, mark: over1, want: [4]action{discard, ended, ended, ended}},
		"overtaken once":        {sent: sent, now: sent, mark: mark{gen: 3}, want: [4]action{commit, ask, forget, ask}},
		"overtaken, and used":   {sent: sent, now: sent, mark: mark{gen: 3, sends: 1}, want: [4]action{adopt, adopt, adopt, adopt}},
		"overtaken twice":       {sent: sent, now: sent, mark: mark{gen: 4}, want: [4]action{adopt, adopt, adopt, adopt}},
		"replayed by another":   {sent: sent, now: sent, mark: mark{gen: 2, sends: 2}, want: [4]action{commit, ask, forget, keep}},
		"another login":         {sent: sent, now: another, want: [4]action{discard, adopt, adopt, adopt}},
	} {
		for i, answer := range []answer{granted, refused, failed, unknown} {
			for _, unwanted := range []bool{true, false} { // of no weight here
				s := &situation{family: "f", rec: &test.now, sent: &test.sent, mark: test.mark, asked: test.asked, probe: test.probe, mine: true, answer: answer, unwanted: unwanted}
				assert.Equal(t, test.want[i], decide(s), "%s: answer %d", name, answer)
			}
		}
	}
}

// Trouble that another call met while this one's answer was lost says nothing of this one's.
func TestDecideOnAnAnswerWhileWaiting(t *testing.T) {
	rec := &record{family: "f", gen: 2, attempt: attempt{"a", 0, 1}}
	s := &situation{family: "f", rec: rec, sent: rec, mine: true, answer: unknown, waiting: true}
	assert.Equal(t, keep, decide(s))
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
