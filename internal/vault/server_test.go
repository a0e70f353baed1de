package vault

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// request is one that the vault sent.
type request struct {
	url                  string
	form                 url.Values // nil for GET
	timeout              time.Duration
	authorization, proof string
}

// reply answers the nth token request.
type reply func(n int, r request) (*oauth.HTTPResponse, error)

// server is a provider that rotates. It answers each token request by its script, and with new tokens when the script is at its end.
type server struct {
	*world
	offline bool
	// cutOff is a browser that thinks it's online while the provider can't be reached.
	cutOff    bool
	probing   func()
	revoking  reply
	pushing   reply
	informing []reply // script of UserInfo
	metadata  func(url string) (*oauth.HTTPResponse, error)

	mu     sync.Mutex
	script []reply
	sent   []request // to the token endpoint
	asked  []request // at UserInfo
	gone   []string  // refresh tokens that were revoked
	got    []string  // addresses of GET
	probed []string
}

func (s *server) Online() bool { return !s.offline }

func (s *server) Get(url string, _ time.Duration) (*oauth.HTTPResponse, error) {
	s.mu.Lock()
	s.got = append(s.got, url)
	s.mu.Unlock()
	if s.metadata == nil {
		return nil, trouble(oauth.Network)
	}
	return s.metadata(url)
}

func (s *server) Probe(url string, _ time.Duration) bool {
	s.mu.Lock()
	s.probed = append(s.probed, url)
	s.mu.Unlock()
	if s.probing != nil {
		s.probing()
	}
	return !s.cutOff
}

func (s *server) Post(address, form string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	values, err := url.ParseQuery(form)
	require.NoError(s.t, err)
	return s.post(request{url: address, form: values, timeout: timeout})
}

func (s *server) Send(address, form, authorization, proof string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	values, err := url.ParseQuery(form)
	require.NoError(s.t, err)
	return s.post(request{address, values, timeout, authorization, proof})
}

func (s *server) post(r request) (*oauth.HTTPResponse, error) {
	s.mu.Lock()
	answer, n := s.take(r)
	s.mu.Unlock()
	return answer(n, r)
}

func (s *server) take(r request) (reply, int) {
	if r.url == revokeURL {
		s.gone = append(s.gone, r.form.Get("token"))
		if s.revoking != nil {
			return s.revoking, 0
		}
		return status(200, "text/plain", ""), 0
	}
	if r.url == issuer+"/par" {
		return s.pushing, 0
	}
	if r.url == infoURL {
		s.asked = append(s.asked, r)
		answer := s.informing[0]
		s.informing = s.informing[1:]
		return answer, len(s.asked)
	}
	require.Equal(s.t, tokenURL, r.url)
	s.sent = append(s.sent, r)
	answer := grants(nil)
	if len(s.script) > 0 {
		answer, s.script = s.script[0], s.script[1:]
	}
	return answer, len(s.sent)
}

// answers sets the script of the token requests to come.
func (s *server) answers(script ...reply) { s.script = script }

// used returns the refresh tokens that were sent to the token endpoint.
func (s *server) used() (tokens []string) {
	for _, r := range s.sent {
		if token := r.form.Get("refresh_token"); token != "" {
			tokens = append(tokens, token)
		}
	}
	return tokens
}

// grants answers with at-canary-n and rt-canary-n. with replaces members, given as JSON, or removes those that are empty.
func grants(with map[string]string) reply {
	return func(n int, r request) (*oauth.HTTPResponse, error) {
		body := object(with,
			"access_token", fmt.Sprintf(`"at-canary-%d"`, n), "token_type", `"Bearer"`, "refresh_token", fmt.Sprintf(`"rt-canary-%d"`, n),
			"id_token", quoted(idToken(nil)), "expires_in", "3600", "scope", quoted(r.form.Get("scope")))
		return &oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: strings.Replace(body, `,"scope":""`, "", 1)}, nil
	}
}

func status(code int, mime, body string) reply {
	return func(int, request) (*oauth.HTTPResponse, error) {
		return &oauth.HTTPResponse{Status: code, ContentType: mime, Body: body}, nil
	}
}

func refuse(code int, body string) reply { return status(code, "application/json", body) }

// lost is an answer that never came.
func lost(code oauth.Code) reply {
	return func(int, request) (*oauth.HTTPResponse, error) { return nil, trouble(code) }
}

func trouble(code oauth.Code) error {
	return &oauth.Error{Code: code, Op: "request", Description: "it failed", Retryable: code != oauth.ResponseTooLarge}
}

// while runs something between the arrival of a request and its answer.
func while(do func(), then reply) reply {
	return func(n int, r request) (*oauth.HTTPResponse, error) {
		do()
		return then(n, r)
	}
}

func object(with map[string]string, members ...string) string {
	var w oauth.Writer
	for i := 0; i < len(members); i += 2 {
		value, replaced := with[members[i]]
		if !replaced {
			value = members[i+1]
		}
		w.Raw(members[i], value)
	}
	return w.String()
}

func quoted(s string) string { return oauth.Quote(s) }

// idToken is one that passes while the test's clock is within a day of its beginning.
func idToken(with map[string]string) string {
	exp := fmt.Sprint(int64((begin + 24*time.Hour) / time.Second))
	payload := object(with, "iss", quoted(issuer), "aud", quoted(client), "azp", "", "sub", `"u1"`, "exp", exp,
		"iat", fmt.Sprint(int64(begin/time.Second)), "nonce", `"n1"`, "auth_time", "", "email", `"canary-email"`)
	b64 := base64.RawURLEncoding.EncodeToString
	return b64([]byte(`{"alg":"RS256"}`)) + "." + b64([]byte(payload)) + "." + b64([]byte("canary-signature"))
}

func requireCode(t testing.TB, err error, want oauth.Code) *oauth.Error {
	t.Helper()
	require.Error(t, err)
	e, ok := err.(*oauth.Error)
	require.True(t, ok, "%T is no *oauth.Error", err)
	require.Equal(t, want, e.Code, "%v", err)
	requireClean(t, err)
	return e
}

// requireClean looks for canaries in all that values show when they are printed.
func requireClean(t testing.TB, values ...any) {
	t.Helper()
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			shown := fmt.Sprintf(verb, value)
			require.NotContains(t, shown, "canary", verb)
			require.NotContains(t, shown, fmt.Sprintf("%x", "canary"), verb)
		}
		if e, ok := value.(*oauth.Error); ok && e.Err != nil {
			requireClean(t, e.Err)
		}
	}
}
