package stack_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

func TestPortInUse(t *testing.T) {
	s := start(t, stack.Config{})
	taken, err := url.Parse(s.AppURL())
	require.NoError(t, err)
	addr := ":" + taken.Port()
	for name, c := range map[string]stack.Config{
		"app": {AppAddr: addr}, "issuer": {IssuerAddr: addr}, "api": {APIAddr: addr},
	} {
		_, err := stack.Start(t.Context(), c)
		assert.EqualError(t, err, "port "+taken.Port()+" is in use: stop what listens there, or choose another with -"+name+" :PORT")
	}
	_, err = stack.Start(t.Context(), stack.Config{AppAddr: "4300"})
	assert.ErrorContains(t, err, "give an address such as :4300")
	_, err = stack.Start(t.Context(), stack.Config{Algorithm: "HS256"})
	assert.ErrorContains(t, err, "use RS256 or ES256")
	_, err = stack.Start(t.Context(), stack.Config{Dist: "nowhere"})
	assert.ErrorContains(t, err, "nowhere is no directory")
}

func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := stack.Start(ctx, stack.Config{})
	require.NoError(t, err)
	cancel()
	require.NoError(t, s.Close(), "waits for the end, whoever brought it about")
	_, err = http.Get(s.AppURL())
	assert.Error(t, err)
}

func TestCloseWithAHeldRequest(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	token := b.signIn().RefreshToken
	gate := s.Faults().Hold(fault.BeforeCommit, 1)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if response, err := b.http.Do(b.form("/token", refreshForm(token))); err == nil {
			response.Body.Close()
		}
	}()
	require.NoError(t, gate.Arrived(t.Context(), 1))
	require.NoError(t, s.Close())
	<-gone
}

func TestIssuerDownAndUp(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	token := b.signIn().RefreshToken
	require.NoError(t, s.StopIssuer())
	_, err := b.http.Do(b.form("/token", refreshForm(token)))
	assert.Error(t, err)
	require.NoError(t, s.StartIssuer())
	status, _ := b.refresh(token)
	assert.Equal(t, http.StatusOK, status, "it remembers")
}

func TestFront(t *testing.T) {
	s := start(t, stack.Config{Front: func(issuer http.Handler) http.Handler { return http.StripPrefix("/elsewhere", issuer) }})
	b := open(t, s)
	assert.Equal(t, http.StatusOK, b.get(s.IssuerURL()+"/elsewhere/.well-known/openid-configuration").StatusCode)
	assert.Equal(t, http.StatusNotFound, b.get(s.IssuerURL()+"/.well-known/openid-configuration").StatusCode)
}

func TestDiscovery(t *testing.T) {
	s := start(t, stack.Config{})
	var metadata map[string]any
	decode(t, open(t, s).get(s.IssuerURL()+"/.well-known/openid-configuration"), &metadata)
	iss := s.IssuerURL()
	for field, want := range map[string]any{
		"issuer":                                         iss,
		"authorization_endpoint":                         iss + "/authorize",
		"token_endpoint":                                 iss + "/token",
		"userinfo_endpoint":                              iss + "/userinfo",
		"jwks_uri":                                       iss + "/jwks",
		"end_session_endpoint":                           iss + "/logout",
		"revocation_endpoint":                            iss + "/revoke",
		"pushed_authorization_request_endpoint":          iss + "/par",
		"code_challenge_methods_supported":               []any{"S256"},
		"authorization_response_iss_parameter_supported": true,
		"token_endpoint_auth_methods_supported":          []any{"none"},
		"id_token_signing_alg_values_supported":          []any{"RS256"},
		"dpop_signing_alg_values_supported":              []any{"ES256", "RS256"},
	} {
		assert.Equal(t, want, metadata[field], field)
	}
}

