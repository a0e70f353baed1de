package load

import (
	"flag"
	"math"
	"os"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	write   = flag.Bool("write", false, "simulate them all and write ../load.md and ../load.svg")
	clients = flag.Int("clients", 1_000_000, "clients of -write")
)

// seed makes every run the same.
const seed = 1

const outage = 10 * time.Minute

var (
	morning = scenario{title: "All start within a minute", within: time.Minute, every: time.Minute}
	down    = scenario{title: "Ten minutes of 503", within: time.Hour, every: time.Minute, from: 2 * time.Hour, trouble: unavailable}
	busy    = scenario{title: "Ten minutes of 503, and a call every ten seconds", within: time.Hour, every: 10 * time.Second, from: 2 * time.Hour, trouble: unavailable}
	cutOff  = scenario{title: "Ten minutes without a connection", within: time.Hour, every: time.Minute, from: 2 * time.Hour, trouble: unreachable}
	worst   = scenario{title: "All started within a minute, and the 503s come as their tokens end", within: time.Minute, every: time.Minute, from: 52 * time.Minute, trouble: unavailable}

	scenarios = []scenario{morning, down, busy, cutOff, worst}
)

type subject struct {
	name string
	make func(*provider) sdk
}

var subjects = []subject{
	{"Postern", func(p *provider) sdk { return &model{provider: p} }},
	{"auth0-spa-js 2.28.3", func(p *provider) sdk { return &auth0{peer{provider: p}} }},
	{"oidc-client-ts 3.5.0", func(p *provider) sdk { return &oidcClient{peer: peer{provider: p}} }},
	{"oidc-client-ts 3.5.0, signinSilent()", func(p *provider) sdk { return &oidcClient{peer: peer{provider: p}, insists: true} }},
	{"msal-browser 5.29.0", func(p *provider) sdk { return &msal{peer: peer{provider: p}} }},
	{"okta-auth-js 8.0.1", func(p *provider) sdk { return &okta{peer: peer{provider: p}} }},
	{"keycloak-js 26.2.4, updateToken(30)", func(p *provider) sdk { return &keycloak{peer{provider: p}} }},
}

// TestModel holds the model to the product: as many real sessions, each with its vault, must be seen by the provider at the same times, as far as chance
// allows.
func TestModel(t *testing.T) {
	cryptotest.SetGlobalRandom(t, seed)
	const n = 1000
	real := posterns(t)
	for _, s := range scenarios {
		t.Run(s.title, func(t *testing.T) {
			want, got := s.play(n, real, seed), s.play(n, subjects[0].make, seed+1)
			same(t, "requests", want.seconds, got.seconds)
			same(t, "calls without a token", want.failed, got.failed)
			same(t, "recoveries", want.recovered, got.recovered)
			assert.Equal(t, want.lost, got.lost)
		})
	}
}

// same compares counts by the minute.
func same(t *testing.T, what string, want, got []int32) {
	t.Helper()
	for minute := range len(want) / 60 {
		a, b := sum(want[60*minute:60*minute+60]), sum(got[60*minute:60*minute+60])
		assert.InDelta(t, a, b, 6*math.Sqrt(float64(a+b+2)), "%s in minute %d", what, minute)
	}
}

// What load.md says of Postern, held to: the pages of one morning don't renew together, an outage brings no storm, and nobody waits long after it.
func TestPolicy(t *testing.T) {
	cryptotest.SetGlobalRandom(t, seed)
	const n = 20_000
	r := morning.play(n, subjects[0].make, seed)
	for hour := 1; hour < 4; hour++ {
		assert.LessOrEqual(t, peak(r.seconds[hour*3000:hour*3000+3000]), n/150, "a wave of renewals in the %d. hour", hour)
	}
	for _, s := range []scenario{down, busy, cutOff} {
		r := s.play(n, subjects[0].make, seed)
		assert.Zero(t, r.lost, s.title)
		assert.LessOrEqual(t, peak(r.during()), n/200, s.title)
		assert.LessOrEqual(t, peak(r.after()), n/120, s.title)
		assert.LessOrEqual(t, last(r.failed)-r.second(r.to), 64, "%s: seconds until everybody who asks has a token", s.title)
	}
	r = busy.play(n, subjects[0].make, seed)
	assert.LessOrEqual(t, sum(r.during()), n, "requests in ten minutes, of the sixth of the clients whose tokens end in them")
}

func TestWrite(t *testing.T) {
	if !*write {
		t.Skip("make bench-load")
	}
	cryptotest.SetGlobalRandom(t, seed)
	results := make([][]*result, len(scenarios))
	for i, s := range scenarios {
		for _, sub := range subjects {
			results[i] = append(results[i], s.play(*clients, sub.make, seed))
		}
	}
	require.NoError(t, os.WriteFile("../load.md", []byte(report(results)), 0o644))
	require.NoError(t, os.WriteFile("../load.svg", []byte(draw(results)), 0o644))
}
