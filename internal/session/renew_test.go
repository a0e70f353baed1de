package session_test

import (
	"math/rand"
	"testing"
	"testing/quick"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

func TestSchedule(t *testing.T) {
	const idle = -1
	for name, test := range map[string]struct {
		options        string
		lifetime, left time.Duration
		generation     int
		want           time.Duration
	}{
		"an hour":                       {"", time.Hour, time.Hour, 1, 59 * time.Minute},
		"no leeway":                     {`"leeway":0`, time.Hour, time.Hour, 1, time.Hour},
		"shorter than twice the leeway": {"", time.Minute, time.Minute, 1, 30 * time.Second},
		"nearly ended":                  {"", time.Hour, time.Minute + time.Millisecond, 1, time.Second},
		"ended":                         {"", time.Hour, -time.Hour, 1, time.Second},
		"a lifetime of nothing":         {"", 0, 0, 1, time.Second},
		"ten years":                     {"", 87600 * time.Hour, 87600 * time.Hour, 1, 24 * time.Hour},
		"without a refresh token":       {"", time.Hour, time.Hour, 0, idle},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.options)
			token := w.token(1)
			token.Lifetime, token.Expires = test.lifetime, w.clock+test.left
			w.held = w.grant(test.generation, token)
			_, err := w.IsAuthenticated()
			require.NoError(t, err)
			// Up to a tenth of the token's life earlier, five minutes at most, so that pages which began together don't renew together.
			early := min(test.lifetime/10, 5*time.Minute)
			assert.LessOrEqual(t, w.wait(), test.want)
			assert.GreaterOrEqual(t, w.wait(), max(test.want-early, min(test.want, time.Second)))
		})
	}
	w := newWorld(t, "")
	require.NoError(t, w.Check(oauth.Value{}, false))
	assert.EqualValues(t, idle, w.wait(), "nobody is signed in")

	w = signedIn(t, `"backgroundRenewal":false`)
	w.get(`{"cacheMode":"off"}`)
	for _, wait := range w.waits {
		assert.EqualValues(t, idle, wait)
	}
}

func TestWake(t *testing.T) {
	w := signedIn(t, "")
	w.Wake("")
	assert.Empty(t, w.renewals, "the token is good")
	assert.InDelta(t, 56.5, w.wait().Minutes(), 2.5)
	w.Wake("focus")
	assert.InDelta(t, 56.5, w.wait().Minutes(), 2.5, "nothing is due")
	assert.NotContains(t, w.steps, "retry", "to look at a page mends no network")

	w.clock += w.wait()
	w.hidden = true
	w.Wake("")
	assert.Empty(t, w.renewals, "a page that nobody sees renews when it is looked at again")
	w.hidden, w.offline = false, true
	w.Wake("")
	assert.Empty(t, w.renewals, "without a network there is nothing to ask")
	w.offline, w.heldErr = false, fail(oauth.StorageCorrupt)
	w.Wake("")
	assert.Empty(t, w.renewals, "what a newer version wrote is left alone")
	w.heldErr = nil
	w.Wake("")
	require.Len(t, w.renewals, 1)
	assert.Equal(t, "at-canary-1", w.renewals[0].Unwanted.Reveal(), "what another page has renewed is new enough")
	assert.Equal(t, "at-canary-2", w.Cached(w.clock+w.set, w.clock-begin))
	assert.InDelta(t, 56.5, w.wait().Minutes(), 2.5)
	assert.Empty(t, w.events("warning"))
}

// A timer is spent when it fires. One that fires early, or a day before a long-lived token ends, must be followed by another.
func TestWakeTooEarly(t *testing.T) {
	w := signedIn(t, "")
	w.clock += w.wait() - time.Millisecond
	n := len(w.waits)
	w.Wake("")
	assert.Empty(t, w.renewals)
	require.Len(t, w.waits, n+1)
	assert.Equal(t, time.Second, w.wait())
}

func TestWakeWithNothingToDo(t *testing.T) {
	w := newWorld(t, "")
	w.Wake("")
	w.held = w.grant(0)
	w.another("").Wake("")
	w.held = w.grant(1)
	closed := w.another("")
	closed.Close()
	closed.Wake("")
	w.heldErr = fail(oauth.StorageCorrupt)
	w.another("").Wake("")
	assert.Empty(t, w.renewals)
	assert.Empty(t, w.events("warning"))
	for _, wait := range w.waits {
		assert.EqualValues(t, -1, wait)
	}
}

// F15: failures make the waits longer, up to a bound; one success ends that. So do refusals that only the user can lift: a provider that wants another
// factor isn't asked every minute until they come.
func TestBackOff(t *testing.T) {
	for _, code := range []oauth.Code{oauth.Network, oauth.MFARequired, oauth.TokenEndpointError} {
		t.Run(string(code), func(t *testing.T) { testBackOff(t, code) })
	}
}

func testBackOff(t *testing.T, code oauth.Code) {
	w := signedIn(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(code) }
	w.clock += time.Hour
	for _, most := range []float64{60, 120, 240, 480, 480, 480, 480, 480, 480, 480} {
		w.Wake("")
		assert.LessOrEqual(t, w.wait().Seconds(), most)
		assert.GreaterOrEqual(t, w.wait().Seconds(), most/2, "half of it is jitter")
		w.clock += w.wait()
	}
	assert.Len(t, w.events("warning"), 10)
	asked := len(w.renewals)
	w.clock -= time.Second
	w.Wake("")
	assert.Len(t, w.renewals, asked, "a timer that fires early asks nobody")
	assert.InDelta(t, 1, w.wait().Seconds(), 0.001)
	w.clock += time.Second
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes, "and nobody is signed out")

	w.renew = w.rotate
	w.Wake("")
	assert.InDelta(t, 56.5, w.wait().Minutes(), 2.5)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(code) }
	w.clock += time.Hour
	w.Wake("")
	assert.LessOrEqual(t, w.wait(), time.Minute, "from the beginning")

	w.clock += w.wait()
	w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{}, fail(oauth.SessionRevoked) }
	w.Wake("")
	assert.EqualValues(t, -1, w.wait(), "there is nothing left to renew")
	warnings := w.events("warning")
	assert.Contains(t, warnings[len(warnings)-1], string(oauth.SessionRevoked))
}

