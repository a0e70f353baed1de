package vault

// mutant is a fault planted in the protocol, to see that the search finds it.
type mutant byte

const (
	noMutant mutant = iota
	noCompare
	noSecondRead
	lockPerAudience
	evictOn503
	storeAfterSignOut
	noMark
	replayWithoutAsking
	sendAncestor
	revokeLate
	thirdSend
	markWithoutCompare
	sleeperSends
	forgetAnothers
	noGeneration
	judgeByWhatWasSent
	mostMutants
)

var mutantNames = [mostMutants]string{
	"none", "drop the compare-and-set", "drop the second read", "lock per audience", "evict on 503", "store after sign-out", "skip the mark",
	"replay without asking", "send an ancestor", "revoke the late answer of an overtaken holder", "send a third time",
	"mark without compare", "send after having slept", "forget another page's mark", "don't note the new generation", "judge a lost answer by what was sent",
}

// judge is decide, or a mutant of it.
func (x *explorer) judge(s *state, i int) action {
	t, now := &s.tabs[i], x.situation(s, i)
	a := decide(now)
	switch x.mutant {
	case evictOn503:
		if a == forget {
			return over
		}
	case storeAfterSignOut:
		if a == discard {
			return commit
		}
	case replayWithoutAsking:
		if a == ask && t.answer != refused && t.mark.gen <= t.rec.gen {
			now.asked = true
			return decide(now)
		}
	case sendAncestor:
		if now.mark.gen > now.rec.gen {
			now.mark = mark{ended: now.mark.ended}
			return decide(now)
		}
	case thirdSend:
		if a == uncertain || a == keep && t.probe != unreachable {
			return send
		}
	case judgeByWhatWasSent:
		if t.answer == unknown && t.sent.sends < mostSends && !x.moved(t.rec, t.sent) && !t.mark.ended {
			switch t.probe {
			case notProbed:
				return probe
			case reached:
				return send
			}
			return keep
		}
	}
	return a
}
