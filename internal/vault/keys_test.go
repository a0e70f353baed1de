package vault

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

const jwksURL = issuer + "/jwks"

// verifying is a world whose provider signs, and publishes these keys.
func verifying(t testing.TB, keys ...string) *world {
	w := newWorld(t)
	w.crypto = webCrypto{}
	w.given.JWKSURI = jwksURL
	w.publish(keys...)
	return w
}

func (w *world) publish(keys ...string) {
	body := `{"keys":[` + strings.Join(keys, ",") + `]}`
	w.answerKeys(func() (*oauth.HTTPResponse, error) {
		return &oauth.HTTPResponse{Status: 200, ContentType: "application/jwk-set+json; charset=utf-8", Body: body}, nil
	})
}

func (w *world) answerKeys(answer func() (*oauth.HTTPResponse, error)) {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	w.server.metadata = func(url string) (*oauth.HTTPResponse, error) {
		require.Equal(w.t, jwksURL, url)
		return answer()
	}
}

// fetches counts the requests for keys so far.
func (w *world) fetches() int {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	return len(w.server.got)
}

func header(alg, kid string) string { return fmt.Sprintf(`{"alg":%q,"kid":%q}`, alg, kid) }

// payload is that of idToken, which passes every check of its claims.
func payload(with map[string]string) string {
	raw, _ := b64.DecodeString(strings.Split(idToken(with), ".")[1])
	return string(raw)
}

// answersWith makes the next token request bring this ID token.
func (w *world) answersWith(token string) {
	w.server.answers(grants(map[string]string{"id_token": quoted(token)}))
}

func TestSignature(t *testing.T) {
	genuine := func(alg, kid string) string { return sign(t, alg, kid, header(alg, kid), payload(nil)) }
	rs := genuine("RS256", "rsa")
	unnamed := sign(t, "RS256", "rsa", `{"alg":"RS256"}`, payload(nil))
	signed := rs[:strings.LastIndexByte(rs, '.')]
	es := sign(t, "ES256", "ec", header("ES256", "ec"), payload(nil))
	zero := es[:strings.LastIndexByte(es, '.')+1] + strings.Repeat("A", 86)
	none := b64.EncodeToString([]byte(`{"alg":"none"}`)) + "." + b64.EncodeToString([]byte(payload(nil))) + "."
	all := []string{jwk("rsa"), jwk("rsa2"), jwk("ec"), jwk("ed"), `{"kty":"oct","kid":"oct","k":"AAAA"}`}
	for name, test := range map[string]struct {
		token string
		keys  []string
		want  oauth.Code // "" where the token is accepted
	}{
		"RS256":                         {rs, all, ""}, // oidcc-client-test-idtoken-sig-rs256
		"PS256":                         {genuine("PS256", "rsa2"), all, ""},
		"ES256":                         {genuine("ES256", "ec"), all, ""},
		"EdDSA":                         {genuine("EdDSA", "ed"), all, ""},
		"no kid, one key":               {unnamed, []string{jwk("rsa"), jwk("ec")}, ""}, // kid-absent-single-jwks
		"no kid, two keys":              {unnamed, all, oauth.IDTokenSignature},         // kid-absent-multiple-jwks
		"right kid, other key":          {sign(t, "RS256", "rsa2", header("RS256", "rsa"), payload(nil)), all, oauth.IDTokenSignature},
		"unknown kid":                   {sign(t, "RS256", "rsa", header("RS256", "new"), payload(nil)), all, oauth.IDTokenSignature},
		"RS256 said to be PS256":        {sign(t, "RS256", "rsa", header("PS256", "rsa"), payload(nil)), all, oauth.IDTokenSignature},
		"a key of another kind":         {sign(t, "ES256", "ec", header("RS256", "ec"), payload(nil)), all, oauth.IDTokenSignature},
		"none":                          {none, all, oauth.IDTokenSignature}, // idtoken-sig-none
		"none, with a signature":        {none + "c2ln", all, oauth.IDTokenSignature},
		"HS256":                         {sign(t, "", "ed", header("HS256", "rsa"), payload(nil)), all, oauth.IDTokenSignature},
		"an algorithm not configured":   {sign(t, "RS256", "rsa", header("RS512", "rsa"), payload(nil)), all, oauth.IDTokenSignature},
		"two algorithms":                {sign(t, "RS256", "rsa", header("RS256 ES256", "rsa"), payload(nil)), all, oauth.IDTokenSignature},
		"r and s are 0":                 {zero, all, oauth.IDTokenSignature},
		"ES256 in DER":                  {es[:strings.LastIndexByte(es, '.')+1] + b64.EncodeToString([]byte("0\x06\x02\x01\x01\x02\x01\x01")), all, oauth.IDTokenSignature},
		"signature cut":                 {rs[:len(rs)-6], all, oauth.IDTokenSignature},
		"no signature":                  {signed + ".", all, oauth.IDTokenMalformed},
		"no keys":                       {rs, nil, oauth.JWKSFailed},
		"only oct":                      {rs, all[4:], oauth.JWKSFailed},
		"two keys of one kid":           {rs, []string{jwk("rsa"), jwk("rsa")}, oauth.JWKSFailed},
		"a point that is off its curve": {es, []string{strings.Replace(jwk("ec"), `"x":"`, `"x":"AA`, 1)}, oauth.JWKSFailed},
	} {
		t.Run(name, func(t *testing.T) {
			w := verifying(t, test.keys...)
			w.answersWith(test.token)
			held, err := w.page().Exchange(exchange(t))
			if test.want == "" {
				require.NoError(t, err)
				assert.False(t, held.IDToken.Empty())
				return
			}
			e := requireCode(t, err, test.want)
			assert.False(t, e.Retryable, "the code is used up")
			assert.True(t, held.IDToken.Empty())
			assert.True(t, w.record().refreshToken.Empty())
			assert.Equal(t, []string{"rt-canary-1"}, w.server.gone, "what nobody can use is revoked")
		})
	}
}

