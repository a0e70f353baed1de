package session_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// F7: somebody sets the clock while the page is open. A token is as old as the older of two clocks says; it costs one renewal at most.
func TestClockIsSet(t *testing.T) {
	for _, jump := range []time.Duration{-365 * 24 * time.Hour, -time.Hour, -time.Minute, time.Minute, time.Hour, 365 * 24 * time.Hour} {
		w := signedIn(t, "")
		w.renew = func(r *vault.Renew) (*vault.Held, error) {
			held, err := w.rotate(r)
			held.Tokens[0].Expires = w.clock + w.set + time.Hour
			return held, err
		}
		w.set = jump
		for range 30 {
			w.get("")
			w.Wake("")
			w.clock += time.Minute
		}
		assert.LessOrEqual(t, len(w.renewals), 1, "%s", jump)
		w.clock += 31 * time.Minute
		w.get("")
		assert.NotEmpty(t, w.renewals, "an hour has passed, whatever the clock says (%s)", jump)
		assert.LessOrEqual(t, len(w.renewals), 2, "%s", jump)
	}
}

// The wall clock alone knows of the night that a laptop slept.
func TestSleep(t *testing.T) {
	w := signedIn(t, "")
	w.set = 8 * time.Hour
	assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin))
	w.Wake("resume")
	assert.Empty(t, w.renewals)
	waits := map[time.Duration]bool{}
	for range 20 {
		w.Wake("resume")
		assert.LessOrEqual(t, w.wait(), time.Second)
		waits[w.wait()] = true
	}
	assert.Greater(t, len(waits), 10, "not all that wake at eight ask at the same moment")
	w.Wake("")
	assert.Len(t, w.renewals, 1)
}

// A page that starts after the clock was set back can't know how old a token is.
func TestTokenFromTheFuture(t *testing.T) {
	w := newWorld(t, "")
	w.held, w.renew = w.grant(1), w.rotate
	w.set = -3 * time.Hour
	assert.Equal(t, "at-canary-2", w.get(""))
	assert.Equal(t, "at-canary-1", w.renewals[0].Unwanted.Reveal(), "by the record's clock it would be good")
}

// Pages that started together renew at different moments.
func TestJitter(t *testing.T) {
	const pages, slots = 3000, 30
	var crowd [slots]int
	for range pages {
		w := newWorld(t, "")
		w.held = w.grant(1)
		_, err := w.IsAuthenticated()
		require.NoError(t, err)
		early := 59*time.Minute - w.wait()
		require.True(t, early >= 0 && early <= 5*time.Minute, "%s", early)
		crowd[min(int(early/(10*time.Second)), slots-1)]++
	}
	for slot, n := range crowd {
		assert.InDelta(t, pages/slots, n, pages/slots/2, "in the ten seconds number %d", slot)
	}
}

func TestClockSkew(t *testing.T) {
	w := newWorld(t, "")
	w.held = w.grant(1)
	w.held.Skew = time.Hour
	require.NoError(t, w.Check(oauth.Value{}, false))
	assert.Contains(t, w.events("session")[0], `"clockSkewSeconds":3600`)
	warnings := w.events("warning")
	require.Len(t, warnings, 1)
	assert.Contains(t, warnings[0], `"clock_skew"`)
	assert.Contains(t, warnings[0], "about 3600 seconds behind the provider's")
	w.renew = func(r *vault.Renew) (*vault.Held, error) {
		held, err := w.rotate(r)
		held.Skew = time.Hour + time.Second
		return held, err
	}
	w.get(`{"cacheMode":"off"}`)
	assert.Empty(t, w.events("warning"), "once")
	w.renew = func(r *vault.Renew) (*vault.Held, error) {
		held, err := w.rotate(r)
		held.Skew = -2 * time.Second
		return held, err
	}
	w.get(`{"cacheMode":"off"}`)
	assert.Empty(t, w.events("warning"), "that is the time an answer takes")
	assert.Contains(t, w.events("session")[1], `"clockSkewSeconds":0`)
}

// The status tells an application that shows it what is the matter; nobody is signed out for want of a network.
func TestStatus(t *testing.T) {
	w := signedIn(t, "")
	w.events("session")
	status := func() string {
		told := w.events("session")
		require.Len(t, told, 1)
		return told[0]
	}
	w.offline = true
	w.Wake("offline")
	assert.Contains(t, status(), `"status":"offline","user"`)
	w.offline = false
	w.Wake("online")
	assert.Contains(t, status(), `"status":"signed-in"`)
	assert.Contains(t, w.steps, "retry")

	w.renew = func(*vault.Renew) (*vault.Held, error) {
		return w.held, &oauth.Error{Code: oauth.TokenEndpointError, Retryable: true}
	}
	w.clock += time.Hour
	w.Wake("")
	assert.Contains(t, status(), `"status":"recovering","user"`)
	w.renew = w.rotate
	w.get("")
	assert.Contains(t, w.events("session")[0], `"status":"signed-in"`)

	w.renew = func(*vault.Renew) (*vault.Held, error) { // whose vault had no look at the record since
		return nil, &oauth.Error{Code: oauth.DiscoveryFailed, Retryable: true, Err: fail(oauth.Network)}
	}
	w.clock += time.Hour
	w.Wake("")
	assert.Contains(t, status(), `"status":"offline"`, "for want of a network there is no discovery either")
	w.renew = func(*vault.Renew) (*vault.Held, error) {
		return nil, &oauth.Error{Code: oauth.DiscoveryFailed, Retryable: true, Err: fail(oauth.ResponseTooLarge)}
	}
	_, err := w.Token(noOptions())
	requireCode(t, err, oauth.DiscoveryFailed)
	assert.Contains(t, status(), `"status":"recovering"`)

	w.held = &vault.Held{}
	w.renew = w.rotate
	require.NoError(t, w.Heard("x"))
	assert.Contains(t, status(), `"status":"signed-out"`)
	w.held = w.grant(7)
	require.NoError(t, w.Heard("x"))
	assert.Contains(t, status(), `"status":"signed-in"`, "the trouble was the other session's")
}

// What another page tells reaches this page's listeners.
func TestHeard(t *testing.T) {
	w := signedIn(t, "")
	w.events("session")
	w.held = &vault.Held{}
	require.NoError(t, w.Heard(`{"ended":true}`))
	assert.Equal(t, []string{`{"ended":true}`}, w.heard)
	assert.Contains(t, w.events("session")[0], "signed-out")
	assert.EqualValues(t, -1, w.wait())

	w.heldErr = fail(oauth.StorageCorrupt)
	requireCode(t, w.Heard("x"), oauth.StorageCorrupt)
	w.Close()
	requireCode(t, w.Heard("x"), oauth.ClientClosed)
	assert.Len(t, w.heard, 2)
}