func TestCORS(t *testing.T) {
	s := start(t, stack.Config{Faults: true})
	b := open(t, s)
	ask := func(method, address, origin, preflightFor string) answer {
		r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
		require.NoError(t, err)
		r.Header.Set("Origin", origin)
		if preflightFor != "" {
			r.Header.Set("Access-Control-Request-Method", preflightFor)
			r.Header.Set("Access-Control-Request-Headers", "authorization,content-type,dpop")
		}
		return b.do(r)
	}
	for address, method := range map[string]string{
		s.IssuerURL() + "/.well-known/openid-configuration": "GET",
		s.IssuerURL() + "/jwks":                             "GET",
		s.IssuerURL() + "/token":                            "POST",
		s.IssuerURL() + "/userinfo":                         "GET",
		s.IssuerURL() + "/revoke":                           "POST",
		s.IssuerURL() + "/par":                              "POST",
		s.IssuerURL() + "/faults":                           "POST",
		s.APIURL() + "/me":                                  "GET",
	} {
		mine := ask(method, address, s.AppURL(), "")
		assert.Equal(t, []string{s.AppURL()}, mine.Header.Values("Access-Control-Allow-Origin"), address)
		assert.Contains(t, mine.Header.Values("Vary"), "Origin", address)
		for _, name := range []string{"DPoP-Nonce", "Retry-After", "WWW-Authenticate"} {
			assert.Contains(t, mine.Header.Get("Access-Control-Expose-Headers"), name, address)
		}
		preflight := ask("OPTIONS", address, s.AppURL(), method)
		assert.Equal(t, http.StatusNoContent, preflight.StatusCode, address)
		assert.Contains(t, preflight.Header.Get("Access-Control-Allow-Methods"), method, address)
		assert.Equal(t, "Authorization, Content-Type, DPoP", preflight.Header.Get("Access-Control-Allow-Headers"), address)
		assert.Equal(t, "7200", preflight.Header.Get("Access-Control-Max-Age"), address)

		for _, foreign := range []string{"http://localhost:1", s.AppURL() + "0", "null", s.IssuerURL()} {
			assert.Empty(t, ask(method, address, foreign, "").Header.Get("Access-Control-Allow-Origin"), address)
			assert.Equal(t, http.StatusForbidden, ask("OPTIONS", address, foreign, method).StatusCode, address)
		}
	}
	assert.Empty(t, ask("GET", s.IssuerURL()+"/authorize", s.AppURL(), "").Header.Get("Access-Control-Allow-Origin"))
}

func TestApp(t *testing.T) {
	demo, dist, pages := t.TempDir(), t.TempDir(), t.TempDir()
	write := func(dir, name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	write(demo, "index.html", "the demo")
	write(dist, "postern.js", "the package")
	write(pages, "one.html", "a test page")
	s := start(t, stack.Config{Demo: demo, Dist: dist, Mounts: map[string]string{"/pages/": pages}, Faults: true, COOP: "same-origin"})
	b := open(t, s)
	for path, want := range map[string]string{
		"/": "the demo", "/callback?code=x": "the demo", "/postern/postern.js": "the package", "/pages/one.html": "a test page",
	} {
		got := b.get(s.AppURL() + path)
		assert.Equal(t, want, got.body, path)
		policy := got.Header.Get("Content-Security-Policy")
		for _, part := range []string{
			"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; ",
			"connect-src 'self' " + s.IssuerURL() + " " + s.APIURL() + "; frame-src 'self' " + s.IssuerURL() + "; worker-src 'self'; ",
			"require-trusted-types-for 'script'; trusted-types postern",
		} {
			assert.Contains(t, policy, part)
		}
		assert.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
		assert.Equal(t, "no-referrer", got.Header.Get("Referrer-Policy"))
		assert.Equal(t, "same-origin", got.Header.Get("Cross-Origin-Opener-Policy"))
	}

	var config stack.AppConfig
	decode(t, b.get(s.AppURL()+"/config.json"), &config)
	assert.Equal(t, stack.AppConfig{
		Issuer: s.IssuerURL(), ClientID: "postern-demo", Audience: s.APIURL(), AccessTokenLifetimeSeconds: 60,
		Faults: s.IssuerURL() + "/faults", Users: []stack.Credential{{Username: "alice", Password: "wonderland"}, {Username: "bob", Password: "builder"}},
	}, config)

	other := start(t, stack.Config{CSP: "default-src 'self'"})
	answer := open(t, other).get(other.AppURL() + "/missing")
	assert.Equal(t, http.StatusNotFound, answer.StatusCode)
	assert.Equal(t, "default-src 'self'", answer.Header.Get("Content-Security-Policy"))
}

func TestNoTokenIsPrinted(t *testing.T) {
	var log strings.Builder
	s := start(t, stack.Config{Log: textLogger(&log)})
	b := open(t, s)
	got := b.signIn()
	b.refresh(got.RefreshToken)
	b.refresh(got.RefreshToken)
	require.NoError(t, s.Close())
	assert.Contains(t, log.String(), "revoked")
	assert.NotContains(t, log.String(), got.RefreshToken)
	assert.NotContains(t, log.String(), got.AccessToken)
}
