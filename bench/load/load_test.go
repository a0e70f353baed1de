package load

import (
	"flag"
	"math"
	"slices"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	write   = flag.Bool("write", false, "simulate a million clients and write ../load.md and ../load.svg")
	clients = flag.Int("clients", 1_000_000, "clients of -write")
)

const seed = 1

var scenarios = []scenario{
	{name: "morning", title: "all start within a minute", within: time.Minute, end: 4 * time.Hour},
	{
		name: "outage", title: "ten minutes of 503, clients spread over the hour", within: time.Hour, end: 4 * time.Hour,
		from: 2 * time.Hour, to: 130 * time.Minute, trouble: unavailable,
	},
	{
		name: "unreachable", title: "ten minutes without a connection, clients spread over the hour", within: time.Hour, end: 4 * time.Hour,
		from: 2 * time.Hour, to: 130 * time.Minute, trouble: unreachable,
	},
	{
		name: "worst", title: "all started within a minute, and the 503s come when their tokens end", within: time.Minute, end: 4 * time.Hour,
		from: 52 * time.Minute, to: 62 * time.Minute, trouble: unavailable,
	},
}

type subject struct {
	name string
	make func(*provider) sdk
}

var subjects = []subject{
	{"Postern", func(p *provider) sdk { return &model{provider: p} }},
	{"auth0-spa-js 2.28.3", func(p *provider) sdk { return &auth0{peer{provider: p}} }},
	{"oidc-client-ts 3.5.0", func(p *provider) sdk { return &oidcClient{peer: peer{provider: p}} }},
	{"oidc-client-ts, and signinSilent() on each call", func(p *provider) sdk { return &oidcClient{peer: peer{provider: p}, insists: true} }},
	{"msal-browser 5.29.0", func(p *provider) sdk { return &msal{peer: peer{provider: p}} }},
	{"okta-auth-js 8.0.1", func(p *provider) sdk { return &okta{peer: peer{provider: p}} }},
	{"keycloak-js 26.2.4, updateToken(30)", func(p *provider) sdk { return &keycloak{peer{provider: p}} }},
}

// TestModel holds the model to the product: as many real sessions, with their vaults, must be seen by the provider at the same times, as far as chance
// allows.
func TestModel(t *testing.T) {
	cryptotest.SetGlobalRandom(t, seed)
	const n = 2000
	real := posterns(t)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			want, got := s.play(n, real, seed), s.play(n, subjects[0].make, seed+1)
			same(t, "requests", want.seconds, got.seconds)
			same(t, "calls without a token", want.failed, got.failed)
			same(t, "recoveries", want.recovered, got.recovered)
			assert.Equal(t, want.lost, got.lost)
		})
	}
}

// same compares the counts of each quarter of an hour's fifteenth... by the minute.
func same(t *testing.T, what string, want, got []int32) {
	t.Helper()
	for minute := range len(want) / 60 {
		a, b := sum(want[60*minute:60*minute+60]), sum(got[60*minute:60*minute+60])
		assert.InDelta(t, a, b, 6*math.Sqrt(float64(a+b+2)), "%s in minute %d", what, minute)
	}
}

func sum(counts []int32) (n int) {
	for _, c := range counts {
		n += int(c)
	}
	return n
}

func TestWrite(t *testing.T) {
	if !*write {
		t.Skip("make bench-load")
	}
	cryptotest.SetGlobalRandom(t, seed)
	for _, s := range scenarios {
		t.Logf("%s", s.title)
		for _, sub := range subjects {
			start := time.Now()
			r := s.play(*clients, sub.make, seed)
			t.Logf("%-50s peak %6d mean %6.0f | outage: %d peak %d | after: peak %d; recovered 50%% %d 99%% %d all %d; lost %d; failed in %d after %d last %d | %s", sub.name,
				slices.Max(r.seconds), float64(sum(r.seconds))/(s.end-s.within).Seconds(),
				sum(r.seconds[s.from/time.Second:s.to/time.Second]), maxOf(r.seconds[s.from/time.Second:s.to/time.Second]),
				maxOf(r.seconds[s.to/time.Second:]), quantile(r.recovered, .5), quantile(r.recovered, .99), quantile(r.recovered, 1), r.lost,
				sum(r.failed[:s.to/time.Second]), sum(r.failed[s.to/time.Second:]), last(r.failed)-int(s.to/time.Second), time.Since(start))
		}
	}
	require.False(t, t.Failed())
}

func maxOf(c []int32) int32 { if len(c) == 0 { return 0 }; return slices.Max(c) }
func quantile(c []int32, q float64) int {
	need := int(math.Ceil(q * float64(sum(c))))
	for i, n := range c { need -= int(n); if need <= 0 { return i } }
	return -1
}
func last(c []int32) int { for i := len(c)-1; i >= 0; i-- { if c[i] > 0 { return i } }; return -1 }