// A token with any single bit flipped is refused: all of them are tried.
func TestEveryFlippedBitIsRefused(t *testing.T) {
	w := verifying(t, jwk("rsa"), jwk("ec"))
	v := w.page()
	token := sign(t, "RS256", "rsa", header("RS256", "rsa"), payload(nil))
	judge := func(token string) error {
		id, err := oauth.DecodeIDToken(oauth.NewSecret(token))
		if err == nil {
			err = id.Check(&oauth.Expected{Issuer: issuer, ClientID: client, Nonce: "n1", MaxAge: -1, Now: begin})
		}
		if err == nil {
			err = v.verify(id, oauth.NewSecret("at"))
		}
		return err
	}
	require.NoError(t, judge(token))
	for bit := range len(token) * 8 {
		changed := []byte(token)
		changed[bit/8] ^= 1 << (bit % 8)
		require.Error(t, judge(string(changed)), "bit %d", bit)
	}
}

func TestSignatureSkipped(t *testing.T) {
	w := newWorld(t) // which verifies no signature
	w.answersWith(sign(t, "RS256", "rsa", header("HS256", "rsa"), payload(nil)))
	_, err := w.page().Exchange(exchange(t))
	requireCode(t, err, oauth.IDTokenSignature)
	w.answersWith(sign(t, "RS256", "rsa2", header("RS256", "rsa"), payload(nil)))
	w.signIn(w.page())
	assert.Empty(t, w.server.got, "nobody needs the keys")
}

