package session_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
)

const lifetimes = `"refreshTokenLifetime":{"idleSeconds":7200,"absoluteSeconds":86400}`

// living is a session whose family began at the world's first moment.
func living(t *testing.T, options, claims string) *world {
	w := newWorld(t, options)
	w.held = w.grant(1)
	w.held.IDToken = idToken(claims)
	w.held.SignedInAt, w.held.RenewedAt = begin, begin
	w.renew = func(*vault.Renew) (*vault.Held, error) {
		w.held = w.grant(2)
		w.held.IDToken = idToken(claims)
		w.held.SignedInAt, w.held.RenewedAt = begin, w.clock
		return w.held, nil
	}
	require.NoError(t, w.Check(oauth.Value{}, false))
	return w
}

func TestDeadlines(t *testing.T) {
	w := living(t, lifetimes, fmt.Sprintf(`"sub":"u1","session_expiry":%d`, int64((begin+3*time.Hour)/time.Second)))
	told := w.events("session")
	require.Len(t, told, 1)
	assert.Contains(t, told[0], `"deadlines":{"idle":1790007200000,"absolute":1790086400000,"sessionExpiry":1790010800000}`)
	assert.Empty(t, w.events("deadline"))

	w.hidden = true // nobody looks: the refresh token isn't used
	w.clock += 2*time.Hour - 5*time.Minute
	w.Wake("")
	assert.Equal(t, []string{`{"kind":"idle","inSeconds":300}`}, w.events("deadline"))
	w.Wake("")
	w.Wake("focus")
	assert.Empty(t, w.events("deadline"), "once")
	w.hidden = false
	w.Wake("")
	require.Len(t, w.renewals, 1)
	assert.Contains(t, w.events("session")[0], `"idle":1790014100000`, "used again")

	w.clock = begin + 3*time.Hour - time.Minute
	w.get("")
	assert.Equal(t, []string{`{"kind":"session_expiry","inSeconds":60}`}, w.events("deadline"))
	w.clock += time.Minute
	assert.Empty(t, w.Cached(w.clock, w.clock-begin))
	_, err := w.Token(oauth.Value{})
	requireCode(t, err, oauth.SessionExpired)
	assert.Contains(t, w.steps, "sign out")
	told = w.events("session")
	assert.Contains(t, told[len(told)-1], "signed-out")
	w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{}, fail(oauth.LoginRequired) }
	_, err = w.Token(oauth.Value{})
	requireCode(t, err, oauth.LoginRequired)
}

// A provider that writes its session_expiry in milliseconds, or has one for never, ends no session: multiplied, the number would run over, and stand for
// some day in the past.
func TestDeadlineBeyondTheClock(t *testing.T) {
	for _, expiry := range []int64{1790010800000, 253402300799, 1 << 53} {
		w := living(t, "", fmt.Sprintf(`"sub":"u1","session_expiry":%d`, expiry))
		assert.Equal(t, "at-canary-1", w.get(""), expiry)
		assert.Contains(t, w.events("session")[0], `"deadlines":{}`, expiry)
		assert.NotContains(t, w.steps, "sign out")
	}
}

// A ceiling is lower than a token that outlives it.
func TestDeadlineBeforeTheTokens(t *testing.T) {
	w := living(t, "", `"sub":"u1","session_expiry":1790001800`)
	assert.NotEmpty(t, w.Cached(w.clock, w.clock-begin))
	w.clock += 30 * time.Minute
	assert.Empty(t, w.Cached(w.clock, w.clock-begin))
}

// A page that slept past the end of its session may be the last to hear that somebody has signed in since. That session isn't the page's to end.
func TestDeadlineOfTheSessionBefore(t *testing.T) {
	w := living(t, "", `"sub":"u1","session_expiry":1790007200`)
	w.clock += 2 * time.Hour
	w.held = another(w)
	w.held.Tokens[0].Value = oauth.NewSecret("at-canary-9")
	assert.Equal(t, "at-canary-9", w.get(""))
	assert.NotContains(t, w.steps, "sign out")
}

