package vault

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// keeping is a vault elsewhere that lets no access token out.
func (w *world) keeping() (*Remote, *channel) {
	remote, c := w.served()
	c.vault.KeepTokens, c.vault.APIOrigins = true, "https://api.test https://app.test"
	return remote, c
}

// A page that is told names does all that it would with the tokens, and no access token crosses.
func TestNames(t *testing.T) {
	full(t)
	w := newWorld(t)
	w.keeper = &keeper{}
	w.server.informing = []reply{status(200, "application/json", `{"sub":"u1"}`)}
	bound := grants(map[string]string{"token_type": `"DPoP"`})
	w.server.answers(bound, bound)
	remote, c := w.keeping()
	held, err := remote.Exchange(exchange(t))
	require.NoError(t, err)
	first := held.Find("", scopes)
	require.NotEmpty(t, first.Value.Reveal())

	_, refused, err := remote.UserInfo(first, "u1")
	require.NoError(t, err)
	assert.False(t, refused)
	assert.Equal(t, "DPoP at-canary-1", w.server.asked[0].authorization, "a name is what it names")
	hash, err := c.vault.hash("at-canary-1")
	require.NoError(t, err)
	for _, given := range []string{first.Value.Reveal(), "at-canary-1"} { // an application may have a token from elsewhere
		proof, err := remote.Prove("GET", "https://api.test/", "", oauth.NewSecret(given))
		require.NoError(t, err)
		assert.Equal(t, hash, proofOf(t, proof).ATH)
	}

	// The token that the page has and can't use is told apart by its name.
	again := wanted()
	again.Unwanted = first.Value
	held, err = remote.Renew(again)
	require.NoError(t, err)
	second := held.Find("", scopes)
	assert.False(t, second.Value.Equal(first.Value), "a new one")
	held, err = remote.Renew(again)
	require.NoError(t, err)
	assert.True(t, held.Find("", scopes).Value.Equal(second.Value), "which is good")
	assert.Len(t, w.server.sent, 2)

	_, err = remote.Trade("subject_token=x", "read", nil)
	requireCode(t, err, oauth.ConfigInvalid)
	assert.Len(t, w.server.sent, 2)
	assert.NotContains(t, strings.Join(c.answers, ""), "at-canary")
	assert.Contains(t, w.text(), "at-canary-2", "it is in the record")
}

func TestBear(t *testing.T) {
	full(t)
	w := newWorld(t)
	remote, c := w.keeping()
	held, err := remote.Exchange(exchange(t))
	require.NoError(t, err)
	name := held.Find("", scopes).Value.Reveal()

	for _, origin := range []string{"https://api.test", "https://app.test"} {
		got, err := c.vault.Bear(origin, name)
		require.NoError(t, err)
		assert.Equal(t, "Bearer at-canary-1", got)
	}
	for _, origin := range []string{"", "https://evil.test", "https://api.test.evil.test", "https://api.test https://app.test", "null", issuer} {
		got, err := c.vault.Bear(origin, name)
		requireCode(t, err, oauth.OriginNotAllowed)
		assert.Empty(t, got)
	}
	for _, no := range []string{"", "undefined", "at-canary-1", name + " ", name + "x"} {
		got, err := c.vault.Bear("https://api.test", no)
		require.NoError(t, err)
		assert.Empty(t, got, no)
	}
	w.clock += lifetime
	_, err = remote.Renew(wanted())
	require.NoError(t, err)
	got, err := c.vault.Bear("https://api.test", name)
	require.NoError(t, err)
	assert.Empty(t, got, "it was renewed")
	require.NoError(t, remote.SignOut())
	got, err = c.vault.Bear("https://api.test", "")
	require.NoError(t, err)
	assert.Empty(t, got)
}
