package load

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	life  = time.Hour
	never = time.Duration(math.MaxInt64)
	end   = 4 * time.Hour // of every scenario
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

// scenario is when a population begins, what its applications do and what happens to its provider.
type scenario struct {
	title   string
	within  time.Duration // in which all begin
	every   time.Duration // between two calls of an application, on average: somebody is at work in the tab
	from    time.Duration // when the outage begins
	trouble answer
}

// result is what a provider sees of one SDK.
type result struct {
	*provider
	in     scenario
	failed []int32 // calls without a token, by the second
	lost   int     // clients that the outage left without one
}

// play lets clients live through a scenario, one by one.
func (s scenario) play(clients int, make func(*provider) sdk, seed uint64) *result {
	p := &provider{seconds: newSeconds(), recovered: newSeconds()}
	if s.trouble != tokens {
		p.from, p.to, p.trouble = s.from, s.from+outage, s.trouble
	}
	r := &result{provider: p, in: s, failed: newSeconds()}
	draw := rand.New(rand.NewPCG(seed, 0))
	for range clients {
		r.refused = false
		r.live(make(p), time.Duration(draw.Float64()*float64(s.within)), draw)
		if r.refused {
			r.lost++
		}
	}
	return r
}

func newSeconds() []int32 { return make([]int32, end/time.Second) }

func (r *result) live(s sdk, now time.Duration, draw *rand.Rand) {
	s.begin(now)
	for {
		// When the last call was needs no memory: the intervals are exponential.
		call := max(now, s.asks()) + time.Duration(draw.ExpFloat64()*float64(r.in.every))
		if now = min(call, s.timer()); now >= end {
			return
		}
		if now != call {
			s.wake(now)
		} else if !s.call(now) {
			r.failed[now/time.Second]++
		}
	}
}
