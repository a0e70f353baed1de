package stack_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/api"
	"github.com/postern-auth/postern/tools/serve/stack"
)

func TestAPI(t *testing.T) {
	clock := newClock()
	s := start(t, stack.Config{Now: clock.now})
	b := open(t, s)
	got := b.signIn()

	welcome := b.me(got.AccessToken)
	assert.Equal(t, s.AppURL(), welcome.Header.Get("Access-Control-Allow-Origin"))
	var said api.Answer
	decode(t, welcome, &said)
	assert.Equal(t, "demo|alice", said.Subject)
	assert.Equal(t, everything, said.Scope)
	assert.Equal(t, "/me", said.Path)

	head, rest, _ := strings.Cut(got.AccessToken, ".")
	for name, c := range map[string]struct{ authorization, challenge string }{
		"nothing":     {"", `Bearer realm="postern-demo"`},
		"garbage":     {"Bearer xyz", `error="invalid_token"`},
		"forged":      {"Bearer " + head + "." + rest[:len(rest)-8] + "AAAAAAAA", "signature"},
		"an ID token": {"Bearer " + got.IDToken, "no access token"},
		"no proof":    {"DPoP " + got.AccessToken, "is a Bearer token"},
	} {
		refused := b.call("/me", c.authorization)
		assert.Equal(t, http.StatusUnauthorized, refused.StatusCode, name)
		assert.Contains(t, refused.Header.Get("WWW-Authenticate"), c.challenge, name)
		assert.Contains(t, refused.Header.Get("Access-Control-Expose-Headers"), "WWW-Authenticate", name)
	}

	clock.advance(time.Minute)
	assert.Contains(t, b.me(got.AccessToken).Header.Get("WWW-Authenticate"), "has expired")
}

func TestStepUp(t *testing.T) {
	b := open(t, start(t, stack.Config{}))
	refused := b.call("/step-up", "Bearer "+b.signIn().AccessToken)
	assert.Equal(t, http.StatusUnauthorized, refused.StatusCode)
	assert.Contains(t, refused.Header.Get("WWW-Authenticate"), `error="insufficient_user_authentication"`)
	assert.Contains(t, refused.Header.Get("WWW-Authenticate"), `acr_values="`+stack.ACRFresh+`"`)

	fresh := b.signIn("acr_values", stack.ACRFresh)
	assert.Equal(t, http.StatusOK, b.call("/step-up", "Bearer "+fresh.AccessToken).StatusCode)
}

func TestUserInfo(t *testing.T) {
	b := open(t, start(t, stack.Config{}))
	got := b.signIn("scope", "openid email")
	ask := func(authorization string) answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.stack.IssuerURL()+"/userinfo", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", authorization)
		return b.do(r)
	}
	var claims map[string]any
	decode(t, ask("Bearer "+got.AccessToken), &claims)
	assert.Equal(t, map[string]any{"sub": "demo|alice", "email": "alice@example.com", "email_verified": true}, claims)

	refused := ask("Bearer xyz")
	assert.Equal(t, http.StatusUnauthorized, refused.StatusCode)
	assert.Contains(t, refused.Header.Get("WWW-Authenticate"), `Bearer error="invalid_token"`)
}

// prover makes DPoP proofs.
type prover struct {
	t      *testing.T
	signer jose.Signer
}

func newProver(t *testing.T) prover {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"))
	require.NoError(t, err)
	return prover{t, signer}
}

func (p prover) proof(method, address, accessToken string) string {
	claims := map[string]any{"htm": method, "htu": address, "jti": rand.Text(), "iat": time.Now().Unix()}
	if accessToken != "" {
		hash := sha256.Sum256([]byte(accessToken))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(hash[:])
	}
	signed, err := jwt.Signed(p.signer).Claims(claims).Serialize()
	require.NoError(p.t, err)
	return signed
}

func TestDPoP(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	key := newProver(t)

	l, page := b.authorize()
	consent := b.submit(page, "action", "sign-in", "username", "alice", "password", alice)
	code := b.callback(l, b.submit(consent, "action", "allow")).Get("code")
	exchange := b.form("/token", exchangeForm(s, l, code))
	exchange.Header.Set("DPoP", key.proof("POST", s.IssuerURL()+"/token", ""))
	status, got := b.read(b.do(exchange))
	require.Equal(t, http.StatusOK, status, got.Error)
	assert.Equal(t, "DPoP", got.TokenType)

	me := func(scheme, proof string) answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.APIURL()+"/me", nil)
		require.NoError(t, err)
		r.Header.Set("Authorization", scheme+" "+got.AccessToken)
		r.Header.Set("DPoP", proof)
		return b.do(r)
	}
	proof := key.proof("GET", s.APIURL()+"/me", got.AccessToken)
	assert.Equal(t, http.StatusOK, me("DPoP", proof).StatusCode)
	for name, refused := range map[string]answer{
		"replayed":      me("DPoP", proof),
		"as bearer":     me("Bearer", key.proof("GET", s.APIURL()+"/me", got.AccessToken)),
		"another key":   me("DPoP", newProver(t).proof("GET", s.APIURL()+"/me", got.AccessToken)),
		"another URL":   me("DPoP", key.proof("GET", s.APIURL()+"/you", got.AccessToken)),
		"another token": me("DPoP", key.proof("GET", s.APIURL()+"/me", "xyz")),
	} {
		assert.Equal(t, http.StatusUnauthorized, refused.StatusCode, name)
		assert.Contains(t, refused.Header.Get("WWW-Authenticate"), "DPoP error=", name)
	}

	stolen, refused := b.refresh(got.RefreshToken)
	assert.NotEqual(t, http.StatusOK, stolen, "a bound refresh token needs a proof")
	assert.NotEmpty(t, refused.Error)
	assert.Empty(t, s.Ledger().Revocations())

	renewal := b.form("/token", refreshForm(got.RefreshToken))
	renewal.Header.Set("DPoP", key.proof("POST", s.IssuerURL()+"/token", ""))
	status, renewed := b.read(b.do(renewal))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "DPoP", renewed.TokenType)
}
