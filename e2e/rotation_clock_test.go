package e2e

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

const year = 365 * 24 * time.Hour

// wrong are the same options with a clock that is off.
func wrong(options string, off time.Duration) string {
	return "{..." + options + ", ahead: " + strconv.FormatInt(off.Milliseconds(), 10) + "}"
}

// F7: somebody signs in on a device whose clock is wrong. As far as the ID token allows, it works, and the application is told.
func TestF07WrongClock(t *testing.T) {
	for _, off := range []time.Duration{-23 * time.Hour, -time.Hour, -10 * time.Minute, 10 * time.Minute, time.Hour, 23 * time.Hour} {
		t.Run(off.String(), func(t *testing.T) {
			eachVault(t, func(t *testing.T, b build, options string) {
				a := start(t, b, calm)
				a.signIn(wrong(options, off))
				first := a.token()
				for range 10 {
					same(t, first, a.token())
				}
				assert.Zero(t, a.refreshes(), "no loop")
				assert.Equal(t, []string{"clock_skew"}, a.warned())
				assert.InDelta(t, off.Abs().Seconds(), max(a.session().ClockSkewSeconds, -a.session().ClockSkewSeconds), 60)
				a.greeted("demo|alice")
				for round := range 3 {
					age(a)
					a.token()
					a.token()
					assert.Equal(t, round+1, a.refreshes())
				}
				a.kept(1)
				if inMemory(options) {
					return
				}
				a.reload(wrong(options, off))
				assert.Equal(t, "demo|alice", a.subject())
				a.token()
				assert.LessOrEqual(t, a.refreshes(), 4)
			})
		})
	}
}

// A clock that is right isn't warned of.
func TestF07RightClock(t *testing.T) {
	eachVault(t, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		a.token()
		assert.Empty(t, a.warned())
		assert.InDelta(t, 0, a.session().ClockSkewSeconds, 30)
	})
}

// So wrong that an ID token can't be told from a forged one: refused, with a hint at the clock, and once.
func TestF07HopelessClock(t *testing.T) {
	for _, off := range []time.Duration{-year, -25 * time.Hour, 49 * time.Hour, year} {
		t.Run(off.String(), func(t *testing.T) {
			eachVault(t, func(t *testing.T, b build, options string) {
				a := start(t, b, calm)
				a.create(wrong(options, off))
				a.callbackURL("")
				a.create(wrong(options, off))
				e := a.fails("id_token_claim", "t.client.handleRedirectCallback()")
				assert.Contains(t, e.Description, "clock")
				assert.Equal(t, "", a.subject())
				a.fails("login_required", "t.client.getTokenSilently()")
				assert.Equal(t, 1, a.exchanges())
				assert.Zero(t, a.refreshes())
			})
		})
	}
}

// The clock jumps while somebody is signed in. Whatever it says, the session goes on, and a jump costs one renewal at most.
func TestF07ClockJumps(t *testing.T) {
	for name, configure := range map[string]func(*stack.Config){
		"long ID tokens":  calm,
		"short ID tokens": func(c *stack.Config) { calm(c); c.IDTokenLifetime = 5 * time.Minute },
	} {
		t.Run(name, func(t *testing.T) {
			eachVault(t, func(t *testing.T, b build, options string) {
				a := start(t, b, configure)
				a.signIn(options)
				renewals := 0
				for _, to := range []time.Duration{time.Hour, 0, year, 0, -time.Hour, year, -year, 0} {
					a.Eval("t.ahead = " + strconv.FormatInt(to.Milliseconds(), 10))
					for range 5 {
						a.token()
					}
					assert.LessOrEqual(t, a.refreshes(), renewals+1, "at %s", to)
					renewals = a.refreshes()
					assert.Equal(t, "demo|alice", a.subject(), "at %s", to)
				}
				assert.Equal(t, "demo|alice", a.subject())
				a.greeted("demo|alice")
				a.kept(1)
			})
		})
	}
}

// With background renewal, a clock that is a year ahead, or one that jumps about, makes no storm.
func TestF07NoStorm(t *testing.T) {
	each(t, map[string]string{"in the page": awake, "in a worker": awakeInWorker}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.signIn(options)
		jumps := 0
		for _, to := range []time.Duration{year, -year, year, time.Hour, 0} {
			jumps++
			a.Eval("t.ahead = " + strconv.FormatInt(to.Milliseconds(), 10))
			a.Eval("for (let i = 0; i < 10; i++) dispatchEvent(new Event('focus'))")
			a.token()
			a.Eval("new Promise((resolve) => setTimeout(resolve, 200))") // what would be a storm has begun by now
		}
		assert.LessOrEqual(t, a.refreshes(), jumps)
		assert.Equal(t, "demo|alice", a.subject())
		a.kept(1)
	})
}
