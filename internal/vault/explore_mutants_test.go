package vault

import "testing"

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
	sleeperWrites
	forgetAnothers
	noGeneration
	askedForever
	firstAnswerWins
	commitOlder
	mostMutants
)

// mutants say in which small world each of them breaks something.
var mutants = [mostMutants]struct {
	name string
	in   explorer
}{
	noCompare:           {"drop the compare-and-set", explorer{kind: shared, calls: 2, faults: 1, families: 2}},
	noSecondRead:        {"drop the second read", explorer{kind: shared, calls: 2, faults: 1}},
	lockPerAudience:     {"lock per audience", explorer{kind: shared, calls: 1, faults: 0}},
	evictOn503:          {"evict on 503", explorer{kind: shared, calls: 1, faults: 1}},
	storeAfterSignOut:   {"store after sign-out", explorer{kind: shared, calls: 2, faults: 1}},
	noMark:              {"skip the mark", explorer{kind: shared, calls: 2, faults: 2}},
	replayWithoutAsking: {"replay without asking", explorer{kind: slow, calls: 1, faults: 1}},
	sendAncestor:        {"send an ancestor", explorer{kind: copied, calls: 2, faults: 0}},
	revokeLate:          {"revoke the late answer of an overtaken holder", explorer{kind: shared, calls: 1, faults: 1, overlap: true}},
	thirdSend:           {"send a third time", explorer{kind: shared, calls: 2, faults: 2}},
	markWithoutCompare:  {"mark without a compare", explorer{kind: slow, calls: 2, faults: 1}},
	sleeperSends:        {"send after having slept", explorer{kind: shared, calls: 1, faults: 1}},
	sleeperWrites:       {"store the attempt after having slept", explorer{kind: slow, tabs: 3, calls: 1, faults: 2}},
	forgetAnothers:      {"forget another page's mark", explorer{kind: slow, calls: 1, faults: 2}},
	noGeneration:        {"don't note the new generation", explorer{kind: copied, calls: 2, faults: 1}},
	askedForever:        {"don't ask again when somebody has done something since", explorer{kind: copied, calls: 1, faults: 1}},
	firstAnswerWins:     {"take the first page's answer for all there is to know", explorer{kind: copied, tabs: 3, calls: 1, faults: 1, families: 1}},
	commitOlder:         {"commit what is older than what is known", explorer{kind: slow, calls: 2, faults: 1, overlap: true}},
}

// judge is decide, or a mutant of it. The other mutants are in the steps.
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
		if now.mark.gen <= now.rec.gen && (a == uncertain || a == keep && t.probe != unreachable) {
			return send
		}
	case commitOlder:
		if a == adopt && t.answer == granted && !x.moved(t.rec, t.sent) {
			return commit
		}
	}
	return a
}

// One that lives would be a rule that nothing depends on, or an invariant that is missing.
func TestMutantsAreKilled(t *testing.T) {
	if bound() == "quick" {
		t.Skip("too slow here")
	}
	for m := noMutant + 1; m < mostMutants; m++ {
		t.Run(mutants[m].name, func(t *testing.T) {
			x := mutants[m].in
			if x.tabs == 3 && x.faults > 1 && bound() != "full" {
				t.Skip("make model kills it")
			}
			x.mutant, x.tabs, x.families = m, max(x.tabs, 2), max(x.families, 1)
			broken, how := x.search(testing.Verbose())
			if broken == "" {
				t.Fatalf("lives in %d states (%v)", x.states, &x)
			}
			t.Logf("killed after %d states (%v) by %s\n%s", x.states, &x, broken, how)
		})
	}
}