// The earlier of a renewal and a deadline is woken for.
func TestDeadlineOrRenewal(t *testing.T) {
	for idle, want := range map[string]time.Duration{"7200": 59 * time.Minute, "1800": 25 * time.Minute} {
		w := living(t, `"refreshTokenLifetime":{"idleSeconds":`+idle+`}`, `"sub":"u1"`)
		assert.LessOrEqual(t, w.wait(), want)
		assert.GreaterOrEqual(t, w.wait(), want-5*time.Minute, "a renewal has jitter")
	}
}

// Nobody knows of an end that nobody named, nor of one of refresh tokens where there is none.
func TestNoDeadlines(t *testing.T) {
	for _, test := range []struct {
		options    string
		generation int
		want       string
	}{
		{`"refreshTokenLifetime":{"idleSeconds":7200}`, 1, `{"idle":1790007200000}`},
		{`"refreshTokenLifetime":{"absoluteSeconds":7200}`, 1, `{"absolute":1790007200000}`},
		{lifetimes, 0, `{}`},
		{"", 1, `{}`},
	} {
		w := newWorld(t, test.options)
		w.held = w.grant(test.generation, w.token(1))
		w.held.SignedInAt, w.held.RenewedAt = begin, begin
		require.NoError(t, w.Check(oauth.Value{}, false))
		assert.Contains(t, w.events("session")[0], `"deadlines":`+test.want+`,`, test.options)
	}
}

// The deadline is woken for, by a page in the background too.
func TestDeadlineTimer(t *testing.T) {
	w := living(t, `"backgroundRenewal":false,`+lifetimes, `"sub":"u1"`)
	assert.Equal(t, 2*time.Hour-5*time.Minute, w.wait())
	w.clock += w.wait()
	w.Wake("")
	assert.Len(t, w.events("deadline"), 1)
	assert.Equal(t, 5*time.Minute, w.wait())
}

// A family that has reached its end is told from one that was revoked.
func TestPastDeadline(t *testing.T) {
	w := living(t, lifetimes, `"sub":"u1"`)
	w.renew = func(*vault.Renew) (*vault.Held, error) { return w.held, fail(oauth.Network) }
	w.clock += 3 * time.Hour
	_, err := w.Token(oauth.Value{})
	requireCode(t, err, oauth.Network) // the provider hasn't said so
	for late, want := range map[time.Duration]oauth.Code{time.Hour: oauth.SessionRevoked, 3 * time.Hour: oauth.SessionExpired} {
		w := living(t, lifetimes, `"sub":"u1"`)
		w.renew = func(*vault.Renew) (*vault.Held, error) { return &vault.Held{}, fail(oauth.SessionRevoked) }
		w.clock += late
		_, err := w.Token(oauth.Value{})
		requireCode(t, err, want)
	}
}

// Auth0 allows 31,557,600 seconds and Cognito ten years; a century, which nobody allows, still fits a Duration that counts from the epoch.
func TestLongLifetimes(t *testing.T) {
	w := living(t, `"refreshTokenLifetime":{"idleSeconds":31557600,"absoluteSeconds":3155760000}`, `"sub":"u1"`)
	told := w.events("session")
	require.Len(t, told, 1)
	assert.Contains(t, told[0], `"deadlines":{"idle":1821557600000,"absolute":4945760000000}`)
	assert.Positive(t, w.wait())

	_, err := session.ParseOptions("{"+plain+`,"refreshTokenLifetime":{"idleSeconds":3155760001}}`, origin)
	assert.Contains(t, requireCode(t, err, oauth.ConfigInvalid).Description, "idleSeconds must be a number of seconds, 0 or more and at most 100 years")
	_, err = session.ParseOptions("{"+plain+`,"httpTimeoutInSeconds":2073601}`, origin)
	assert.Contains(t, requireCode(t, err, oauth.ConfigInvalid).Description, "httpTimeoutInSeconds must be a number of seconds, 0 or more and at most 24 days")
}

func TestLifetimesRefused(t *testing.T) {
	for _, options := range []string{`{"idleSeconds":-1}`, `{"absoluteSeconds":"7"}`, `{"idleSeconds":1e12}`, `{"idle":60}`, `"60"`, `60`, `null`, `[60]`, `true`} {
		_, err := session.ParseOptions("{"+plain+`,"refreshTokenLifetime":`+options+"}", origin)
		requireCode(t, err, oauth.ConfigInvalid)
	}
}
