package session_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// FuzzSchedule plays a page's life: timers that fire in time or late, clocks that are set, events, renewals that succeed or don't. Each step is
// two bytes, what and how much. Whatever happens, the timer never asks to be woken at once, so that nothing goes round in a loop; a session
// that can be renewed always has a timer; and by the monotonic clock the provider is asked no oftener than once a second.
func FuzzSchedule(f *testing.F) {
	f.Fuzz(func(t *testing.T, script []byte, jump, life int64) {
		w := signedIn(t, `"refreshTokenLifetime":{"idleSeconds":3600,"absoluteSeconds":86400}`)
		answer := byte(0)
		w.renew = func(*vault.Renew) (*vault.Held, error) {
			switch answer % 4 {
			case 0:
				return w.held, fail(oauth.Network)
			case 1:
				return w.held, fail(oauth.TokenEndpointError)
			}
			token := w.token(len(w.renewals))
			token.Lifetime = time.Duration(uint64(life) % uint64(10*365*24*time.Hour)).Truncate(time.Second) // as a token response may say
			token.Expires = w.clock + w.set + token.Lifetime
			if answer%4 == 3 {
				token.Expires = time.Duration(life) // as a record may say that another page wrote
			}
			w.held = w.grant(2, token)
			return w.held, nil
		}
		for ; len(script) >= 2; script = script[2:] {
			amount := time.Duration(script[1])
			asked, woken := len(w.renewals), len(w.waits)
			event := ""
			switch script[0] % 8 {
			case 0, 1: // the timer fires
				if w.wait() < 0 {
					continue
				}
				w.clock += w.wait()
			case 2: // and late: the laptop slept
				if w.wait() < 0 {
					continue
				}
				w.clock += w.wait() + amount*time.Hour
			case 3:
				w.set = time.Duration(jump) / max(amount, 1)
				event = "focus"
			case 4:
				answer = script[1]
				continue
			case 5:
				w.hidden = script[1]%2 == 1
				event = "visibilitychange"
			case 6:
				w.offline = script[1]%2 == 1
				event = "online"
				if w.offline {
					event = "offline"
				}
			case 7:
				w.clock += amount * time.Second
				event = "focus"
			}
			w.Wake(event)
			require.LessOrEqual(t, len(w.renewals), asked+1, "one wake, one renewal")
			for _, wait := range w.waits[woken:] {
				require.LessOrEqual(t, wait, 24*time.Hour)
				if event == "" {
					require.True(t, wait < 0 || wait >= time.Second, "woken again after %s", wait)
				}
			}
			yes, err := w.IsAuthenticated()
			require.NoError(t, err)
			if yes && !w.hidden && !w.offline {
				require.GreaterOrEqual(t, w.wait(), time.Duration(0), "nothing wakes the page any more")
			}
		}
	})
}
