package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// FuzzMetadata reads any answer as a provider's metadata. What is accepted names the issuer that was asked and only addresses that may be
// talked to, and encoding/json reads the same in it.
func FuzzMetadata(f *testing.F) {
	f.Fuzz(func(t *testing.T, body, mime string, status uint16) {
		m, err := oauth.ParseMetadata(&oauth.HTTPResponse{Status: int(status), ContentType: mime, Body: body}, issuer)
		if err != nil {
			require.Nil(t, m)
			require.Contains(t, []oauth.Code{oauth.DiscoveryFailed, oauth.IssuerMismatch, oauth.InsecureURL, oauth.PKCEUnsupported}, oauth.AsError(err).Code)
			require.Less(t, len(err.Error()), 600)
			return
		}
		require.EqualValues(t, 200, status)
		theirs := theirs(t, body)
		require.Equal(t, theirs["issuer"], m.Issuer)
		require.Equal(t, issuer, m.Issuer)
		if methods, listed := theirs["code_challenge_methods_supported"]; listed {
			require.Contains(t, methods, "S256")
		}
		required := map[string]string{"authorization_endpoint": m.AuthorizationEndpoint, "token_endpoint": m.TokenEndpoint, "jwks_uri": m.JWKSURI}
		for name, address := range required {
			require.NotEmpty(t, address, name)
		}
		required["userinfo_endpoint"], required["revocation_endpoint"] = m.UserinfoEndpoint, m.RevocationEndpoint
		required["end_session_endpoint"], required["pushed_authorization_request_endpoint"] = m.EndSessionEndpoint, m.PAREndpoint
		for name, address := range required {
			if address == "" {
				require.NotContains(t, theirs, name)
				continue
			}
			require.Equal(t, theirs[name], address)
			sameOrigin(t, address, oauth.Origin(address))
		}
	})
}

// sameOrigin wants the standard library, where it can read an address at all, and the browser, where there is one, to find this origin in it.
func sameOrigin(t *testing.T, address, origin string) {
	t.Helper()
	if u, err := url.Parse(address); err == nil {
		assert.Nil(t, u.User, "%q", address)
		if !strings.Contains(address, "%") { // it undoes escapes in a host
			assert.Equal(t, origin, u.Scheme+"://"+u.Host, "%q", address)
		}
	}
	if theirs, ok := browserOrigin(address, ""); ok {
		ours, ok := browserOrigin(origin, "")
		assert.True(t, ok, "%q", origin)
		assert.Equal(t, ours, theirs, "%q", address)
		assert.Regexp(t, `^https://|^http://(localhost|[^/]*\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?$`, theirs, "%q", address)
	}
}

// FuzzDestination judges where a page may send its user. `make test-wasm` replays the corpus where V8's neighbour says what browsers do with it.
func FuzzDestination(f *testing.F) {
	f.Fuzz(func(t *testing.T, raw, page string) {
		if !oauth.CheckURL(page) || oauth.Origin(page) != page {
			page = "https://app.test"
		}
		if _, ok := browserOrigin(page, ""); browsers && !ok {
			return
		}
		if to := oauth.Destination(raw, page); to != "" {
			sameOrigin(t, to, oauth.Origin(to))
			if raw[0] == '/' {
				assert.Equal(t, page, oauth.Origin(to), "%q", raw)
			} else {
				assert.Equal(t, raw, to)
			}
			// The provider resolves what it is given against a page of its own.
			if theirs, ok := browserOrigin(to, "https://as.test/logout"); ok {
				ours, _ := browserOrigin(oauth.Origin(to), "")
				assert.Equal(t, ours, theirs, "%q", to)
			}
		}
		// What redirect_uri is judged by.
		if oauth.CheckURL(raw) && oauth.Origin(raw) == page {
			if theirs, ok := browserOrigin(raw, page); ok {
				ours, _ := browserOrigin(page, "")
				assert.Equal(t, ours, theirs, "%q", raw)
			}
		}
	})
}
