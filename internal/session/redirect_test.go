package session_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// A returnTo that names no place, or another than it seems to, takes nobody anywhere and isn't told to the provider. The user wanted to be
// signed out, so here they are.
func TestReturnToBlocked(t *testing.T) {
	for _, returnTo := range []string{
		`"/\\evil"`, `"\\\\evil"`, `"//evil"`, `"/\t/evil"`, `"javascript:alert(1)"`, `"https:evil"`, `"///evil"`, `"https://app.test@evil.test"`, `"evil"`,
		`""`, `null`, `1`, `["https://app.test"]`,
	} {
		for _, open := range []string{``, `"openUrl":"caller",`} {
			t.Run(open+returnTo, func(t *testing.T) {
				w := signedIn(t, "")
				w.steps, w.metaErr = nil, fail(oauth.DiscoveryFailed) // which would be told, if the provider were looked for
				address, err := w.Logout(value(t, `{`+open+`"logoutParams":{"returnTo":`+returnTo+`}}`))
				e := requireCode(t, err, oauth.RedirectBlocked)
				assert.NotContains(t, e.Description, "evil")
				assert.Empty(t, address)
				assert.Equal(t, []string{"session", "sign out"}, w.steps, "wiped and revoked, and not a step further")
				yes, err := w.IsAuthenticated()
				require.NoError(t, err)
				assert.False(t, yes)
			})
		}
	}
}

func TestReturnToAPath(t *testing.T) {
	w := signedIn(t, "")
	address, err := w.Logout(value(t, `{"logoutParams":{"returnTo":"/bye?x=//evil"}}`))
	require.NoError(t, err)
	assert.Contains(t, address, "&post_logout_redirect_uri="+oauth.Escape(origin+"/bye?x=//evil"), "absolute: the provider knows nothing of this page")
}

// A server that gets a parameter twice chooses which of the two it believes.
func TestLogoutParamsOfTheSDK(t *testing.T) {
	for _, name := range []string{"id_token_hint", "client_id", "post_logout_redirect_uri"} {
		w := signedIn(t, "")
		address, err := w.Logout(value(t, `{"logoutParams":{"`+name+`":"https://evil.test"}}`))
		e := requireCode(t, err, oauth.ConfigInvalid)
		assert.Contains(t, e.Description, name)
		assert.Empty(t, address)
		assert.NotContains(t, strings.Join(w.steps, "\n"), "navigate")
		assert.Empty(t, w.Cached(w.clock+w.set, w.clock-begin), "signed out here all the same")
	}
}

// What stands in the address bar after a callback is the address of before, whole: a path alone could begin with two slashes.
func TestAddressBarIsNotRebuilt(t *testing.T) {
	for _, path := range []string{"//evil", "///evil", "/%5Cevil", "//evil.test//", "/a//evil", "/;//evil", "/"} {
		w := newWorld(t, "")
		w.leave(`{}`, "code="+authCode)
		w.url = strings.Replace(w.url, "/cb", path, 1)
		_, err := w.Callback("")
		require.NoError(t, err)
		assert.Equal(t, origin+path+"?x=1#top", w.url)
		assert.Equal(t, "replace "+w.url, w.steps[0])
	}
}
