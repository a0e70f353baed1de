package engines

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// The ways to keep a session and to begin one that need more of an engine: a worker with the module, keys in IndexedDB, a frame, a popup.

// A worker keeps the refresh token.
func TestWorker(t *testing.T) {
	each(t, false, func(a *app) {
		a.signIn(inWorker)
		assert.Equal(a, "worker", a.text("t.client.session().storage"))
		a.age()
		a.token()
		assert.Equal(a, 1, a.refreshes())
		assert.NotContains(a, a.text("t.stored()"), "refresh_token")
		assert.Equal(a, "0", a.text("t.sends()"), "it is the worker that sends")
	})
}

// It is one for all tabs: a new one has the session, and so has a tab that reloads while another is there; what one does reaches the others.
func TestWorkerOfAllTabs(t *testing.T) {
	each(t, false, func(a *app) {
		a.signIn(inWorker)
		other := a.sibling(inWorker)
		assert.Equal(a, "demo|alice", other.subject())
		a.age(other)
		token := a.token()
		assert.True(a, token == other.token())
		a.reload("{ahead: 301000, backgroundRenewal: false, cacheLocation: 'memory'}")
		assert.True(a, token == a.token())
		assert.Equal(a, 1, a.refreshes())
		other.eval("t.client.logout({openUrl: false})")
		a.waitFor("t.client.session().status === 'signed-out'")
		assert.Equal(a, 1, a.stack.Ledger().Requests("authorization_code"))
	})
}

// DPoP: keys that nobody can read outlive the page.
func TestDPoP(t *testing.T) {
	const options = "{backgroundRenewal: false, useDpop: true}"
	each(t, false, func(a *app) {
		a.signIn(options)
		assert.Equal(a, "DPoP", a.text("t.client.getTokenSilently({detailedResponse: true}).then((r) => r.token_type)"))
		a.reload(options)
		a.text("t.client.getTokenSilently({cacheMode: 'off'})")
		assert.Equal(a, "2", a.text("t.client.session().generation"))
		assert.Equal(a, "false InvalidAccessError", a.text(`(async () => {
			const settled = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
			const db = await settled(indexedDB.open('postern'));
			const {privateKey} = (await settled(db.transaction('notes').objectStore('notes').getAll())).find((v) => v.pair).pair;
			db.close();
			return privateKey.extractable + ' ' + await crypto.subtle.exportKey('jwk', privateKey).catch((e) => e.name);
		})()`))
		assert.Empty(a, a.stack.Ledger().Revocations())
	}, func(c *stack.Config) { c.DPoPNonces = true })
}

func registered(c *stack.Config) { c.RedirectPaths = append(c.RedirectPaths, "/postern/callback.html") }

const callback = "new URL('/postern/callback.html', location).href"

// Without a refresh token, the provider is asked in a hidden frame.
func TestSilentFrame(t *testing.T) {
	each(t, false, func(a *app) {
		a.signIn("{ahead: 0, backgroundRenewal: false, useRefreshTokens: false, useRefreshTokensFallback: true, silentRedirectUri: " + callback + "}")
		first := a.token()
		a.age()
		assert.True(a, first != a.token())
		assert.Zero(a, a.refreshes())
		assert.Equal(a, 2, a.stack.Ledger().Requests("authorization_code"))
		assert.Equal(a, "null", a.text("document.querySelector('iframe')"))
		a.stack.ForgetSignIns()
		a.age()
		assert.Equal(a, "error: missing_refresh_token", a.fails(renewal))
	}, registered)
}

// A sign-in in a window of its own, also where the login page cuts it off from the page that opened it.
func TestPopup(t *testing.T) {
	for name, coop := range map[string]string{"with its opener": "", "cut off from its opener": "same-origin"} {
		t.Run(name, func(t *testing.T) {
			each(t, false, func(a *app) {
				a.create("{ahead: 0, backgroundRenewal: false, popupRedirectUri: " + callback + "}")
				if coop != "" { // without a screen, every page may believe that it has the user's attention
					a.eval("void (document.hasFocus = () => false)")
				}
				a.opened("t.begin('popup', async () => t.client.loginWithPopup())").authenticate()
				assert.Equal(a, "undefined", a.end("popup"))
				assert.Equal(a, "demo|alice", a.subject())
				assert.Equal(a, home, a.text("location.pathname"), "the page stayed")
			}, registered, func(c *stack.Config) { c.IssuerCOOP = coop })
		})
	}
}

// Where an engine opens no window without a click, the application is told so at once. The other engines' drivers give every script a click.
func TestPopupBlocked(t *testing.T) {
	each(t, false, func(a *app) {
		if a.engine != "webkit" {
			a.Skip("opens windows")
		}
		a.create(alone)
		assert.Equal(a, "error: popup_blocked", a.fails("t.client.loginWithPopup()"))
		assert.Equal(a, "", a.subject())
	}, registered)
}
