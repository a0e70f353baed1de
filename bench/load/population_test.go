package load

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	life  = time.Hour
	never = time.Duration(math.MaxInt64)
	// every is how often an application calls its API, on average: somebody is at work in the tab.
	every = time.Minute
)

// sdk is one page's, as far as a provider notices it.
type sdk interface {
	// begin gives it a token that has just been issued.
	begin(now time.Duration)
	// timer is when it acts by itself.
	timer() time.Duration
	wake(now time.Duration)
	// asks is from when on a call of the application's doesn't get its token from memory.
	asks() time.Duration
	// call is such a call. It reports whether it got a token that is good.
	call(now time.Duration) bool
}

// scenario is when a population begins and what happens to its provider.
type scenario struct {
	name, title string
	within      time.Duration // in which all begin
	end         time.Duration
	from, to    time.Duration // the outage
	trouble     answer
}

// result is what a provider sees of one SDK.
type result struct {
	*provider
	scenario
	clients int
	failed  []int32 // calls without a token, by the second
	lost    int     // clients that the outage left without one
}

// play lets clients live through a scenario, one by one.
func (s scenario) play(clients int, make func(*provider) sdk, seed uint64) *result {
	seconds := s.end / time.Second
	r := &result{scenario: s, clients: clients, failed: newSeconds(seconds), provider: &provider{
		from: s.from, to: s.to, trouble: s.trouble, seconds: newSeconds(seconds), recovered: newSeconds(seconds),
	}}
	draw := rand.New(rand.NewPCG(seed, 0))
	for range clients {
		r.refused = false
		r.live(make(r.provider), time.Duration(draw.Float64()*float64(s.within)), draw)
		if r.refused {
			r.lost++
		}
	}
	return r
}

func newSeconds(n time.Duration) []int32 { return make([]int32, n) }

func (r *result) live(s sdk, now time.Duration, draw *rand.Rand) {
	s.begin(now)
	for {
		// When the last call was needs no memory: the intervals are exponential.
		call := max(now, s.asks()) + time.Duration(draw.ExpFloat64()*float64(every))
		if now = min(call, s.timer()); now >= r.end {
			return
		}
		if now != call {
			s.wake(now)
		} else if !s.call(now) {
			r.failed[now/time.Second]++
		}
	}
}
