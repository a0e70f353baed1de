package oauth_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestProof(t *testing.T) {
	p := &oauth.Proof{Method: "POST", URL: "https://as.test/token", ID: "-BwC3ESc6acc2lTc", At: 1_562_262_616*time.Second + time.Millisecond}
	assert.Equal(t, `{"typ":"dpop+jwt","alg":"ES256","jwk":{"crv":"P-256"}}`, p.Header(`{"crv":"P-256"}`))
	assert.Equal(t, `{"jti":"-BwC3ESc6acc2lTc","htm":"POST","htu":"https://as.test/token","iat":1562262616}`, p.Payload())
	p.Nonce, p.TokenHash = "n", "h"
	assert.Contains(t, p.Payload(), `"ath":"h","nonce":"n"`)
	for url, want := range map[string]string{
		"https://a.test/b?c#d": "https://a.test/b", "https://a.test/b#c?d": "https://a.test/b", "https://a.test?": "https://a.test",
		"https://a.test/b;c%3F": "https://a.test/b;c%3F",
	} {
		p.URL = url
		assert.Contains(t, p.Payload(), `"htu":"`+want+`"`)
	}
}

func TestCheckNonce(t *testing.T) {
	for nonce, want := range map[string]bool{
		"n": true, "eyJ7S_zG.eyJH0-Z.HX4w-7v": true, "a/b+c==": true, strings.Repeat("n", 1024): true, strings.Repeat("n", 1025): false,
		"": false, " ": false, "a b": false, "a, b": false, "a,b": false, "a\tb": false, "a\"b": false, `a\b`: false, "é": false, "a\x00": false, "a\x7f": false,
	} {
		assert.Equal(t, want, oauth.CheckNonce(nonce), "%q", nonce)
	}
}

func TestCheckBinding(t *testing.T) {
	bearer, bound := &oauth.TokenResponse{TokenType: "Bearer"}, &oauth.TokenResponse{TokenType: "DPoP"}
	h := &oauth.HTTPResponse{DPoPNonce: "n"}
	assert.NoError(t, oauth.CheckBinding(false, bearer, h, nil))
	assert.NoError(t, oauth.CheckBinding(true, bound, h, nil))
	requireCode(t, oauth.CheckBinding(true, bearer, h, nil), oauth.DPoPDowngrade)
	requireCode(t, oauth.CheckBinding(false, bound, h, nil), oauth.TokenResponseInvalid)

	said := func(code string) error {
		return &oauth.Error{Code: oauth.TokenEndpointError, Op: "token response", ServerCode: code, Description: "said"}
	}
	e := requireCode(t, oauth.CheckBinding(true, nil, h, said("use_dpop_nonce")), oauth.DPoPFailed)
	assert.True(t, oauth.WantsNonce(e))
	for nonce, want := range map[string]oauth.Code{"": oauth.DPoPNonceUnreadable, "a b": oauth.DPoPFailed} {
		e = requireCode(t, oauth.CheckBinding(true, nil, &oauth.HTTPResponse{DPoPNonce: nonce}, said("use_dpop_nonce")), want)
		assert.False(t, oauth.WantsNonce(e), "there is none to use")
		assert.NotEmpty(t, e.Description)
	}
	e = requireCode(t, oauth.CheckBinding(true, nil, h, said("invalid_dpop_proof")), oauth.DPoPFailed)
	assert.Contains(t, e.Description, "clock")
	for _, code := range []string{"invalid_grant", "", "USE_DPOP_NONCE"} {
		e = requireCode(t, oauth.CheckBinding(true, nil, h, said(code)), oauth.TokenEndpointError)
		assert.False(t, oauth.WantsNonce(e))
	}
	e = requireCode(t, oauth.CheckBinding(false, nil, h, said("use_dpop_nonce")), oauth.TokenEndpointError)
	assert.False(t, oauth.WantsNonce(e), "who sends no proof has no use for a nonce")
}

// A nonce stands in a JSON text that is signed and in a header: none may change what else stands there.
func FuzzNonce(f *testing.F) {
	for _, seed := range []string{"n", "a b", `","htm":"GET`, "a\nb", "a, b", "\xff", "💥"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, nonce string) {
		if !oauth.CheckNonce(nonce) {
			return
		}
		p := &oauth.Proof{Method: "GET", URL: "https://a.test/", ID: "i", Nonce: nonce, At: time.Second}
		var read map[string]any
		require.NoError(t, json.Unmarshal([]byte(p.Payload()), &read))
		require.Equal(t, map[string]any{"jti": "i", "htm": "GET", "htu": "https://a.test/", "iat": 1.0, "nonce": nonce}, read)
	})
}
