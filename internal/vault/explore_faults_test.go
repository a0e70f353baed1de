package vault

// Everything that others do: the server, the network, the browser and the user. What can go wrong costs one of the state's faults.

// serve is the provider's token endpoint: it takes the newest refresh token, within the overlap the one before it too, and takes any other
// for theft (RFC 9700 section 4.14.2). stray says that nobody waits for the answer, or that its page has slept until another took the lock.
func (x *explorer) serve(s *state, family, gen uint8, stray bool) uint8 {
	switch newest := s.newest[family]; {
	case s.revoked[family]:
		return answeredRefused
	case gen == newest, x.overlap && gen+1 == newest:
		s.newest[family] = max(newest, gen+1)
		return answeredGranted
	}
	x.checkReuse(s, family, gen, stray)
	s.revoked[family] = true
	return answeredRefused
}

// answered brings an answer to the tab.
func (x *explorer) answered(t *tab, a answer) {
	t.answer, t.request, t.at = a, noRequest, looking
	if a == refused {
		t.asked = false
	}
	if a == granted {
		t.brought = t.ofGen + 1
	}
}

// others emits what may happen to tab i, or by its network, apart from its own steps.
func (x *explorer) others(s *state, i int, emit func(int, string, state)) {
	t := &s.tabs[i]
	with := func(cost uint8, what string, do func(s *state, t *tab)) {
		if s.faults < cost {
			return
		}
		next := *s
		next.faults -= cost
		do(&next, &next.tabs[i])
		emit(i, what, next)
	}
	switch t.at {
	case probing:
		with(0, "the probe gets through", func(_ *state, t *tab) { t.probe, t.at = reached, looking })
		with(1, "the probe fails", func(_ *state, t *tab) { t.probe, t.at = unreachable, looking })
	case asking:
		x.whileAsking(s, i, with)
	case sent:
		x.whileSent(s, i, with)
	case waiting:
		if j := s.locks[t.family]; j != 0 && int(j) != i+1 {
			with(1, "takes the lock from its holder", func(s *state, t *tab) {
				s.tabs[j-1].overdue = true
				s.halfForgotten(int(j - 1))
				s.locks[t.family] = uint8(i + 1)
				t.own, t.at = s.catchUp(x.kind, t), looking // it has waited for longer than a write takes
			})
		}
	case idle:
		if !s.signedUp && x.families > 1 {
			with(1, "another user signs in", func(s *state, t *tab) {
				s.signedUp = true
				t.at, t.rec = exchanging, x.sees(s, i)
			})
		}
	}
	if s.leave.step == 0 && !s.signedOut[1] && x.sees(s, i).family == 1 {
		with(1, "the user signs out", func(s *state, _ *tab) { s.leave = farewell{step: 1, tab: uint8(i)} })
	}
	if t.at > starting {
		with(1, "crashes and is loaded again", func(s *state, _ *tab) { x.crash(s, i) })
	}
}

// catchUp is what a page's store shows when everything that was written has arrived.
func (s *state) catchUp(k kind, t *tab) entry {
	if k == slow {
		return s.shared
	}
	return t.own
}

type withFault = func(cost uint8, what string, do func(s *state, t *tab))

// whileAsking: a page that knows more answers, by Heard, or the time is up. In that time every write to a slow store arrives.
func (x *explorer) whileAsking(s *state, i int, with withFault) {
	cost, silent, asleep := uint8(0), false, false
	if x.kind == copied {
		for j := range x.tabs {
			if x.wouldAnswer(s, i, j) {
				if asleep = s.tabs[j].overdue; !asleep {
					cost = 1
				}
				silent = true
				with(0, "is answered", func(s *state, t *tab) {
					x.hear(t, s.tabs[j].own)
					if t.own.gen >= t.mark.gen || x.mutant == firstAnswerWins {
						t.at = looking
					}
				})
			}
		}
	}
	with(cost, "has asked for long enough", func(s *state, t *tab) {
		t.own, t.at = s.catchUp(x.kind, t), looking
		t.silent = t.silent || silent
	})
}

func (x *explorer) wouldAnswer(s *state, i, j int) bool {
	mine, theirs := s.tabs[i].own, s.tabs[j].own
	return i != j && theirs.family == mine.family && theirs.gen > mine.gen
}

// hear mirrors Heard.
func (x *explorer) hear(t *tab, theirs entry) bool {
	now := t.own
	if now.family != theirs.family || now.gen > theirs.gen || now.gen == theirs.gen && now.by != 0 || now.family == 0 {
		return false
	}
	theirs.epoch = now.epoch
	changed := t.own != theirs
	t.own = theirs
	return changed
}

// whileSent: the request and its answer travel.
func (x *explorer) whileSent(s *state, i int, with withFault) {
	family, gen := s.tabs[i].ofFamily, s.tabs[i].ofGen
	stray := func(s *state) {
		s.stray[family][gen]++
		s.strayed[family] = true
	}
	if s.tabs[i].request == onItsWay {
		with(0, "is served", func(s *state, t *tab) { t.request = x.serve(s, family, gen, t.overdue) })
		with(1, "is answered 503", func(_ *state, t *tab) { x.answered(t, failed) })
		with(1, "loses the request", func(_ *state, t *tab) { x.answered(t, unknown) })
		with(1, "gives up before the request arrives", func(s *state, t *tab) {
			stray(s)
			x.answered(t, unknown)
		})
	} else {
		with(0, "hears the answer", func(s *state, t *tab) {
			a := granted
			if t.request == answeredRefused {
				a = refused
			}
			x.answered(t, a)
		})
		with(1, "loses the answer", func(_ *state, t *tab) { x.answered(t, unknown) })
	}
	if s.stray[family][gen] == 0 {
		with(1, "is sent again by the browser", func(s *state, _ *tab) { stray(s) })
	}
}

// halfForgotten: where a page sleeps after it took back its mark and before it took back its attempt, another one counts a send that was none,
// since of the two counts the higher is believed.
func (s *state) halfForgotten(i int) {
	if t := &s.tabs[i]; t.at == forgetting && t.overdue {
		s.wasted[t.family]++
	}
}

// crash is the end of the page. Its request goes on without it; the page that is loaded in its place has its store and nothing else.
func (x *explorer) crash(s *state, i int) {
	t := &s.tabs[i]
	x.release(s, i)
	if t.request == onItsWay {
		s.stray[t.ofFamily][t.ofGen]++
		s.strayed[t.ofFamily] = true
	}
	if t.at == swapping || t.at == sending || t.at == forgetting {
		s.wasted[t.family]++
	}
	s.crashed = true
	held := x.sees(s, i)
	*t = tab{calls: t.calls, own: t.own, haveFam: held.family, haveGen: held.gen}
	if s.leave.step != 0 && int(s.leave.tab) == i {
		s.leave = farewell{}
	}
}
