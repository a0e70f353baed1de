package vault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestDPoPExchange(t *testing.T) {
	w := dpopWorld(t)
	v := w.page()
	jkt, err := v.KeyThumbprint()
	require.NoError(t, err)
	w.server.answers(saying("n-1", bindings(nil)), bindings(nil))
	held := w.signIn(v)
	assert.Equal(t, "DPoP", held.Tokens[0].Type)
	assert.Equal(t, jkt, w.proofs()[0].jkt, "the key that the login named")
	assert.Empty(t, w.proofs()[0].Nonce)
	assert.Equal(t, jkt, w.record().jkt)

	w.clock += lifetime
	held, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, "n-1", w.proofs()[0].Nonce, "H38: a nonce that came with tokens is used next")
	assert.Equal(t, jkt, w.record().jkt)
	other, err := w.page().KeyThumbprint()
	require.NoError(t, err)
	assert.Equal(t, jkt, other, "every page has the same key")
}

// A server may want a nonce: the code is sent once more, with another proof, and no third time.
func TestDPoPExchangeNonce(t *testing.T) {
	for name, test := range map[string]struct {
		script    []reply
		want      oauth.Code // "" is signed in
		retryable bool
		sends     int
	}{
		"once":       {[]reply{wants("n-1"), bindings(nil)}, "", false, 2},
		"for ever":   {[]reply{wants("n-1"), wants("n-2")}, oauth.DPoPFailed, true, 2},
		"unreadable": {[]reply{wants("")}, oauth.DPoPNonceUnreadable, false, 1},
		"two":        {[]reply{wants("n-1, n-2")}, oauth.DPoPFailed, false, 1},
		"a space":    {[]reply{wants("n 1")}, oauth.DPoPFailed, false, 1},
		"8 kB":       {[]reply{wants(strings.Repeat("n", 8192))}, oauth.DPoPFailed, false, 1},
		"bad proof":  {[]reply{refuse(400, `{"error":"invalid_dpop_proof"}`)}, oauth.DPoPFailed, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := dpopWorld(t)
			v := w.page()
			w.server.answers(test.script...)
			_, err := v.Exchange(exchange(t))
			proofs := w.proofs()
			assert.Len(t, proofs, test.sends)
			if test.sends == 2 {
				assert.Equal(t, "n-1", proofs[1].Nonce)
			}
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			assert.Equal(t, test.retryable, requireCode(t, err, test.want).Retryable)
			assert.False(t, w.record().signedIn())
		})
	}
}

// A renewal that is refused for want of a nonce was none: it is sent again as though for the first time, and its replay is still to be had.
func TestDPoPRenewalNonce(t *testing.T) {
	w, v := boundPage(t)
	var marked []string
	w.locks.noted = func(text string) { marked = append(marked, text) }
	w.server.answers(wants("n-1"), bindings(nil))
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())
	assert.Equal(t, "n-1", w.proofs()[1].Nonce)
	for _, text := range marked {
		assert.NotContains(t, text, `"sends":2`)
	}
	assert.Contains(t, w.text(), "rt-canary-3", "what the third request brought")

	// Lost after the nonce: one replay, as ever.
	w, v = boundPage(t)
	w.server.answers(wants("n-1"), lost(oauth.Network), bindings(nil))
	held, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Len(t, w.proofs(), 3)
	assert.Len(t, w.server.probed, 1)

	// Lost first, and the replay is what wants a nonce.
	w, v = boundPage(t)
	w.server.answers(lost(oauth.Network), wants("n-1"), bindings(nil))
	held, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Len(t, w.proofs(), 3)

	// And lost twice, with a nonce in between: a third use could look like theft.
	w, v = boundPage(t)
	w.server.answers(lost(oauth.Network), wants("n-1"), lost(oauth.Network), bindings(nil))
	_, err = v.Renew(wanted())
	requireCode(t, err, oauth.Network)
	_, err = v.Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Len(t, w.proofs(), 3)
}

