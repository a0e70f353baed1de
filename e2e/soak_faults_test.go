package e2e

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
)

// trouble is something that can go wrong while some tabs renew, and how often it is drawn.
type trouble struct {
	name   string
	weight int
	happen func(*soak, []*app)
}

var faults = []trouble{
	{"nothing", 10, func(_ *soak, tabs []*app) { renew(tabs...) }},
	{"slow", 8, func(s *soak, tabs []*app) { s.hold(s.point(), tabs).Release() }},
	{"answer lost", 10, func(s *soak, tabs []*app) {
		s.costs++
		s.first.stack.Faults().Cut(lostPoints[s.draw.IntN(2)], 1)
		renew(tabs...)
	}},
	{"browser sends again", 5, func(s *soak, tabs []*app) {
		s.costs++
		s.first.stack.Faults().Cut(fault.AfterCommit, 1)
		renew(tabs...)
	}},
	{"never arrived", 5, func(_ *soak, tabs []*app) {
		tabs[0].Lose("/token", 1)
		renew(tabs...)
	}},
	{"unavailable", 6, func(s *soak, tabs []*app) {
		s.first.stack.Faults().Answer(1+s.draw.IntN(3), fault.Unavailable)
		renew(tabs...)
	}},
	{"too many requests", 3, func(s *soak, tabs []*app) {
		s.first.stack.Faults().Answer(1, fault.Reply{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}})
		renew(tabs...)
	}},
	{"provider gone", 3, func(s *soak, tabs []*app) {
		s.costs++
		gate := s.hold(s.point(), tabs)
		require.NoError(s.t, s.first.stack.StopIssuer())
		gate.Release()
		for _, tab := range tabs {
			tab.end("token")
		}
		require.NoError(s.t, s.first.stack.StartIssuer())
	}},
	{"offline", 3, func(_ *soak, tabs []*app) {
		tabs[0].Offline(true)
		renew(tabs...)
		tabs[0].end("token")
		tabs[0].Offline(false)
	}},
	{"tab killed", 6, func(s *soak, tabs []*app) {
		victim := tabs[len(tabs)-1]
		if victim == s.first {
			victim = s.newcomer()
		}
		s.costs++
		s.hold(s.point(), []*app{victim}).Release()
		s.replace(victim)
	}},
	{"page reloaded", 6, func(s *soak, tabs []*app) {
		s.costs++
		s.hold(s.point(), tabs[:1])
		tabs[0].Reload()
		tabs[0].ready()
		s.first.stack.Faults().Clear()
		tabs[0].create(s.now())
	}},
	{"trap", 8, func(s *soak, tabs []*app) {
		s.costs++
		tabs[0].setTrap(aMethod, 1+s.draw.IntN(60))
		renew(tabs...)
		tabs[0].end("token")
		tabs[0].sprung()
	}},
	{"asleep", 4, func(s *soak, tabs []*app) {
		if s.asleep != nil {
			s.asleep.Thaw()
			s.asleep.Eval("t.ahead = " + itoa(int(s.clock())))
			s.asleep = nil
		} else if victim := tabs[0]; victim != s.first {
			s.asleep = victim
			victim.Freeze()
			tabs = tabs[1:]
		}
		renew(tabs...)
	}},
	{"holder frozen", 1, func(s *soak, tabs []*app) {
		if len(tabs) < 2 {
			tabs = append(tabs, s.newcomer())
		}
		s.costs++
		gate := s.hold(fault.AfterCommit, tabs[:1])
		tabs[0].Freeze()
		renew(tabs[1:]...)
		for _, tab := range tabs[1:] {
			tab.end("token")
		}
		gate.Release()
		tabs[0].Thaw()
	}},
	{"signed out", 1, func(s *soak, tabs []*app) {
		s.ended[ledger.ByClient]++
		gate := s.hold(s.point(), tabs)
		tabs[0].Eval("t.client.logout({openUrl: false})")
		gate.Release()
		s.signInAgain()
	}},
	{"session revoked", 1, func(s *soak, tabs []*app) {
		s.ended[ledger.ByFault]++
		s.first.stack.Faults().RevokeSessions()
		renew(tabs...)
		s.signInAgain()
	}},
}

func (s *soak) point() fault.Point { return points[s.draw.IntN(len(points))] }

// newcomer opens one tab more. It has renewed to begin with, so the tokens must end once more for there to be anything to go wrong.
func (s *soak) newcomer() *app {
	tab := s.open()
	s.tabs = append(s.tabs, tab)
	s.advance()
	return tab
}

// replace closes a tab and opens another.
func (s *soak) replace(victim *app) {
	victim.Close()
	for i, tab := range s.tabs {
		if tab == victim {
			s.tabs[i] = s.open()
		}
	}
}

// signInAgain is what the seed has demanded, for once.
func (s *soak) signInAgain() {
	for _, tab := range s.tabs {
		if tab != s.asleep {
			tab.Eval("Promise.all(Object.values(t.flights)).then(() => {})")
		}
	}
	if s.asleep != nil {
		s.asleep.Thaw()
		s.asleep = nil
	}
	s.first.signInAgain("alice", "wonderland", s.now())
	here := s.first.Text("JSON.stringify({...sessionStorage})")
	for _, tab := range s.tabs {
		if tab == s.first {
			continue
		}
		if s.kind == "duplicated" { // a copy of the new session, as duplicating the tab again would make it
			tab.Eval("Object.assign(sessionStorage, " + here + ")")
		}
		tab.reload(s.now())
	}
}
