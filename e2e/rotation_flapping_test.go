package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// ask makes n calls, a second of the page's clock apart, and returns what became of them: codes of errors, "" for a token.
func (a *app) ask(n int) (codes []string) {
	a.Helper()
	a.Eval(`(async (n) => {
		const codes = [];
		for (let i = 0; i < n; i++) {
			t.ahead += 1000;
			codes.push((await t.outcome(t.client.getTokenSilently())).error?.code ?? '');
		}
		return codes;
	})(`+itoa(n)+`)`, &codes)
	return codes
}

func only(codes []string, want string) bool {
	for _, code := range codes {
		if code != want {
			return false
		}
	}
	return len(codes) > 0
}

// F15: the network comes and goes. Offline, nothing is sent; back again, the page renews by itself; nobody is signed out.
func TestF15Flapping(t *testing.T) {
	each(t, map[string]string{"in the page": awakeShared, "in a worker": awakeInWorker}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.lossy()
		a.signIn(options)
		for round := range 5 {
			a.Offline(true)
			if inMemory(options) { // the test takes the page off the network, and not its worker
				require.NoError(t, a.stack.StopIssuer())
			}
			a.becomes("s.status == 'offline'")
			age(a)
			codes := a.ask(10)
			assert.True(t, only(codes, "network"), "%v", codes)
			assert.Equal(t, "Alice Liddell", a.session().User["name"])
			assert.True(t, a.Bool("t.client.isAuthenticated()"))
			assert.Equal(t, round, a.refreshes(), "offline")
			if inMemory(options) {
				require.NoError(t, a.stack.StartIssuer())
			}
			a.Offline(false)
			a.becomes("s.status == 'signed-in' && s.generation == " + itoa(round+2))
		}
		assert.Equal(t, 5, a.refreshes())
		a.kept(1)
		a.greeted("demo|alice")
	})
}

// The browser believes that it is online and the provider can't be reached, again and again.
func TestF15ProviderComesAndGoes(t *testing.T) {
	each(t, map[string]string{"in the page": shared, "in a worker": inWorker}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.lossy()
		a.signIn(options)
		a.forgetSends()
		for round := range 4 {
			require.NoError(t, a.stack.StopIssuer())
			age(a)
			codes := a.ask(30)
			assert.True(t, only(codes, "network"), "%v", codes)
			assert.Equal(t, "offline", a.session().Status, "round %d %s", round, a.Text("JSON.stringify(t.events.map(e => [e.name, e.detail.status ?? e.detail.code ?? '', e.detail.generation]))"))
			require.NoError(t, a.stack.StartIssuer())
			age(a)
			a.token()
			assert.Equal(t, "signed-in", a.session().Status)
			assert.Equal(t, round+1, a.refreshes())
		}
		// Each time: one request that nobody heard, and its replay.
		assert.LessOrEqual(t, a.number("t.sends()"), 8.0)
		a.kept(1)
	})
}

// The provider is overloaded. The longer that lasts, the less often it is asked, whatever the application and the page's events do.
func TestF15NoStorm(t *testing.T) {
	for name, reply := range map[string]fault.Reply{
		"503": {Status: http.StatusServiceUnavailable, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<h1>Back soon</h1>"},
		"429": {Status: http.StatusTooManyRequests, Body: "slow down"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, map[string]string{"in the page": awakeShared, "in a worker": awakeInWorker}, func(t *testing.T, b build, options string) {
				a := start(t, b, calm)
				a.lossy()
				a.signIn(options)
				a.stack.Faults().Answer(1000, reply)
				age(a)
				code := map[string]string{"503": "token_endpoint_error", "429": "rate_limited"}[name]
				codes := a.ask(600) // ten minutes
				assert.True(t, only(codes, code), "%v", codes)
				assert.Equal(t, "recovering", a.session().Status)
				assert.Equal(t, "demo|alice", a.subject())
				asked := a.refreshes()
				assert.GreaterOrEqual(t, asked, 3, "it is asked again")
				assert.LessOrEqual(t, asked, 60)
				a.Eval(`for (let i = 0; i < 100; i++) {
					for (const name of ['online', 'pageshow', 'focus']) dispatchEvent(new Event(name));
					for (const name of ['visibilitychange', 'resume']) document.dispatchEvent(new Event(name));
				}`)
				a.Eval("t.outcome(t.client.getTokenSilently())")
				assert.LessOrEqual(t, a.refreshes(), asked+1)

				a.stack.Faults().Clear()
				age(a, a, a, a)
				a.token()
				assert.Equal(t, "signed-in", a.session().Status)
				a.kept(1)
			})
		})
	}
}

// Retry-After is honoured, by all tabs, and a token that still lives serves meanwhile.
func TestF15RetryAfter(t *testing.T) {
	each(t, map[string]string{"in the page": shared, "in a worker": inWorker}, func(t *testing.T, b build, options string) {
		a := start(t, b, calm)
		a.lossy()
		a.signIn(options)
		first := a.token()
		reply := fault.Unavailable
		reply.Header = http.Header{"Retry-After": {"120"}, "Content-Type": {"application/json"}}
		a.Eval("t.ahead = 270000") // 30 seconds are left, which is less than the leeway
		a.stack.Faults().Answer(1, reply)
		same(t, first, a.token())
		assert.Equal(t, "recovering", a.session().Status)
		codes := a.ask(25)
		assert.True(t, only(codes, ""), "%v", codes)
		a.Eval("t.ahead += 10000")
		for range 3 {
			e := a.fails("token_endpoint_error", "t.client.getTokenSilently()")
			assert.True(t, e.Retryable)
		}
		assert.Equal(t, 1, a.refreshes(), "not before the two minutes are over")
		if !inMemory(options) {
			a.reload(options)
		}
		a.Eval("t.ahead = 310000")
		a.Eval("t.outcome(t.client.getTokenSilently())")
		assert.Equal(t, "demo|alice", a.subject())
		a.Eval("t.ahead = 450000")
		a.token()
		assert.LessOrEqual(t, a.refreshes(), 3)
		assert.Equal(t, "signed-in", a.session().Status)
		a.kept(1)
	})
}

// A user who is offline for a night is still signed in when the network is back, also after a reload.
func TestF15OfflineReload(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, calm)
		a.lossy()
		a.signIn(shared)
		require.NoError(t, a.stack.StopIssuer())
		a.reload("{ahead: 28800000, cacheLocation: 'localstorage'}")
		assert.Equal(t, "demo|alice", a.subject())
		assert.Equal(t, "offline", a.session().Status)
		require.NoError(t, a.stack.StartIssuer())
		age(a)
		a.Eval("dispatchEvent(new Event('online'))")
		a.becomes("s.status == 'signed-in' && s.generation == 2")
		a.greeted("demo|alice")
		a.kept(1)
	})
}
