package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

var (
	soakTabs      = flag.Int("tabs", 4, "tabs of the soak")
	soakRotations = flag.Int("rotations", 10, "rotations of the soak")
	soakSeed      = flag.Uint64("seed", 7, "what the soak's faults are drawn from; 0 is another seed every time, which it prints")
)

// soak is many tabs that share one family, and a sequence of faults that its seed alone decides.
type soak struct {
	t       *testing.T
	draw    *rand.Rand
	open    func() *app
	kind    string
	options string
	first   *app // stays open: a duplicate needs somebody who duplicates it
	tabs    []*app
	asleep  *app

	round  int
	costs  int                   // faults after which a refresh token is used a second time
	ended  map[ledger.Reason]int // families that the seed wanted to end
	counts map[string]int        // faults drawn
}

// TestLedgerSoak renews a session in many tabs, through whatever can go wrong, and then reads the ledger: no family may be lost that the
// seed didn't want to lose, no refresh token used twice but for its one replay, and nobody signed out.
//
// By itself it is short, and the same every time; make e2e-soak is the long one.
//
//	go test ./e2e -run TestLedgerSoak -v -tabs 20 -rotations 200 -seed 0
func TestLedgerSoak(t *testing.T) {
	seed := *soakSeed
	for seed == 0 {
		seed = rand.Uint64() % 1e9
	}
	for _, kind := range []string{"localstorage", "custom", "duplicated"} {
		t.Run(kind, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				fmt.Printf("%s: %d tabs, %d rotations, -seed %d\n", t.Name(), *soakTabs, *soakRotations, seed)
				newSoak(t, b, kind, seed).run()
			})
		})
	}
}

func newSoak(t *testing.T, b build, kind string, seed uint64) *soak {
	a := start(t, b, overlapping, func(c *stack.Config) {
		c.IDTokenLifetime = 10000 * time.Hour // the page's clock goes far
		c.RefreshTokenLifetime = 10000 * time.Hour
	})
	s := &soak{
		t: t, kind: kind, draw: rand.New(rand.NewPCG(seed, 0)), first: a, ended: map[ledger.Reason]int{}, counts: map[string]int{},
		options: map[string]string{
			"localstorage": "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage', httpTimeoutInSeconds: 2}",
			"custom":       "{ahead: 0, backgroundRenewal: false, ownCache: true, httpTimeoutInSeconds: 2}",
			"duplicated":   "{ahead: 0, backgroundRenewal: false, httpTimeoutInSeconds: 2}",
		}[kind],
	}
	s.ready(a)
	a.open(home)
	a.signIn(s.options)
	s.open = func() *app {
		var tab *app
		if kind == "duplicated" {
			tab = &app{a.Opened("window.open(location.href)"), a.stack}
		} else {
			tab = &app{a.Sibling(), a.stack}
		}
		s.ready(tab)
		if kind == "duplicated" {
			tab.WaitFor("window.t")
			tab.Reload() // with the trap door
			tab.ready()
		} else {
			tab.open(home)
		}
		tab.Eval("t.ahead = " + fmt.Sprint(s.clock()))
		tab.create(s.now())
		return tab
	}
	s.tabs = []*app{a}
	for len(s.tabs) < *soakTabs {
		s.tabs = append(s.tabs, s.open())
	}
	return s
}

func (s *soak) ready(tab *app) {
	tab.lossy()
	tab.Allow("a trap of the test")
	tab.BeforeScripts(trapDoor)
}

// clock is what the page's clocks are ahead by.
func (s *soak) clock() int64 { return int64(s.round) * (life + time.Second).Milliseconds() }

// now are the options of a client whose clock stands where all the others' do.
func (s *soak) now() string { return "{..." + s.options + ", ahead: " + fmt.Sprint(s.clock()) + "}" }

func (s *soak) run() {
	for rotation := range *soakRotations {
		s.advance()
		f := s.drawFault()
		s.counts[f.name]++
		tabs := s.some()
		s.t.Logf("rotation %d: %s, in %d tabs", rotation, f.name, len(tabs))
		f.happen(s, tabs)
		s.settle(rotation)
		if s.t.Failed() {
			s.t.Fatalf("rotation %d went wrong; faults so far: %v", rotation, s.counts)
		}
	}
	s.judge()
}

func (s *soak) drawFault() *trouble {
	total := 0
	for _, f := range faults {
		total += f.weight
	}
	pick, i := s.draw.IntN(total), 0
	for pick >= faults[i].weight {
		pick -= faults[i].weight
		i++
	}
	return &faults[i]
}

// advance lets all tokens end, in all tabs that are awake.
func (s *soak) advance() {
	s.round++
	for _, tab := range s.tabs {
		if tab != s.asleep {
			tab.Eval("t.ahead = " + fmt.Sprint(s.clock()))
		}
	}
}

// some draws one to all of the tabs that are awake.
func (s *soak) some() []*app {
	var awake []*app
	for _, tab := range s.tabs {
		if tab != s.asleep {
			awake = append(awake, tab)
		}
	}
	s.draw.Shuffle(len(awake), func(i, j int) { awake[i], awake[j] = awake[j], awake[i] })
	return awake[:1+s.draw.IntN(len(awake))]
}

// settle waits for everything that is under way and then wants a token from every tab that is awake, the same for all.
func (s *soak) settle(rotation int) {
	s.first.stack.Faults().Clear()
	for _, tab := range s.tabs {
		if tab != s.asleep {
			tab.Eval("Promise.all(Object.values(t.flights)).then(() => {})")
		}
	}
	var token string
	for _, tab := range s.tabs {
		if tab == s.asleep {
			continue
		}
		got := s.token(tab)
		if token == "" {
			token = got
		}
		same(s.t, token, got, "rotation %d", rotation)
		require.Equal(s.t, "demo|alice", tab.subject(), "rotation %d", rotation)
	}
}

// token asks once more where the provider was in trouble, and never where only the user could help: that is a sign-in lost.
func (s *soak) token(tab *app) string {
	for range 3 {
		var o outcome
		tab.Eval("t.outcome(t.client.getTokenSilently())", &o)
		if o.Error == nil {
			tab.Eval("t.flights.last = t.outcome(t.client.getTokenSilently())")
			return tab.text("last")
		}
		require.True(s.t, o.Error.Retryable || o.Error.Code == "internal", "a sign-in was lost: %+v", *o.Error)
		s.advance()
	}
	require.Fail(s.t, "the tab doesn't recover")
	return ""
}

func (s *soak) judge() {
	book := s.first.stack.Ledger()
	s.t.Logf("%d refreshes, %d tokens used twice for %d faults that cost that, families ended: %v; faults: %v",
		book.Requests("refresh_token"), book.Repeats(), s.costs, book.Revocations(), s.counts)
	assert.LessOrEqual(s.t, book.MaxUses(), 2)
	assert.LessOrEqual(s.t, book.Repeats(), s.costs)
	ended := map[ledger.Reason]int{}
	for _, r := range book.Revocations() {
		ended[r.Reason]++
	}
	assert.Equal(s.t, s.ended, ended)
	assert.GreaterOrEqual(s.t, book.Requests("refresh_token"), *soakRotations/2)
	s.first.greeted("demo|alice")
	if s.asleep != nil {
		s.asleep.Thaw()
	}
	s.first.WaitFor("navigator.locks.query().then(l => l.held.length + l.pending.length == 0)")
}

// hold starts renewals and stops the first request at a point of its way.
func (s *soak) hold(at fault.Point, tabs []*app) *fault.Barrier { return held(s.t, at, tabs...) }
