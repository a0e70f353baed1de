package stack_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

func TestSignIn(t *testing.T) {
	for _, algorithm := range []string{"RS256", "ES256"} {
		t.Run(algorithm, func(t *testing.T) {
			s := start(t, stack.Config{Algorithm: algorithm, AccessTokenLifetime: 90 * time.Second})
			b := open(t, s)
			l, page := b.authorize()
			assert.Equal(t, http.StatusOK, page.StatusCode)
			for _, want := range []string{`id="username"`, `id="password"`, `id="sign-in"`, `id="cancel"`, `<label for="username"`} {
				assert.Contains(t, page.body, want)
			}
			policy := page.Header.Get("Content-Security-Policy")
			assert.Contains(t, policy, "form-action 'self' "+s.AppURL()+";")
			assert.Contains(t, policy, "frame-ancestors 'none'")
			assert.NotContains(t, policy, "unsafe")

			consent := b.submit(page, "action", "sign-in", "username", "alice", "password", alice)
			assert.Equal(t, http.StatusOK, consent.StatusCode)
			for _, want := range []string{`id="allow"`, `id="deny"`, "Alice Liddell", "Read your messages", s.APIURL()} {
				assert.Contains(t, consent.body, want)
			}
			query := b.callback(l, b.submit(consent, "action", "allow"))
			status, got := b.exchange(l, query.Get("code"))
			require.Equal(t, http.StatusOK, status)
			assert.Equal(t, "Bearer", got.TokenType)
			assert.Equal(t, everything, got.Scope)
			assert.Equal(t, 90, got.ExpiresIn)
			assert.NotEmpty(t, got.RefreshToken)

			id := b.claims(got.IDToken)
			assert.Equal(t, s.IssuerURL(), id["iss"])
			assert.Equal(t, stack.ClientID, id["aud"])
			assert.Equal(t, "demo|alice", id["sub"])
			assert.Equal(t, l.nonce, id["nonce"])
			assert.Equal(t, "Alice Liddell", id["name"])
			assert.Equal(t, "alice@example.com", id["email"])
			assert.Equal(t, stack.ACRPassword, id["acr"])
			assert.InDelta(t, time.Now().Unix(), id["auth_time"], 5)

			assert.Equal(t, s.APIURL(), b.claims(got.AccessToken)["aud"])
			assert.Equal(t, http.StatusOK, b.me(got.AccessToken).StatusCode)
		})
	}
}

func TestWrongPassword(t *testing.T) {
	b := open(t, start(t, stack.Config{}))
	l, page := b.authorize()
	again := b.submit(page, "action", "sign-in", "username", "alice<", "password", "builder")
	assert.Equal(t, http.StatusUnauthorized, again.StatusCode)
	assert.Contains(t, again.body, `role="alert"`)
	assert.Contains(t, again.body, `value="alice&lt;"`)
	assert.Contains(t, again.body, `aria-describedby="problem"`)

	consent := b.submit(again, "action", "sign-in", "username", "alice", "password", alice)
	assert.NotEmpty(t, b.callback(l, b.submit(consent, "action", "allow")).Get("code"))
}

func TestUserRefuses(t *testing.T) {
	b := open(t, start(t, stack.Config{}))

	l, page := b.authorize()
	query := b.callback(l, b.submit(page, "action", "cancel"))
	assert.Equal(t, "access_denied", query.Get("error"))
	assert.Empty(t, query.Get("code"))

	l, page = b.authorize()
	consent := b.submit(page, "action", "sign-in", "username", "alice", "password", alice)
	query = b.callback(l, b.submit(consent, "action", "deny"))
	assert.Equal(t, "access_denied", query.Get("error"))

	gone := b.submit(page, "action", "sign-in", "username", "alice", "password", alice)
	assert.Equal(t, http.StatusBadRequest, gone.StatusCode, "a finished login can't be sent again")
	assert.Contains(t, gone.body, `role="alert"`)
}

func TestForeignForm(t *testing.T) {
	b := open(t, start(t, stack.Config{}))
	_, page := b.authorize()
	path := formAction.FindStringSubmatch(page.body)[1]
	r := b.form(path, pairs("action", "sign-in", "username", "alice", "password", alice))
	r.Header.Set("Sec-Fetch-Site", "same-site")
	assert.Equal(t, http.StatusForbidden, b.do(r).StatusCode)
}

