package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

var (
	anyToken    = oauth.NewSecret("rt")
	anyIDToken  = oauth.NewSecret("a.b.c")
	goodToken   = &Token{Lifetime: time.Hour, Expires: 2 * time.Hour}
	familyNames = [families]string{"", "one", "two"}
	attemptIDs  = func() (ids [64]string) {
		for i := range ids[1:] {
			ids[i+1] = string(rune('0' + i))
		}
		return ids
	}()
)

// record turns e into what decide reads.
func (e entry) into(r *record) *record {
	*r = record{family: familyNames[e.family], gen: int(e.gen), epoch: int(e.epoch), attempt: attempt{id: attemptIDs[e.by], sends: int(e.sends)}}
	if e.token != 0 {
		r.refreshToken = anyToken
	}
	if e.signedIn() {
		r.idToken = anyIDToken
	}
	return r
}

// situation mirrors look. The access tokens of older generations have ended, and every call wants one that is newer than what its page has.
func (x *explorer) situation(s *state, i int) *situation {
	t := &s.tabs[i]
	x.now = situation{
		family: familyNames[t.family], unwanted: t.rec.good == t.haveGen && t.rec.family == t.haveFam, leeway: leeway, now: time.Hour,
		rec: t.rec.into(&x.rec), mark: mark{gen: int(t.mark.gen), sends: int(t.mark.sends), ended: t.mark.ended},
		answer: t.answer, asked: t.asked, probe: t.probe, overdue: t.overdue,
		mine: t.rec.by == t.attempt && t.mark.sends <= t.rec.sends,
	}
	if t.sent != (entry{}) || t.answer != none {
		x.now.sent = t.sent.into(&x.sent)
	}
	if t.rec.good == t.rec.gen {
		x.now.want = goodToken
	}
	return &x.now
}

// carryOut is run's switch.
func (x *explorer) carryOut(s *state, i int, a action) {
	t := &s.tabs[i]
	switch a {
	case adopt:
		if t.answer == none {
			x.done(s, i, gotToken, t.rec)
			return
		}
		if x.mutant == revokeLate && t.answer == granted {
			x.checkRevoke(s, i)
			s.revoked[t.ofFamily] = true
		}
		x.anew(s, i)
	case again:
		x.anew(s, i)
	case ask:
		t.asked, t.at = true, asking
	case probe:
		t.at = probing
	case send:
		t.at = marking
	case commit:
		t.at = committing
	case discard:
		t.leave, t.at = noResult, revoking
	case ended:
		t.leave, t.at = gotLogin, ending
	case over:
		t.leave, t.at = gotRevoked, ending
	case forget:
		t.at = unmarking
	case keep:
		x.done(s, i, gotTrouble, t.rec)
	case uncertain:
		x.checkUncertain(s, i)
		x.done(s, i, gotLogin, t.rec)
	case login:
		x.done(s, i, gotLogin, t.rec)
	default:
		x.fail("an action that the search doesn't know")
	}
}