// auth0-spa-js drops the refresh token here.
func TestDPoPRenewalNonceForEver(t *testing.T) {
	w, v := boundPage(t)
	before := w.record()
	w.server.answers(wants("n-1"), wants("n-2"), bindings(nil))
	held, err := v.Renew(wanted())
	assert.True(t, requireCode(t, err, oauth.DPoPFailed).Retryable)
	assert.Len(t, w.proofs(), 2)
	assert.Equal(t, 1, held.Generation, "the session is kept")
	now := w.record()
	assert.Equal(t, before.refreshToken.Reveal(), now.refreshToken.Reveal())
	assert.Zero(t, now.attempt.sends)
	assert.Zero(t, v.noted(now.family).sends, "it never was")

	held, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	assert.Equal(t, "n-2", w.proofs()[2].Nonce)
}

// What a server says of a nonce never ends a session.
func TestDPoPRenewalRefused(t *testing.T) {
	for name, test := range map[string]struct {
		answer reply
		want   oauth.Code
	}{
		"unreadable": {wants(""), oauth.DPoPNonceUnreadable},
		"malformed":  {wants("n 1"), oauth.DPoPFailed},
		"bad proof":  {refuse(400, `{"error":"invalid_dpop_proof"}`), oauth.DPoPFailed},
		"downgrade":  {grants(map[string]string{"refresh_token": ""}), oauth.DPoPDowngrade},
	} {
		t.Run(name, func(t *testing.T) {
			w, v := boundPage(t)
			w.server.answers(test.answer, bindings(nil))
			_, err := v.Renew(wanted())
			requireCode(t, err, test.want)
			assert.Len(t, w.proofs(), 1)
			held, err := v.Renew(wanted())
			require.NoError(t, err)
			assert.Equal(t, 2, held.Generation)
			assert.Equal(t, []string{"rt-canary-1", "rt-canary-1"}, w.server.used())
		})
	}
}

// H16: a Bearer token is what a thief could use.
func TestDPoPDowngrade(t *testing.T) {
	w := dpopWorld(t)
	_, err := w.page().Exchange(exchange(t))
	requireCode(t, err, oauth.DPoPDowngrade)
	assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)
	assert.False(t, w.record().signedIn())

	// At a renewal the refresh token is used up: its successor is kept, and the access token is not.
	w, v := boundPage(t)
	w.server.answers(grants(nil), bindings(nil))
	held, err := v.Renew(wanted())
	requireCode(t, err, oauth.DPoPDowngrade)
	assert.Equal(t, 2, held.Generation)
	assert.NotContains(t, w.text(), "at-canary-2")
	held, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 3, held.Generation)

	// And the other way round: a token that nobody here can use.
	w = newWorld(t)
	w.server.answers(bindings(nil))
	_, err = w.page().Exchange(exchange(t))
	requireCode(t, err, oauth.TokenResponseInvalid)
	assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)
}

// A nonce that came with tokens and is none costs nobody the tokens.
func TestDPoPNonceIgnored(t *testing.T) {
	w := dpopWorld(t)
	v := w.page()
	w.server.answers(saying("n 1", bindings(nil)), saying("", bindings(nil)), bindings(nil))
	w.signIn(v)
	for range 2 {
		w.clock += lifetime
		_, err := v.Renew(wanted())
		require.NoError(t, err)
	}
	for _, r := range w.server.sent {
		assert.Empty(t, proofOf(t, r.proof).Nonce)
	}
}

// Tokens without their key are worthless, and the user is told so.
func TestDPoPKeyLost(t *testing.T) {
	lose := func(w *world) { w.keeper.lose() }
	for name, do := range map[string]func(*world){
		"lost":        lose,
		"another":     func(w *world) { w.keeper.lose(); _, _ = w.page().KeyThumbprint() },
		"switched":    func(w *world) { w.keeper = nil },
		"written off": func(w *world) { rec := w.record(); rec.jkt = "another"; w.write(rec) },
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := boundPage(t)
			do(w)
			v := w.page()
			held, err := v.Renew(wanted())
			e := requireCode(t, err, oauth.LoginRequired)
			assert.Contains(t, e.Description, "key")
			assert.True(t, held.IDToken.Empty())
			assert.Len(t, w.server.sent, 1, "nothing is sent that would be refused")
			assert.Equal(t, []string{"rt-canary-1"}, w.server.gone)
			assert.False(t, w.record().signedIn())
			assert.True(t, v.noted(w.record().family).ended || w.record().family == "")
		})
	}
	t.Run("switched on", func(t *testing.T) {
		w, _ := signedIn(t)
		w.keeper = &keeper{}
		_, err := w.page().Renew(wanted())
		requireCode(t, err, oauth.LoginRequired)
		assert.Len(t, w.server.sent, 1, "the sign-in alone")
	})
	t.Run("at an API", func(t *testing.T) {
		w, v := boundPage(t)
		w.keeper.lose()
		_, err := v.Prove("GET", "https://api.test/", "", oauth.NewSecret("at-canary-1"))
		requireCode(t, err, oauth.LoginRequired)
		assert.False(t, w.record().signedIn())
	})
}

