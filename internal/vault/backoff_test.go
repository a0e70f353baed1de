package vault

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestBackoff(t *testing.T) {
	err := trouble(oauth.Network)
	for _, test := range []struct {
		failures    int // before this one
		retryAfter  int64
		least, most time.Duration
	}{
		{0, 0, 0, 0}, {0, 7, 7 * time.Second, 7 * time.Second},
		{1, 0, time.Second / 2, time.Second}, {2, 0, 2 * time.Second, 4 * time.Second}, {3, 0, 8 * time.Second, 16 * time.Second},
		{4, 100, 100 * time.Second, 100 * time.Second}, {3, 9, 9 * time.Second, 16 * time.Second},
		{4, 0, 32 * time.Second, 64 * time.Second}, {50, 0, 32 * time.Second, 64 * time.Second}, {1 << 30, 0, 32 * time.Second, 64 * time.Second},
		{3, 300, mostWait, mostWait},
	} {
		seen := map[time.Duration]bool{}
		for range 200 {
			b := Backoff{failures: test.failures}
			b.Failed(begin, err, test.retryAfter)
			wait := b.until - begin
			seen[wait] = true
			require.GreaterOrEqual(t, wait, test.least, "%+v", test)
			require.LessOrEqual(t, wait, test.most, "%+v", test)
			require.Equal(t, test.failures+1, b.failures)
			require.Equal(t, err, b.err)
			require.Equal(t, wait > 0, b.Holds(begin))
			require.False(t, b.Holds(begin+wait))
		}
		assert.Equal(t, test.least != test.most, len(seen) > 20, "the waits of many clients differ")
	}
}

// A clock that was a year ahead when it failed, and was then set right, doesn't hold for a year.
func TestBackoffWhenTheClockIsSetBack(t *testing.T) {
	b := Backoff{failures: 1}
	b.Failed(begin, trouble(oauth.Network), 60)
	assert.True(t, b.Holds(begin))
	assert.True(t, b.Holds(begin-4*time.Minute))
	assert.False(t, b.Holds(begin-365*24*time.Hour))
	assert.False(t, b.Holds(begin+time.Hour))
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]int64{
		"": 0, "0": 0, "1": 1, "120": 120, " 5 ": 5, "300": 300, "301": 300, "99999999999999999999": 0, "-3": 0, "1.5": 1, "x": 0, `"7"`: 0,
		"Wed, 21 Oct 2026 07:28:00 GMT": 0, "10, 20": 0, "4e9": 0, "null": 0,
	} {
		got := retryAfter(&oauth.HTTPResponse{RetryAfter: text})
		assert.GreaterOrEqual(t, got, int64(0), text)
		assert.LessOrEqual(t, got, int64(300), text)
		if text != " 5 " && text != "4e9" && text != "99999999999999999999" { // numbers that no server sends
			assert.Equal(t, want, got, text)
		}
	}
}

func TestPart(t *testing.T) {
	for _, d := range []time.Duration{0, time.Millisecond, time.Second, time.Hour} {
		seen := map[time.Duration]bool{}
		low, high := 0, 0
		for range 400 {
			part := Part(d)
			require.GreaterOrEqual(t, part, time.Duration(0))
			require.LessOrEqual(t, part, d)
			seen[part] = true
			if part < d/2 {
				low++
			} else {
				high++
			}
		}
		if d > 0 {
			assert.Greater(t, len(seen), 100)
			assert.Greater(t, low, 100)
			assert.Greater(t, high, 100)
		}
	}
}

// tooMany is 429 with Retry-After.
func tooMany(retryAfter string) reply {
	return func(int, request) (*oauth.HTTPResponse, error) {
		return &oauth.HTTPResponse{Status: 429, ContentType: "application/json", Body: `{}`, RetryAfter: retryAfter}, nil
	}
}

// While the provider wants to be left alone, it is; what it said is the answer meanwhile, and the session stays.
func TestRenewWaitsAsTheProviderWants(t *testing.T) {
	w, v := signedIn(t)
	w.server.answers(tooMany("30"))
	_, err := v.Renew(wanted())
	first := requireCode(t, err, oauth.RateLimited)
	for range 3 {
		held, err := v.Renew(wanted())
		assert.Same(t, first, err)
		assert.Equal(t, 1, held.Generation)
		w.clock += 9 * time.Second
	}
	v.Retry()
	_, err = v.Renew(wanted())
	requireCode(t, err, oauth.RateLimited)
	assert.Len(t, w.server.used(), 1, "a network that is back is no reason")
	w.clock += 3 * time.Second
	_, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, Backoff{}, v.backoff, "success ends it")
}

// F15: a network that flaps. No storm, no sign-out.
func TestFlappingNetwork(t *testing.T) {
	w, v := signedIn(t)
	w.server.answers(status(503, "", ""), status(503, "", ""), status(503, "", ""), status(503, "", ""), status(503, "", ""), status(503, "", ""))
	calls := 0
	for range 180 { // a call each second
		_, err := v.Renew(wanted())
		if err == nil {
			break
		}
		assert.True(t, oauth.AsError(err).Retryable)
		calls++
		w.clock += time.Second
	}
	assert.Len(t, w.server.used(), 7)
	assert.Greater(t, calls, 40, "most of the calls ask the provider nothing")
	assert.LessOrEqual(t, calls, 155)
}

// The browser says that the network is back: the wait that its failure imposed is over.
func TestRetry(t *testing.T) {
	w, v := signedIn(t)
	w.server.offline = true
	for range 4 {
		_, err := v.Renew(wanted())
		requireCode(t, err, oauth.Network)
	}
	assert.Zero(t, v.backoff.failures, "known to be offline costs nothing")
	w.server.offline, w.server.cutOff = false, true
	w.server.answers(lost(oauth.Network))
	for range 8 {
		_, err := v.Renew(wanted())
		requireCode(t, err, oauth.Network)
	}
	assert.True(t, v.backoff.Holds(w.clock))
	w.server.cutOff = false
	v.Retry()
	_, err := v.Renew(wanted())
	require.NoError(t, err)
}

// A sign-out, and the login after it, don't wait for what was.
func TestSignOutEndsTheWait(t *testing.T) {
	for _, here := range []bool{true, false} {
		w, v := signedIn(t)
		w.server.answers(tooMany("300"))
		_, err := v.Renew(wanted())
		requireCode(t, err, oauth.RateLimited)
		require.NoError(t, v.SignOut())
		if here {
			w.signIn(v)
		} else {
			w.signIn(w.page())
		}
		sent := len(w.server.sent)
		_, err = v.Renew(&Renew{Scope: scopes, Unwanted: w.record().tokens[0].Value, Leeway: leeway})
		require.NoError(t, err)
		assert.Len(t, w.server.sent, sent+1)
	}
}
