package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/chromium"
)

func TestReload(t *testing.T) {
	for _, place := range []struct {
		name, options  string
		survives       bool
		inAnotherTab   bool
		sessionStorage string // what may stand there
	}{
		{"sessionstorage", "{cacheLocation: 'sessionstorage'}", true, false, "postern:session:"},
		{"localstorage", "{cacheLocation: 'localstorage'}", true, true, ""},
		{"memory", "{cacheLocation: 'memory', useWorker: false}", false, false, ""},
		{"worker", "{cacheLocation: 'memory'}", true, true, ""},
		{"custom", "{ownCache: true, cacheLocation: 'memory'}", true, true, ""},
	} {
		t.Run(place.name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b)
				a.signIn(place.options)
				token := a.token()
				assert.Equal(t, place.name, a.session().Storage)
				requests := a.stack.Ledger().Requests("")
				for range 2 {
					a.reload(place.options)
					a.keeps(place.survives, token)
				}
				other := a.anotherTab()
				other.create(place.options)
				other.keeps(place.inAnotherTab, token)
				assert.Equal(t, requests, a.stack.Ledger().Requests(""))
				for key := range strings.SplitSeq(a.Text("Object.keys(sessionStorage).join(' ')"), " ") {
					assert.True(t, key == "" || strings.HasPrefix(key, "postern:history:") || place.sessionStorage != "" && strings.HasPrefix(key, place.sessionStorage), key)
				}
				for key := range strings.SplitSeq(a.Text("Object.keys(localStorage).join('|')"), "|") {
					if place.name == "custom" {
						assert.True(t, strings.HasPrefix(key, "own postern:session:"), key)
					} else {
						assert.True(t, key == "" || place.name == "localstorage" && strings.HasPrefix(key, "postern:session:"), key)
					}
				}
				if place.survives {
					a.Eval("t.client.logout({openUrl: false})")
					a.reload(place.options)
					assert.Equal(t, "", a.subject())
				}
			})
		})
	}
}

func (a *app) keeps(survives bool, token string) {
	a.Helper()
	if survives {
		assert.Equal(a, "demo|alice", a.subject())
		assert.Equal(a, token, a.token())
	} else {
		assert.Equal(a, "", a.subject())
	}
}

// A cache may answer at once or later, and it may fail.
func TestCustomCache(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ownCache: true}")
		// The same, but without promises and without allKeys.
		a.reload(`{cache: {
			get: (key) => localStorage.getItem('own ' + key) ?? undefined,
			set: (key, value) => { localStorage.setItem('own ' + key, value); },
			remove: (key) => { localStorage.removeItem('own ' + key); },
		}}`)
		assert.Equal(t, "demo|alice", a.subject())
		first := a.token()
		assert.NotEqual(t, first, a.Text("t.client.getTokenSilently({cacheMode: 'off'})"))
		assert.Equal(t, 2, a.session().Generation)
		a.reload("{ownCache: true}")
		assert.Equal(t, 2, a.session().Generation)

		for _, broken := range []string{
			"{get: async () => { throw new Error('gone'); }, set: async () => { throw new Error('gone'); }, remove: async () => { throw new Error('gone'); }}",
			"{get: () => { throw new Error('gone'); }, set: () => { throw new Error('gone'); }, remove: () => { throw new Error('gone'); }}",
			"{get: async () => 42, set: async () => {}, remove: async () => {}}",
			"{}",
		} {
			a.reload("{cache: " + broken + "}")
			assert.Equal(t, "", a.subject(), broken)
		}
	})
}

// A full store ends no session: it goes on in the page's memory, and says so.
func TestStorageFull(t *testing.T) {
	for _, location := range []string{"sessionstorage", "localstorage"} {
		t.Run(location, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b)
				options := "{ahead: 0, logs: true, cacheLocation: '" + location + "'}"
				a.create(options)
				a.callbackURL("")
				a.create(options)
				a.Eval(`{
					const setItem = Storage.prototype.setItem;
					Storage.prototype.setItem = function (key, value) {
						if (key.includes('session')) throw new DOMException('full', 'QuotaExceededError');
						return setItem.call(this, key, value);
					};
				}`)
				a.Eval("t.client.handleRedirectCallback()")
				a.degraded()
				first := a.token()
				a.Eval("t.ahead = 61000")
				assert.NotEqual(t, first, a.token(), "renewal works as well")
				assert.Equal(t, 1, a.stack.Ledger().MaxUses())
				a.reload(options)
				assert.Equal(t, "", a.subject())
			})
		})
	}
}

