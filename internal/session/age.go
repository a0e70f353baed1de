package session

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// age is what this page knows of a token's life. The record counts it by the wall clock, which pages share and people set; a page that is open
// counts it by its own monotonic clock too, and the token is as old as the older of the two says: the wall clock alone knows of the night
// that a laptop slept.
type age struct {
	value oauth.Secret
	ends  time.Duration // by the monotonic clock
	early time.Duration // how long before its end this page renews it in the background
}

// mostEarly bounds the jitter of background renewal.
const mostEarly = 5 * time.Minute

// Early says how long before its end a page renews a token. Pages that opened together renew at different moments: ten thousand clients must
// not come back in the same second.
func Early(leeway, lifetime time.Duration) time.Duration {
	return min(leeway, lifetime/2) + vault.Part(min(lifetime/10, mostEarly))
}

// grow notes when the tokens end that this page sees for the first time. The caller holds mu.
func (c *Client) grow(tokens []*vault.Token) {
	ages := make([]age, 0, len(tokens))
	for _, t := range tokens {
		a := c.age(t)
		if a == nil {
			left := t.Expires - c.Now()
			if left > t.Lifetime+oauth.ClockTolerance {
				left = 0 // the clock has been set back since it was issued, and nobody knows how old it is
			}
			a = &age{t.Value, c.Elapsed() + min(max(left, 0), t.Lifetime), Early(c.Leeway, t.Lifetime)}
		}
		ages = append(ages, *a)
	}
	c.ages = ages
}

func (c *Client) age(t *vault.Token) *age {
	for i := range c.ages {
		if c.ages[i].value.Equal(t.Value) {
			return &c.ages[i]
		}
	}
	return nil
}

// left is how long t may still be used.
func (c *Client) left(t *vault.Token, now, elapsed time.Duration) time.Duration {
	a := c.age(t)
	if a == nil {
		return 0
	}
	return min(t.Expires-now, a.ends-elapsed)
}

// good reports whether there is a token and it outlives leeway. A token that lives for less than twice the leeway is used for half its life:
// otherwise it would count as expired from its first second, and every call would rotate the family.
func (c *Client) good(t *vault.Token, now, elapsed, leeway time.Duration) bool {
	return t != nil && c.left(t, now, elapsed) > min(leeway, t.Lifetime/2)
}