// A browser that doesn't answer just now hasn't lost anything, nor has a user who is offline while what keeps the key is fetched.
func TestDPoPKeyOutOfReach(t *testing.T) {
	w, v := boundPage(t)
	w.keeper.absent = true
	_, err := v.Renew(wanted())
	assert.True(t, requireCode(t, err, oauth.WasmUnavailable).Retryable)
	w.keeper.absent = false
	w.keeper.blocked = true
	_, err = v.Renew(wanted())
	assert.True(t, requireCode(t, err, oauth.DPoPFailed).Retryable)
	_, err = v.KeyThumbprint()
	requireCode(t, err, oauth.DPoPFailed)
	w.keeper.blocked = false
	w.server.answers(bindings(nil))
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
}

// Two pages at once have one renewal, with a nonce or without.
func TestDPoPTwoPages(t *testing.T) {
	w, v := boundPage(t)
	other := w.page()
	w.server.answers(wants("n-1"), bindings(nil))
	done := make(chan error)
	go func() {
		_, err := other.Renew(wanted())
		done <- err
	}()
	_, err := v.Renew(wanted())
	require.NoError(t, err)
	require.NoError(t, <-done)
	assert.Equal(t, 2, w.record().gen)
	assert.Len(t, w.proofs(), 2)
}

func TestProve(t *testing.T) {
	w, v := boundPage(t)
	rec := w.record()
	rec.skew = -time.Hour // this device's clock is an hour ahead
	w.write(rec)
	token := oauth.NewSecret("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU") // RFC 9449 section 7.1
	proof, err := v.Prove("PATCH", "https://api.test/a?secret=1#b", "n-1", token)
	require.NoError(t, err)
	c := proofOf(t, proof)
	assert.Equal(t, "PATCH", c.HTM)
	assert.Equal(t, "https://api.test/a", c.HTU)
	assert.Equal(t, "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", c.ATH)
	assert.Equal(t, "n-1", c.Nonce)
	assert.Equal(t, int64((w.clock-time.Hour)/time.Second), c.IAT)
	assert.Equal(t, rec.jkt, c.jkt)

	w, _ = signedIn(t)
	proof, err = w.page().Prove("GET", "https://api.test/", "", token)
	require.NoError(t, err)
	assert.Empty(t, proof)
}

// Each server has its own nonces (H38): the provider's UserInfo is another server than its token endpoint.
func TestDPoPNoncesApart(t *testing.T) {
	w, v := boundPage(t)
	w.server.answers(saying("as-1", bindings(nil)))
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	w.server.informing = []reply{saying("rs-1", refuse(401, `{}`)), saying("rs-2", refuse(200, `{"sub":"u1"}`)), refuse(200, `{"sub":"u1"}`),
		saying("rs-3", refuse(401, `{}`)), saying("rs-4", refuse(401, `{}`))}
	var refused bool
	for range 3 {
		_, refused, err = v.UserInfo(held.Tokens[0], "u1")
	}
	assert.True(t, refused, "for another reason than the nonce")
	requireCode(t, err, oauth.AuthorizationFailed)
	var nonces []string
	for _, r := range w.server.asked {
		assert.Equal(t, "DPoP at-canary-2", r.authorization)
		c := proofOf(t, r.proof)
		assert.Equal(t, infoURL, c.HTU)
		assert.NotEmpty(t, c.ATH)
		nonces = append(nonces, c.Nonce)
	}
	assert.Equal(t, []string{"", "rs-1", "rs-2", "rs-2", "rs-3"}, nonces)
	assert.Equal(t, "as-1", v.Nonce("", ""))
	assert.Equal(t, "rs-4", v.Nonce(issuer, ""))
	assert.Empty(t, v.Nonce("https://api.test", ""))
}
