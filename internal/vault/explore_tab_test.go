package vault

// act carries out tab i's next step, if it has one that depends on nobody else. It mirrors rotate.go; each case names the function whose
// step it is, and ends where that function waits.
func (x *explorer) act(s *state, i int) bool {
	if !x.step(s, i) {
		return false
	}
	for x.kind == slow && synchronous[s.tabs[i].at] {
		x.step(s, i)
	}
	return true
}

// synchronous are the steps that a page takes without a wait where its store needs none: one task of the browser.
var synchronous = [settling + 1]bool{
	swapping: true, sending: true, committing: true, publishing: true, forgetting: true, wiping: true, introducing: true,
}

func (x *explorer) step(s *state, i int) bool {
	t := &s.tabs[i]
	switch t.at {
	case idle: // Renew
		if t.calls == 0 || s.leave.step != 0 && int(s.leave.tab) == i {
			return false
		}
		t.at = starting
		t.late = s.signedOut[x.sees(s, i).family]
	case starting: // renew, up to the lock
		seen := x.sees(s, i)
		if !seen.signedIn() {
			x.done(s, i, gotLogin, seen)
			return true
		}
		t.family, t.at, t.rec = seen.family, waiting, entry{}
		if x.mutant == noSecondRead {
			t.rec = seen
		}
	case waiting: // renew: v.Locks.Lock
		if s.locks[t.family] != 0 && x.mutant != lockPerAudience {
			return false
		}
		s.locks[t.family] = uint8(i + 1)
		t.at = looking
	case looking: // look: v.records.load
		if x.mutant != noSecondRead || t.answer != none {
			t.rec = x.sees(s, i)
		}
		t.at = judging
	case judging: // look: v.noted, and run up to the next wait
		if m := s.marks[t.family]; m != t.mark {
			t.mark, t.asked = m, t.asked && x.mutant == askedForever
		}
		x.carryOut(s, i, x.judge(s, i))
	case marking: // send: v.note
		t.before = entry{by: t.rec.by, sends: uint8(x.situation(s, i).sends())}
		if x.mutant == noMark {
			t.at = swapping
			return true
		}
		if s.marks[t.family] != t.mark && x.mutant != markWithoutCompare {
			t.at = looking
			return true
		}
		s.marks[t.family] = stamp{gen: t.rec.gen, sends: t.before.sends + 1}
		t.at = swapping
	case swapping: // send: x.expired, v.records.swap
		now := x.sees(s, i)
		if x.moved(now, t.rec) || t.overdue && x.mutant != sleeperWrites {
			s.wasted[t.family]++
			t.at = looking
			return true
		}
		t.sequence = (t.sequence + 1) % 8
		t.attempt = uint8(1 + i*8 + int(t.sequence))
		if x.mutant != noMark {
			now.by, now.sends = t.attempt, t.before.sends+1
			x.store(s, i, now)
		}
		t.sent, t.at = now, sending
	case sending: // send: x.expired, v.post
		if t.overdue && x.mutant != sleeperSends {
			s.wasted[t.family]++
			t.at = looking
			return true
		}
		x.checkSend(s, i)
		s.ledger[t.sent.of][t.sent.token]++
		t.ofFamily, t.ofGen, t.request, t.at = t.sent.of, t.sent.token, onItsWay, sent
	case committing: // commit: v.records.swap
		now := x.sees(s, i)
		if x.moved(now, t.sent) && x.mutant != storeAfterSignOut {
			t.at = looking
			return true
		}
		now.gen, now.by, now.sends = now.gen+1, 0, 0
		if x.mutant == storeAfterSignOut {
			now = entry{family: t.sent.family, gen: t.sent.gen + 1, epoch: now.epoch, good: t.sent.good}
		}
		now.token, now.of = t.brought, t.ofFamily
		x.checkStore(now)
		x.store(s, i, now)
		if !t.overdue && x.kind != copied {
			s.known[t.family] = max(s.known[t.family], now.gen)
		}
		t.rec, t.at = now, publishing
	case publishing: // accept: v.records.swap
		now := x.sees(s, i)
		if x.moved(now, t.rec) {
			t.at = looking
			return true
		}
		now.good = now.gen
		x.store(s, i, now)
		t.rec, t.at = now, raising
	case raising: // settle: v.raise; finish comes before the revocation there, which changes nothing for anybody else
		if !t.overdue {
			s.known[t.family] = max(s.known[t.family], t.rec.gen)
		}
		m := &s.marks[t.family]
		switch {
		case m.ended && x.mutant != storeAfterSignOut:
			t.sent, t.at, t.leave = t.rec, revoking, gotLogin
			return true
		case x.mutant == noGeneration, m.ended:
		case m.gen < t.rec.gen:
			*m = stamp{gen: t.rec.gen}
		}
		x.done(s, i, gotToken, t.rec)
	case revoking: // discard: v.revoke, by any token of the family (RFC 7009 section 2.1)
		x.checkRevoke(s, i)
		s.revoked[t.ofFamily] = true
		t.answer, t.at = none, ending
	case ending: // finish: v.raise
		x.checkEnd(s, i)
		s.marks[t.family] = stamp{ended: true}
		t.at = wiping
	case wiping: // finish: v.records.update; run goes on or ends
		now := x.sees(s, i)
		if now.family == t.family {
			now = entry{epoch: now.epoch + 1}
			x.store(s, i, now)
		}
		if t.leave == noResult {
			t.at = looking
			return true
		}
		x.done(s, i, t.leave, now)
	case unmarking: // forget: v.note
		m := &s.marks[t.family]
		if x.mutant != forgetAnothers && (*m != t.mark || m.gen != t.sent.gen || m.sends != t.sent.sends) {
			x.done(s, i, gotTrouble, t.rec)
			return true
		}
		*m = stamp{gen: t.sent.gen, sends: t.before.sends}
		s.ledger[t.ofFamily][t.ofGen]--
		t.at = forgetting
		s.halfForgotten(i)
	case forgetting: // forget: v.records.swap
		now := x.sees(s, i)
		if !x.moved(now, t.sent) {
			now.by, now.sends = t.before.by, t.before.sends
			x.store(s, i, now)
		}
		x.done(s, i, gotTrouble, now)
	case exchanging: // Exchange: v.records.update
		now := x.sees(s, i)
		if now.epoch != t.rec.epoch {
			s.revoked[2] = true
			t.at, t.rec = idle, entry{}
			return true
		}
		x.store(s, i, entry{family: 2, gen: 1, epoch: now.epoch, token: 1, of: 2})
		s.newest[2] = 1
		t.rec, t.at = x.sees(s, i), introducing
	case introducing: // Exchange: accept
		now := x.sees(s, i)
		if now.moved(t.rec) {
			t.at, t.rec = idle, entry{}
			return true
		}
		now.good = 1
		x.store(s, i, now)
		t.at, t.rec = settling, now
	case settling: // Exchange: settle
		if s.marks[2].ended {
			if now := x.sees(s, i); now.family == 2 {
				x.store(s, i, entry{epoch: now.epoch + 1})
			}
			s.revoked[2] = true
		} else {
			s.marks[2].gen = max(s.marks[2].gen, 1)
			t.haveFam, t.haveGen = 2, 1
		}
		t.at, t.rec = idle, entry{}
	default:
		return false
	}
	return true
}

// moved is the compare of every compare-and-set.
func (x *explorer) moved(now, from entry) bool {
	return now.moved(from) && x.mutant != noCompare
}
