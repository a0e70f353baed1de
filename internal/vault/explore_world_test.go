package vault

// world emits what happens to no tab in particular.
func (x *explorer) world(s *state, emit func(int, string, state)) {
	for family := range s.stray {
		for gen, n := range s.stray[family] {
			if n > 0 {
				next := *s
				next.stray[family][gen]--
				x.serve(&next, uint8(family), uint8(gen), true)
				emit(-1, "a request arrives late", next)
			}
		}
	}
	if s.leave.step != 0 {
		next := *s
		x.signOut(&next)
		emit(-1, "the sign-out goes on", next)
	}
	for i := range x.tabs {
		t := &s.tabs[i]
		switch {
		case x.kind == slow && t.own != s.shared:
			next := *s
			next.tabs[i].own = s.shared
			emit(i, "sees what others wrote", next)
		case x.kind == copied && t.own.family != 0 && s.marks[t.own.family].ended:
			next := *s
			next.tabs[i].own = entry{epoch: t.own.epoch + 1}
			emit(i, "hears of the end", next)
		}
		if x.kind == copied {
			for j := range x.tabs {
				next := *s
				if o := s.tabs[j].own; i != j && o.good == o.gen && o.by == 0 && x.hear(&next.tabs[i], s.tabs[j].own) {
					emit(i, "hears of a rotation", next)
				}
			}
		}
	}
	if s.faults > 0 && !s.cleared {
		next := *s
		next.faults--
		next.cleared = true
		if x.kind == copied {
			next.tabs[0].own = entry{}
		}
		next.shared = entry{}
		emit(-1, "the store is cleared", next)
		if x.kind == shared { // whose pages have nothing left to act upon then
			next.marks = [families]stamp{}
			emit(-1, "the store and the marks are cleared", next)
		}
	}
}

// signOut mirrors SignOut.
func (x *explorer) signOut(s *state) {
	l, i := &s.leave, int(s.leave.tab)
	switch l.step {
	case 1: // v.records.load
		*l = farewell{step: 2, tab: l.tab, family: x.sees(s, i).family}
	case 2: // v.raise
		if l.family != 0 {
			s.marks[l.family] = stamp{ended: true}
		}
		l.step = 3
	case 3: // v.records.update
		now := x.sees(s, i)
		if now.family != l.family {
			l.step = 1
			return
		}
		s.signedOut[l.family] = l.family != 0
		x.store(s, i, entry{epoch: now.epoch + 1})
		l.step = 4
	case 4: // v.revoke
		if l.family != 0 {
			s.revoked[l.family] = true
		}
		*l = farewell{}
	}
}
