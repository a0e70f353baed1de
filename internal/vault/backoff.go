package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

const (
	firstWait = time.Second
	mostWait  = 5 * time.Minute
)

// Backoff keeps this page from asking a provider that is in trouble. Its answer during the wait is the trouble itself.
type Backoff struct {
	failures int
	until    time.Duration // since the epoch
	err      error
}

// Holds reports whether it is too early to try again. A clock set back doesn't make the wait longer than any wait is, and one at the end of its
// range, where the sum overflows and the difference doesn't, makes it no shorter.
func (b *Backoff) Holds(now time.Duration) bool { return b.until-now > 0 && b.until-now <= mostWait }

// Failed notes one more failure. The first costs no wait unless the provider wants one: the user who presses again shall get through.
// After that each wait is four times as long, up to a minute: half a million pages that retry each second would keep a provider from coming back, and
// nobody is to wait for long once it is. Jitter keeps the clients of one outage from coming back together.
func (b *Backoff) Failed(now time.Duration, err error, retryAfter int64) {
	wait := time.Duration(0)
	if b.failures > 0 {
		wait = firstWait << (2 * min(b.failures-1, 3))
		wait = wait/2 + Part(wait/2)
	}
	b.failures++
	wait = min(max(wait, time.Duration(retryAfter)*time.Second), mostWait)
	b.until, b.err = now+wait, err
}

// retryAfter says how many seconds the provider wants to be left alone.
func retryAfter(response *oauth.HTTPResponse) int64 {
	seconds, err := oauth.ParseJSON(response.RetryAfter) // a date, which RFC 9110 section 10.2.3 allows too, is no number: our own wait does
	if err != nil {
		return 0
	}
	n, _ := seconds.Whole()
	return max(0, min(n, int64(mostWait/time.Second)))
}

// Retry implements Port. What the provider itself asked for stays.
func (v *Vault) Retry() {
	if code := oauth.AsError(v.backoff.err).Code; code == oauth.Network || code == oauth.Timeout {
		v.backoff.until = 0
	}
}

// Part returns a random part of d, so that many pages that do a thing at the same time do it at different ones.
func Part(d time.Duration) time.Duration {
	s, err := random()
	if err != nil {
		return d / 2
	}
	n := uint32(0) // an int has 32 bits in TinyGo's build, and would turn negative
	for _, c := range []byte(s[:6]) {
		n = n*31 + uint32(c)
	}
	const parts = 4096
	return d / parts * time.Duration(n%parts)
}
