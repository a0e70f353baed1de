package stack_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

const (
	everything = "openid profile email offline_access read:messages"
	alice      = "wonderland"
)

func start(t *testing.T, c stack.Config) *stack.Stack {
	t.Helper()
	s, err := stack.Start(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// browser is a person with a cookie jar who follows no redirect by itself.
type browser struct {
	*testing.T
	stack *stack.Stack
	http  *http.Client
}

func open(t *testing.T, s *stack.Stack) *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, s, &http.Client{
		Jar: jar, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response that has been read.
type answer struct {
	*http.Response
	body string
}

func (b *browser) do(r *http.Request) answer {
	b.Helper()
	response, err := b.http.Do(r)
	require.NoError(b, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	return answer{response, string(body)}
}

func (b *browser) get(address string) answer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	require.NoError(b, err)
	return b.do(r)
}

// post sends a form as the app would.
func (b *browser) post(path string, form url.Values) answer {
	b.Helper()
	return b.do(b.form(path, form))
}

func (b *browser) form(path string, form url.Values) *http.Request {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.stack.IssuerURL()+path, strings.NewReader(form.Encode()))
	require.NoError(b, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.stack.AppURL())
	return r
}

var formAction = regexp.MustCompile(`<form method="post" action="([^"]+)"`)

// submit fills in the form of a page.
func (b *browser) submit(page answer, fields ...string) answer {
	b.Helper()
	found := formAction.FindStringSubmatch(page.body)
	require.NotNil(b, found, "no form in %s %s", page.Status, page.body)
	r := b.form(html.UnescapeString(found[1]), pairs(fields...))
	r.Header.Set("Origin", b.stack.IssuerURL())
	return b.do(r)
}

// login is one authorization request of the app.
type login struct{ verifier, state, nonce string }

// authorize asks for a login with the usual parameters and some more.
func (b *browser) authorize(more ...string) (login, answer) {
	b.Helper()
	l := login{rand.Text() + rand.Text(), rand.Text(), rand.Text()}
	challenge := sha256.Sum256([]byte(l.verifier))
	query := pairs(
		"client_id", stack.ClientID, "response_type", "code", "redirect_uri", b.stack.AppURL()+"/callback",
		"scope", everything, "audience", b.stack.APIURL(), "state", l.state, "nonce", l.nonce,
		"code_challenge", base64.RawURLEncoding.EncodeToString(challenge[:]), "code_challenge_method", "S256",
	)
	for key, values := range pairs(more...) {
		query[key] = values
	}
	return l, b.get(b.stack.IssuerURL() + "/authorize?" + query.Encode())
}

// callback reads the answer to the app, which must be the one to l.
func (b *browser) callback(l login, a answer) url.Values {
	b.Helper()
	require.Equal(b, http.StatusSeeOther, a.StatusCode, a.body)
	back, err := a.Location()
	require.NoError(b, err)
	query := back.Query()
	require.True(b, strings.HasPrefix(back.String(), b.stack.AppURL()+"/callback?"), back.String())
	require.Equal(b, l.state, query.Get("state"))
	require.Equal(b, b.stack.IssuerURL(), query.Get("iss"))
	return query
}

// tokens is a token response, good or bad.
type tokens struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	IDToken      string `json:"id_token"`
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
	ExpiresIn    int    `json:"expires_in"`
	Error        string `json:"error"`
}

func (b *browser) token(form url.Values) (int, tokens) {
	b.Helper()
	return b.read(b.post("/token", form))
}

func (b *browser) read(a answer) (int, tokens) {
	b.Helper()
	var t tokens
	require.NoError(b, json.Unmarshal([]byte(a.body), &t), a.body)
	return a.StatusCode, t
}

func (b *browser) exchange(l login, code string) (int, tokens) {
	b.Helper()
	return b.token(exchangeForm(b.stack, l, code))
}

func exchangeForm(s *stack.Stack, l login, code string) url.Values {
	return pairs("grant_type", "authorization_code", "client_id", stack.ClientID, "redirect_uri", s.AppURL()+"/callback",
		"code", code, "code_verifier", l.verifier)
}

func (b *browser) refresh(token string, more ...string) (int, tokens) {
	b.Helper()
	return b.token(refreshForm(token, more...))
}

func refreshForm(token string, more ...string) url.Values {
	form := pairs("grant_type", "refresh_token", "client_id", stack.ClientID, "refresh_token", token)
	for key, values := range pairs(more...) {
		form[key] = values
	}
	return form
}

// signIn goes through login and consent as Alice and returns the tokens.
func (b *browser) signIn(more ...string) tokens {
	b.Helper()
	l, page := b.authorize(more...)
	after := b.submit(page, "action", "sign-in", "username", "alice", "password", alice)
	if after.StatusCode == http.StatusOK { // not where Alice has consented before
		after = b.submit(after, "action", "allow")
	}
	status, t := b.exchange(l, b.callback(l, after).Get("code"))
	require.Equal(b, http.StatusOK, status, t.Error)
	return t
}

// claims verifies a token by the published keys.
func (b *browser) claims(raw string) map[string]any {
	b.Helper()
	var keys jose.JSONWebKeySet
	require.NoError(b, json.Unmarshal([]byte(b.get(b.stack.IssuerURL()+"/jwks").body), &keys))
	parsed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	require.NoError(b, err)
	claims := map[string]any{}
	require.NoError(b, parsed.Claims(keys, &claims))
	return claims
}

// me calls the API.
func (b *browser) me(accessToken string) answer {
	b.Helper()
	return b.call("/me", "Bearer "+accessToken)
}

func (b *browser) call(path, authorization string) answer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.stack.APIURL()+path, nil)
	require.NoError(b, err)
	r.Header.Set("Origin", b.stack.AppURL())
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	return b.do(r)
}

// pairs turns "key", "value", ... into a form. A key may come twice.
func pairs(fields ...string) url.Values {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}
