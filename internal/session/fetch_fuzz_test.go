package session_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// FuzzAuthorize meets an API that answers every request with the same 401. Whatever it says, a request is sent three times at most and one token
// renewed, and whatever its origin is called, none but those that were named gets one.
func FuzzAuthorize(f *testing.F) {
	for _, challenge := range []string{``, `Bearer error="invalid_token"`, `DPoP error="use_dpop_nonce"`, `Bearer, DPoP error="invalid_token"`, `x="`, `Bearer error="insufficient_user_authentication", max_age=1`} {
		f.Add(api, challenge, "n-1", true)
		f.Add("https://evil.test", challenge, "", false)
	}
	f.Fuzz(func(t *testing.T, origin, challenge, nonce string, dpop bool) {
		options := ""
		if dpop {
			options = `"useDpop":true`
		}
		w := caller(t, options)
		w.renew = func(*vault.Renew) (*vault.Held, error) {
			w.held = w.grant(w.held.Generation + 1)
			return w.held, nil
		}
		text := func(s string) string {
			b, err := json.Marshal(s)
			require.NoError(t, err)
			return string(b)
		}
		call := `{"url":"https://api.test/","method":"GET","origin":` + text(origin)
		sent, sends := "", 0
		for members := ""; ; members = `,"status":401,"challenge":` + text(challenge) + `,"nonce":` + text(nonce) + `,"sent":` + sent {
			in, err := oauth.ParseJSON(call + members + "}")
			if err != nil {
				return // no browser's text
			}
			var refused error
			sent, refused = w.Authorize(in)
			if refused != nil || sent == "" {
				break
			}
			require.Contains(t, []string{api, "https://app.test", issuer}, origin)
			sends++
			require.LessOrEqual(t, sends, 3)
		}
		require.LessOrEqual(t, len(w.renewals), 1)
	})
}