// A provider in trouble has all of its clients to answer, and while a token lives, nobody is in a hurry: the background takes its time, and calls in the
// token's last minute wait for it instead of asking on their own.
func TestNoHurryWhileTheTokenLives(t *testing.T) {
	w := signedIn(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.Network) }
	w.clock += w.wait()
	left := w.token(1).Lifetime - (w.clock - begin)
	w.Wake("")
	assert.LessOrEqual(t, w.wait(), left)
	assert.GreaterOrEqual(t, w.wait(), left/2)

	for w.clock <= begin+time.Hour-time.Minute {
		w.clock += w.wait()
		w.Wake("")
	}
	asked := len(w.renewals)
	for end := min(w.clock+w.wait(), begin+time.Hour); w.clock < end; w.clock += time.Second {
		assert.Equal(t, "at-canary-1", w.get(""))
	}
	assert.Len(t, w.renewals, asked)
	w.clock -= time.Second
	_, err := w.Token(value(t, `{"cacheMode":"off"}`))
	requireCode(t, err, oauth.Network)
	assert.Len(t, w.renewals, asked+1, "who insists asks")
	w.clock = begin + time.Hour
	_, err = w.Token(oauth.Value{})
	requireCode(t, err, oauth.Network)
	assert.Len(t, w.renewals, asked+2, "nor does anybody wait without a token")

	w.renew = w.rotate
	assert.NotEqual(t, "at-canary-1", w.get(""))
	assert.InDelta(t, 56.5, w.wait().Minutes(), 2.5, "and nothing of the wait is left")
}

// A provider that caches tokens answers a renewal with the one that is about to end. Asking for it again at once would go on until it has ended.
func TestTheSameTokenAgain(t *testing.T) {
	w := signedIn(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, nil }
	w.clock += w.wait()
	for w.clock < begin+time.Hour {
		w.Wake("")
		assert.GreaterOrEqual(t, w.wait(), 30*time.Second)
		w.clock += w.wait()
	}
	assert.LessOrEqual(t, len(w.renewals), 8)
}

// A network that is back ends the wait, within a second of it.
func TestOnlineEndsTheWait(t *testing.T) {
	w := signedIn(t, "")
	w.clock += time.Hour
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.Network) }
	w.Wake("")
	w.renew = w.rotate
	w.Wake("focus")
	assert.Greater(t, w.wait(), 20*time.Second)
	w.Wake("online")
	assert.LessOrEqual(t, w.wait(), time.Second)
	w.Wake("")
	assert.Len(t, w.renewals, 2)
}

// Only the user can go on, and nobody knows when that will be: the provider isn't asked every minute until then, and nobody is signed out.
func TestBackOffForTheUser(t *testing.T) {
	w := signedIn(t, "")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.InteractionRequired) }
	w.clock += time.Hour
	for _, most := range []float64{60, 120, 240, 480, 480, 480} {
		w.Wake("")
		assert.LessOrEqual(t, w.wait().Seconds(), most)
		assert.GreaterOrEqual(t, w.wait().Seconds(), most/2)
		w.clock += w.wait()
	}
	_, err := w.Token(noOptions())
	requireCode(t, err, oauth.InteractionRequired)
	told := w.events("session")
	assert.Contains(t, told[len(told)-1], `"status":"signed-in"`, "nothing passes here by itself")
	assert.NotContains(t, w.steps, "frame")
}

// F7: whatever the clock says and does, and however short the tokens live, the rate of renewals is bounded.
func TestWakeIsBounded(t *testing.T) {
	jump := func(r *rand.Rand) time.Duration {
		switch r.Intn(4) {
		case 0:
			return time.Duration(r.Uint64()) // any clock at all
		case 1:
			return time.Duration(r.Int63n(int64(2*365*24*time.Hour))) - 365*24*time.Hour
		}
		return time.Duration(r.Int63n(int64(time.Minute)))
	}
	require.NoError(t, quick.Check(func(seed int64) bool {
		r := rand.New(rand.NewSource(seed))
		w := signedIn(t, "")
		w.renew = func(*vault.Renew) (*vault.Held, error) {
			token := w.token(r.Int())
			token.Lifetime = time.Duration(r.Intn(3)*r.Intn(100_000)) * time.Second
			token.Expires = w.clock + w.set + token.Lifetime
			if r.Intn(3) == 0 {
				return w.held, fail(oauth.Network)
			}
			return w.grant(2, token), nil
		}
		var passed time.Duration // by a clock that is right
		for range 50 {
			wait := w.wait()
			if wait < time.Second || wait > 24*time.Hour {
				return assert.Fail(t, "out of bounds", "%s with seed %d", wait, seed)
			}
			passed += wait
			w.clock += wait
			w.set = jump(r)
			w.Wake("")
		}
		return assert.LessOrEqual(t, len(w.renewals), int(passed/time.Second))
	}, &quick.Config{MaxCount: 200}))
}
