package stack_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/stack"
)

func (b *browser) logout(params ...string) answer {
	b.Helper()
	return b.get(b.stack.IssuerURL() + "/logout?" + pairs(params...).Encode())
}

func (b *browser) isSignedIn() bool {
	b.Helper()
	l, a := b.authorize("prompt", "none")
	return b.callback(l, a).Get("error") == ""
}

func TestLogout(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	hint := b.signIn().IDToken
	out := b.logout("id_token_hint", hint, "client_id", stack.ClientID, "post_logout_redirect_uri", s.AppURL(), "state", "xyz")
	assert.Equal(t, http.StatusSeeOther, out.StatusCode)
	assert.Equal(t, s.AppURL()+"?state=xyz", out.Header.Get("Location"))
	assert.False(t, b.isSignedIn())

	out = b.logout("id_token_hint", hint)
	assert.Equal(t, http.StatusOK, out.StatusCode)
	assert.Contains(t, out.body, "You are signed out")
}

func TestLogoutAsksWhenAnybodyCouldHaveSentIt(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	b.signIn()
	ask := func() answer {
		page := b.logout("client_id", stack.ClientID, "post_logout_redirect_uri", s.AppURL()+"/")
		assert.Equal(t, http.StatusOK, page.StatusCode)
		assert.Contains(t, page.body, `id="sign-out"`)
		return page
	}

	assert.Contains(t, b.submit(ask(), "action", "stay").body, "You are still signed in")
	assert.True(t, b.isSignedIn())

	foreign := b.form(formAction.FindStringSubmatch(ask().body)[1], pairs("action", "sign-out"))
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	assert.Equal(t, http.StatusForbidden, b.do(foreign).StatusCode)
	assert.True(t, b.isSignedIn())

	out := b.submit(ask(), "action", "sign-out")
	assert.Equal(t, s.AppURL()+"/", out.Header.Get("Location"))
	assert.False(t, b.isSignedIn())
}

func TestLogoutGoesNowhereElse(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	hint := b.signIn().IDToken
	for name, params := range map[string][]string{
		"foreign URL":   {"id_token_hint", hint, "post_logout_redirect_uri", "http://evil.example/"},
		"forged hint":   {"id_token_hint", hint[:len(hint)-8] + "AAAAAAAA", "post_logout_redirect_uri", s.AppURL()},
		"unknown party": {"client_id", "somebody", "post_logout_redirect_uri", s.AppURL()},
	} {
		out := b.logout(params...)
		assert.Equal(t, "", out.Header.Get("Location"), name)
		assert.Contains(t, out.body, `role="alert"`, name)
		assert.True(t, b.isSignedIn(), name)
	}
}
