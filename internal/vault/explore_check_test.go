package vault

import "fmt"

// What must hold, whatever happens. Each check is at the step that could break it, and names the invariant.

func (x *explorer) fail(format string, args ...any) {
	if x.broken == "" {
		x.broken = fmt.Sprintf(format, args...)
	}
}

// checkSend: no token is sent more than twice; a second time only when nobody awaits an answer to the first; and never one whose successor is
// known. What a tab that had lost the lock stores is known too late.
func (x *explorer) checkSend(s *state, i int) {
	t := &s.tabs[i]
	f, gen := t.sent.of, t.sent.token
	if f != t.family {
		x.fail("mixture: a token of family %d is sent for family %d", f, t.family)
	}
	if s.ledger[f][gen] >= mostSends {
		x.fail("sends: a refresh token is sent for the third time")
	}
	for j := range x.tabs {
		if o := &s.tabs[j]; j != i && o.at == sent && !o.overdue && o.ofFamily == f && o.ofGen == gen {
			x.fail("sends: a refresh token is sent while another page awaits the answer to it")
		}
	}
	if s.known[f] > t.sent.gen {
		x.fail("ancestor: a refresh token is sent whose successor is known")
	}
}

// checkStore: a record holds the tokens of one family.
func (x *explorer) checkStore(now entry) {
	if now.of != now.family {
		x.fail("mixture: a token of family %d is stored in the record of family %d", now.of, now.family)
	}
}

// checkReuse: the server may take a request for theft only where the case demands it. The browser sent it twice, or it arrived after its page
// had given it up: no client can help that. Or the server allows no overlap, the outcome of the token's first use was unknown, and this is the
// replay: one of the two that there may be, and the alternative to asking the user at once.
func (x *explorer) checkReuse(s *state, family, gen uint8, stray bool) {
	if !stray && !s.strayed[family] && (x.overlap || s.ledger[family][gen] < mostSends) {
		x.fail("revoked: the server takes a request for theft, and nothing had been lost")
	}
}

// checkRevoke: what came too late is given back only where its family is nobody's any more, or the user has cleared what was stored of it.
func (x *explorer) checkRevoke(s *state, i int) {
	f := s.tabs[i].ofFamily
	if now := x.sees(s, i); !s.marks[f].ended && !s.cleared && now.family == f && now.epoch == s.tabs[i].sent.epoch {
		x.fail("revoked: a page revokes a family that is in use")
	}
}

// checkEnd: a session is ended only when the server, or the user, has ended it, or cleared what was stored of it.
func (x *explorer) checkEnd(s *state, i int) {
	if f := s.tabs[i].family; !s.revoked[f] && !s.marks[f].ended && !s.cleared {
		x.fail("evicted: a session is ended that the server keeps")
	}
}

// checkUncertain: the user is asked only where the token was used twice, or was marked by a page that died before it used it, or where its
// successor is in a page that doesn't answer, or in none. And where a page that had slept wrote to a slow store just before the one that took the
// lock from it did: the later write wins there, and may be of the older token.
func (x *explorer) checkUncertain(s *state, i int) {
	t := &s.tabs[i]
	uses := s.ledger[t.rec.of][t.rec.token] + s.wasted[t.family]
	for j := range x.tabs {
		if o := &s.tabs[j]; o.overdue && o.family == t.family && (o.at == swapping || o.at == sending) {
			uses++ // marked, and never to be sent
		}
	}
	if uses < mostSends && !t.silent && !s.cleared && !s.revoked[t.family] && !(x.kind == copied && s.signedUp) && !s.beside[t.family] {
		x.fail("prompt: the user is asked, though the token could be used")
	}
}

// checkResult: a token is one of the family that the record is of, and not of one that had been signed out of before the call; the user is
// asked to sign in only where the session is over.
func (x *explorer) checkResult(s *state, i int, result uint8, held entry) {
	t := &s.tabs[i]
	f := t.family
	if f == 0 {
		f = t.haveFam
	}
	switch result {
	case gotToken:
		if held.of != held.family || held.good != held.gen {
			x.fail("mixture: a page gets a token that isn't its record's")
		}
		if t.late && s.signedOut[held.family] {
			x.fail("sign-out: a page gets a token of a session that had been signed out of")
		}
	case gotLogin:
		over := s.cleared || f == 0 || held.family != 0 // which is somebody who signs in just now, or who is uncertain
		for f := range s.revoked {
			over = over || s.revoked[f] || s.marks[f].ended || s.signedOut[f]
		}
		if !over {
			x.fail("prompt: the user is asked, though the session lives")
		}
	case gotRevoked:
		if !s.revoked[f] {
			x.fail("prompt: a session is reported as revoked that the server keeps")
		}
	}
}

// checkQuiet: when nothing is under way, no store that is shared has the record of a session that was signed out of. In a slow store a page
// may write before it sees the wipe, and die before it looks at the mark; that record is one that nobody uses, by its mark.
func (x *explorer) checkQuiet(s *state) {
	if x.kind == slow && s.crashed && s.marks[s.shared.family].ended {
		return
	}
	if s.leave.step != 0 || x.kind == copied || !s.signedOut[s.shared.family] {
		return
	}
	for i := range x.tabs {
		if s.tabs[i].at != idle {
			return
		}
	}
	x.fail("sign-out: the record of a session that was signed out of is in the store")
}

// checkLive: from here on nothing goes wrong. Every call that is under way ends, and so does one more in each tab, with a token or with
// login_required; what can be tried again is tried once more.
func (x *explorer) checkLive(s state) {
	x.fair = true
	defer func() { x.fair = false }()
	s.faults = 0
	for i := range x.tabs {
		t := &s.tabs[i]
		t.result, t.calls = noResult, 1
		if t.at != idle && t.at < exchanging {
			t.calls = 2
		}
	}
	for family := range s.stray {
		for gen, n := range s.stray[family] {
			for range n {
				x.serve(&s, uint8(family), uint8(gen), true)
			}
			s.stray[family][gen] = 0
		}
	}
	for range mostRounds {
		h := x.hash(&s)
		if _, known := x.live[h]; known {
			return
		}
		x.live[h] = struct{}{}
		moved := s.leave.step != 0
		if moved {
			x.signOut(&s)
		}
		for i := range x.tabs {
			moved = x.fairly(&s, i) || moved
		}
		if !moved {
			break
		}
	}
	for i := range x.tabs {
		if t := &s.tabs[i]; t.at != idle || t.calls != 0 || t.result != gotToken && t.result != gotLogin {
			x.fail("liveness: tab %d is left with %v", i, *t)
		}
	}
}

// mostRounds is more than three calls take.
const mostRounds = 150

// fairly is tab i's next step on a network that works.
func (x *explorer) fairly(s *state, i int) bool {
	t := &s.tabs[i]
	switch t.at {
	case probing:
		t.probe, t.at = reached, looking
	case asking:
		for j := range x.tabs {
			if x.kind == copied && x.wouldAnswer(s, i, j) {
				x.hear(t, s.tabs[j].own)
			}
		}
		t.own, t.at = s.catchUp(x.kind, t), looking
	case sent:
		switch t.request {
		case onItsWay:
			t.request = x.serve(s, t.ofFamily, t.ofGen, t.overdue)
		case answeredRefused:
			x.answered(t, refused)
		default:
			x.answered(t, granted)
		}
	default:
		return x.act(s, i)
	}
	return true
}
