package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/e2e/chromium"
)

// sign makes a proof with a key, as anybody can who has one.
const sign = `globalThis.sign = async ({ privateKey, publicKey }, htm, htu, token) => {
	const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
	const utf8 = (value) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
	const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
	const text = [
		{ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } },
		{ jti: crypto.randomUUID(), htm, htu, iat: Math.floor(Date.now() / 1000), ...(token && { ath: base64url(await crypto.subtle.digest('SHA-256', utf8(token))) }) },
	].map((part) => base64url(utf8(part))).join('.');
	return text + '.' + base64url(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, utf8(text)));
};
globalThis.own = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
globalThis.theirs = async () => {
	const db = await new Promise((resolve) => { const r = indexedDB.open('postern'); r.onsuccess = () => resolve(r.result); });
	const notes = await new Promise((resolve) => { const r = db.transaction('notes').objectStore('notes').getAll(); r.onsuccess = () => resolve(r.result); });
	db.close();
	return notes.find((note) => note.pair).pair;
};`

// DPoP stops the use of stolen tokens elsewhere, with no key and with the attacker's. It doesn't stop who signs in the page, with the key that lies there for
// use though not for taking, nor a fresh flow with a key of the attacker's.
func TestAdversaryDPoP(t *testing.T) {
	for name, options := range map[string]string{
		"in the page": "{backgroundRenewal: false, useDpop: true}", "in a worker": "{backgroundRenewal: false, useDpop: true, cacheLocation: 'memory'}",
	} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				v := target(t, b, overlapping)
				v.signIn(options)
				v.Eval(sign)
				access, refresh := v.newest()
				token, me := chromium.Quote(access), v.stack.APIURL()+"/me"
				endpoint := chromium.Quote(v.stack.IssuerURL() + "/token")

				assert.Equal(t, 401, v.call(http.Header{"Authorization": {"Bearer " + access}}))
				assert.Equal(t, 401, v.call(http.Header{"Authorization": {"DPoP " + access}}))
				wrong := v.Text("own().then((pair) => sign(pair, 'GET', " + chromium.Quote(me) + ", " + token + "))")
				assert.Equal(t, 401, v.call(http.Header{"Authorization": {"DPoP " + access}, "Dpop": {wrong}}))
				status, _ := v.elsewhere(refresh, http.Header{})
				assert.GreaterOrEqual(t, status, 400)
				status, _ = v.elsewhere(refresh, http.Header{"Dpop": {v.Text("own().then((pair) => sign(pair, 'POST', " + endpoint + "))")}})
				assert.GreaterOrEqual(t, status, 400)
				assert.Equal(t, "false InvalidAccessError", v.Text("theirs().then(async ({privateKey: key}) => key.extractable + ' ' + await crypto.subtle.exportKey('jwk', key).catch((e) => e.name))"))

				// While the page is open.
				signed := v.Text("theirs().then((pair) => sign(pair, 'GET', " + chromium.Quote(me) + ", " + token + "))")
				assert.Equal(t, 200, v.call(http.Header{"Authorization": {"DPoP " + access}, "Dpop": {signed}}))
				asked := v.Text("t.client.generateDpopProof({url: " + chromium.Quote(me) + ", method: 'GET', accessToken: " + token + "})")
				assert.Equal(t, 200, v.call(http.Header{"Authorization": {"DPoP " + access}, "Dpop": {asked}}))

				v.Eval(flow)
				text := v.Text("own().then(async (pair) => { globalThis.mine = pair; return flow(async () => ({ DPoP: await sign(pair, 'POST', " + endpoint + ") })); })")
				_, fresh := v.stolen(text)
				assert.True(t, fresh, text)
				access, _ = v.newest()
				signed = v.Text("sign(mine, 'GET', " + chromium.Quote(me) + ", " + chromium.Quote(access) + ")")
				assert.Equal(t, 200, v.call(http.Header{"Authorization": {"DPoP " + access}, "Dpop": {signed}}))
			})
		})
	}
}