// H22: a name that isn't known fetches the keys once more, and no flood of such names fetches them more often than once a minute.
func TestUnknownKid(t *testing.T) {
	w := verifying(t, jwk("rsa"))
	v := w.page()
	_, _ = v.keys(oauth.Value{})
	w.publish(jwk("rsa"), jwk("rsa2")) // oidcc-client-test-signing-key-rotation-just-before-signing
	w.answersWith(sign(t, "RS256", "rsa2", header("RS256", "rsa2"), payload(nil)))
	w.signIn(v)
	assert.Equal(t, 2, w.fetches())
	unknown := sign(t, "RS256", "rsa2", header("RS256", "rsa3"), payload(nil))
	for range 5 {
		w.answersWith(unknown)
		_, err := v.Exchange(exchange(t))
		requireCode(t, err, oauth.IDTokenSignature)
	}
	assert.Equal(t, 2, w.fetches())
	w.clock += refetchAfter
	w.answersWith(unknown)
	_, err := v.Exchange(exchange(t))
	requireCode(t, err, oauth.IDTokenSignature)
	assert.Equal(t, 3, w.fetches())
	w.clock -= time.Hour // a clock that was set back doesn't shut the door for an hour
	w.publish(jwk("rsa"))
	w.answersWith(sign(t, "RS256", "rsa", header("RS256", "rsa"), payload(nil)))
	_, err = v.Exchange(exchange(t))
	require.NoError(t, err)
}

// H23, and the rest of what a provider may answer that wants its keys read.
func TestKeysFail(t *testing.T) {
	answer := func(status int, mime, body string) func() (*oauth.HTTPResponse, error) {
		return func() (*oauth.HTTPResponse, error) {
			return &oauth.HTTPResponse{Status: status, ContentType: mime, Body: body}, nil
		}
	}
	for name, keys := range map[string]func() (*oauth.HTTPResponse, error){
		"500":              answer(500, "application/json", `{"keys":[`+jwk("rsa")+`]}`),
		"a page":           answer(200, "text/html", "<p>"),
		"no list":          answer(200, "application/json", `{"keys":{}}`),
		"nothing":          answer(200, "application/json", ``),
		"10 000 keys":      answer(200, "application/json", `{"keys":[`+strings.Repeat("{},", 9_999)+jwk("rsa")+`]}`),
		"keys twice":       answer(200, "application/json", `{"keys":[],"keys":[`+jwk("rsa")+`]}`),
		"no connection":    func() (*oauth.HTTPResponse, error) { return nil, trouble(oauth.Network) },
		"too many answers": func() (*oauth.HTTPResponse, error) { return nil, trouble(oauth.ResponseTooLarge) },
	} {
		t.Run(name, func(t *testing.T) {
			w := verifying(t)
			w.answerKeys(keys)
			w.answersWith(sign(t, "RS256", "rsa", header("RS256", "rsa"), payload(nil)))
			_, err := w.page().Exchange(exchange(t))
			requireCode(t, err, oauth.JWKSFailed)
			assert.LessOrEqual(t, w.fetches(), 2)
		})
	}
}

// Core section 3.1.3.6: an access token that was slipped in isn't the one the ID token came with.
func TestAtHash(t *testing.T) {
	for _, alg := range []struct{ alg, kid, hash string }{{"RS256", "rsa", "SHA-256"}, {"EdDSA", "ed", "SHA-512"}} {
		sum, err := webCrypto{}.Digest(alg.hash, "at-canary-1")
		require.NoError(t, err)
		half := b64.EncodeToString(sum[:len(sum)/2])
		for claim, ok := range map[string]bool{
			quoted(half): true, quoted(b64.EncodeToString(sum)): false, quoted(half[1:]): false, quoted("A" + half[1:]): half[0] == 'A', `""`: false, `null`: false, `1`: false,
		} {
			w := verifying(t, jwk("rsa"), jwk("ed"))
			with := strings.TrimSuffix(payload(nil), "}") + `,"at_hash":` + claim + `}`
			w.answersWith(sign(t, alg.alg, alg.kid, header(alg.alg, alg.kid), with))
			_, err := w.page().Exchange(exchange(t))
			if ok {
				require.NoError(t, err)
				continue
			}
			e := requireCode(t, err, oauth.IDTokenClaim)
			assert.Contains(t, e.Description, "at_hash")
		}
	}
}
