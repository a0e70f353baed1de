package session_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

const frontChannel = origin + "/postern/frontchannel.html"

// sidWorld is signed in with an ID token that has these claims beside sub.
func sidWorld(t *testing.T, claims string) *world {
	w := newWorld(t, "")
	w.held = &vault.Held{IDToken: idToken(`"sub":"u1"` + claims), Tokens: []*vault.Token{w.token(1)}, Audience: w.Audience, Generation: 1}
	return w
}

func TestFrontChannelLogout(t *testing.T) {
	w := sidWorld(t, `,"sid":"s 1"`)
	w.signOut = func() error { return fail(oauth.Network) }
	ended, err := w.FrontChannel(frontChannel + "?iss=" + issuer + "&sid=s%201")
	require.NoError(t, err)
	assert.True(t, ended)
	assert.Contains(t, w.steps, "sign out")
	for _, step := range w.steps {
		assert.NotContains(t, step, "navigate")
	}
	w.held = &vault.Held{}
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.False(t, yes)
	ended, err = w.FrontChannel(frontChannel + "?iss=" + issuer + "&sid=s%201")
	require.NoError(t, err)
	assert.False(t, ended, "it has ended already")
}

// Whoever writes the address must know which session it is about.
func TestFrontChannelLogoutOfSomethingElse(t *testing.T) {
	for name, test := range map[string]struct{ claims, query string }{
		"another session":       {`,"sid":"s1"`, "?iss=" + issuer + "&sid=s2"},
		"another issuer":        {`,"sid":"s1"`, "?iss=https://evil.test&sid=s1"},
		"no issuer":             {`,"sid":"s1"`, "?sid=s1"},
		"no session":            {`,"sid":"s1"`, "?iss=" + issuer},
		"nothing":               {`,"sid":"s1"`, ""},
		"two sessions":          {`,"sid":"s1"`, "?iss=" + issuer + "&sid=s1&sid=s1"},
		"two issuers":           {`,"sid":"s1"`, "?iss=" + issuer + "&iss=" + issuer + "&sid=s1"},
		"in the fragment":       {`,"sid":"s1"`, "#?iss=" + issuer + "&sid=s1"},
		"a session without sid": {``, "?iss=" + issuer + "&sid="},
		"sid is a number":       {`,"sid":1`, "?iss=" + issuer + "&sid=1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := sidWorld(t, test.claims)
			ended, err := w.FrontChannel(frontChannel + test.query)
			require.NoError(t, err)
			assert.False(t, ended)
			assert.NotContains(t, w.steps, "sign out")
			yes, err := w.IsAuthenticated()
			require.NoError(t, err)
			assert.True(t, yes)
		})
	}
	w := newWorld(t, "")
	w.Close()
	_, err := w.FrontChannel(frontChannel)
	requireCode(t, err, oauth.ClientClosed)
}