func TestSingleSignOn(t *testing.T) {
	clock := newClock()
	s := start(t, stack.Config{Now: clock.now})
	b := open(t, s)

	l, a := b.authorize("prompt", "none")
	assert.Equal(t, "login_required", b.callback(l, a).Get("error"))

	l, page := b.authorize()
	consent := b.submit(page, "action", "sign-in", "username", "alice", "password", alice)
	silent, a := b.authorize("prompt", "none")
	assert.Equal(t, "consent_required", b.callback(silent, a).Get("error"))
	code := b.callback(l, b.submit(consent, "action", "allow")).Get("code")
	_, first := b.exchange(l, code)
	hint := first.IDToken

	asks := func(more ...string) bool {
		_, a := b.authorize(more...)
		return strings.Contains(a.body, `id="password"`)
	}
	assert.False(t, asks())
	assert.False(t, asks("prompt", "none"))
	assert.False(t, asks("max_age", "60"))
	assert.False(t, asks("login_hint", "alice@example.com"))
	assert.False(t, asks("id_token_hint", hint))
	assert.True(t, asks("prompt", "login"))
	assert.True(t, asks("max_age", "0"))
	assert.True(t, asks("login_hint", "bob"))
	assert.True(t, asks("acr_values", stack.ACRFresh))

	clock.advance(61 * time.Second)
	assert.True(t, asks("max_age", "60"))
	assert.False(t, asks("max_age", "3600"))

	l, a = b.authorize("prompt", "consent")
	assert.Contains(t, a.body, `id="allow"`)
	assert.NotEmpty(t, b.callback(l, b.submit(a, "action", "allow")).Get("code"))

	l, a = b.authorize("prompt", "none login")
	assert.Equal(t, "invalid_request", b.callback(l, a).Get("error"))
	l, a = b.authorize("prompt", "none", "scope", "openid write:messages")
	assert.Equal(t, "consent_required", b.callback(l, a).Get("error"))

	s.ForgetSignIns()
	l, a = b.authorize("prompt", "none")
	assert.Equal(t, "login_required", b.callback(l, a).Get("error"))
}

func TestAnotherUserIsNotTheHintedOne(t *testing.T) {
	s := start(t, stack.Config{})
	hint := open(t, s).signIn().IDToken
	b := open(t, s)
	l, page := b.authorize("login_hint", "bob")
	assert.Contains(t, page.body, `value="bob"`)
	consent := b.submit(page, "action", "sign-in", "username", "bob", "password", "builder")
	b.callback(l, b.submit(consent, "action", "allow"))

	l, a := b.authorize("prompt", "none", "id_token_hint", hint)
	assert.Equal(t, "login_required", b.callback(l, a).Get("error"))
}

func TestRefusedRequests(t *testing.T) {
	s := start(t, stack.Config{RedirectPaths: []string{"/deep/link"}})
	b := open(t, s)
	for name, c := range map[string]struct {
		params []string
		want   string
	}{
		"no PKCE":          {[]string{"code_challenge", "", "code_challenge_method", ""}, "invalid_request"},
		"plain PKCE":       {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"unknown scope":    {[]string{"scope", "openid nonsense"}, "invalid_scope"},
		"unknown audience": {[]string{"audience", "https://elsewhere.example"}, "invalid_target"},
	} {
		l, a := b.authorize(c.params...)
		assert.Equal(t, c.want, b.callback(l, a).Get("error"), name)
	}

	_, page := b.authorize("redirect_uri", "http://evil.example/")
	assert.Equal(t, http.StatusBadRequest, page.StatusCode)
	assert.Empty(t, page.Header.Get("Location"))
	assert.Contains(t, page.body, "redirect_uri is not registered")

	for _, path := range []string{"", "/", "/deep/link", "/postern/callback.html"} {
		_, page := b.authorize("redirect_uri", s.AppURL()+path)
		assert.Equal(t, http.StatusOK, page.StatusCode, path)
	}
}

func TestPushedRequest(t *testing.T) {
	s := start(t, stack.Config{RequirePAR: true})
	b := open(t, s)
	_, refused := b.authorize()
	assert.Equal(t, http.StatusBadRequest, refused.StatusCode)

	pushed := b.post("/par", pairs("client_id", stack.ClientID, "response_type", "code", "redirect_uri", s.AppURL()+"/callback",
		"scope", "openid", "state", "s", "audience", s.APIURL(), "code_challenge_method", "S256",
		"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
	require.Equal(t, http.StatusCreated, pushed.StatusCode, pushed.body)
	var reply struct {
		RequestURI string `json:"request_uri"`
	}
	decode(t, pushed, &reply)
	page := b.get(s.IssuerURL() + "/authorize?" + pairs("client_id", stack.ClientID, "request_uri", reply.RequestURI).Encode())
	consent := b.submit(page, "action", "sign-in", "username", "bob", "password", "builder")
	assert.NotEmpty(t, b.callback(login{state: "s"}, b.submit(consent, "action", "allow")).Get("code"))
}