// The store fills up later, over a record that is there: the old record must not stay, since its refresh token is used up.
func TestStorageFullAtRenewal(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0, logs: true}")
		a.Eval("t.ahead = 61000; Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
		a.token()
		a.degraded()
		assert.NotContains(t, a.Text("t.stored()"), "refresh_token")
		a.Eval("t.ahead = 130000")
		a.token()
		assert.Equal(t, 2, a.refreshes())
		assert.Equal(t, 1, a.stack.Ledger().MaxUses())
	})
}

func (a *app) degraded() {
	a.Helper()
	assert.Equal(a, "demo|alice", a.subject())
	assert.Equal(a, "memory", a.session().Storage)
	var warnings []struct{ Code, Message string }
	// The clock that is set ahead to make tokens old is noticed too, and another test's business.
	a.Eval("t.told('warning').filter(w => w.code != 'clock_skew')", &warnings)
	if assert.Len(a, warnings, 1) {
		assert.Equal(a, "storage_degraded", warnings[0].Code)
		assert.NotEmpty(a, warnings[0].Message)
	}
	var logged []struct{ Level, Code string }
	a.Eval("t.told('log').filter(l => l.code != 'clock_skew')", &logged)
	if assert.Len(a, logged, 1) {
		assert.Equal(a, "warn", logged[0].Level)
		assert.Equal(a, "storage_degraded", logged[0].Code)
	}
}

// Storage that may not even be looked at, as where cookies are blocked.
func TestStorageBlocked(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.BeforeScripts(`Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } })`)
		a.open(home)
		a.signIn("{cacheLocation: 'localstorage'}")
		assert.Equal(t, "memory", a.session().Storage)
		a.greeted("demo|alice")
		a.Eval("t.client.logout({openUrl: false})")
		assert.Equal(t, "", a.subject())
	})
	t.Run("sessionStorage", func(t *testing.T) {
		eachBuild(t, func(t *testing.T, b build) {
			a := start(t, b)
			a.BeforeScripts(`Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } })`)
			a.open(home)
			a.create("{cacheLocation: 'memory'}")
			assert.Equal(t, "", a.subject())
			// The login couldn't be finished, so it isn't begun.
			a.fails("storage_unavailable", "t.client.loginWithRedirect()")
		})
	})
}

// A record that is damaged is a signed-out start; one of a later version is left to that version (case F14).
func TestForeignRecords(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("")
		key := a.Text("Object.keys(sessionStorage).find(key => key.includes('session'))")
		good := a.Text("sessionStorage.getItem(" + chromium.Quote(key) + ")")
		put := func(record string) {
			a.Eval("sessionStorage.setItem(" + chromium.Quote(key) + ", " + chromium.Quote(record) + ")")
		}
		for _, record := range []string{"", "{}", "postern/1", "postern/1 {", good[:len(good)/2], "postern/1 null", "\u0000\uffff"} {
			a.Reload() // a page with a client looks at the store once more on its way out
			a.ready()
			put(record)
			a.create("{logs: true}")
			assert.Equal(t, "", a.subject(), record)
			assert.Equal(t, []string{"storage_corrupt"}, a.values("t.told('log').map(entry => entry.code)"), record)
			a.fails("login_required", "t.client.getTokenSilently()")
		}
		put(good)
		a.reload("{clientId: 'another'}")
		assert.Equal(t, "", a.subject(), "another client's record")
		a.reload("")
		assert.Equal(t, "demo|alice", a.subject())

		later := strings.Replace(good, "postern/1", "postern/2", 1)
		put(later)
		a.Reload()
		a.ready()
		a.fails("storage_corrupt", "t.create()")
		assert.Equal(t, later, a.Text("sessionStorage.getItem("+chromium.Quote(key)+")"))
		assert.Zero(t, a.refreshes())
	})
}

// The user clears the site's data while the page is open (case F9).
func TestStorageCleared(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: 0}")
		a.Eval("sessionStorage.clear(); t.ahead = 61000")
		a.fails("login_required", "t.client.getTokenSilently()")
		assert.Equal(t, "", a.subject())
		assert.Zero(t, a.refreshes())
		a.signInAgain("alice", "wonderland", "{ahead: 0}")
	})
}
