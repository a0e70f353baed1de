package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// The tests whose names begin with TestAdversary are the table of SECURITY.md: what each option stops, and what it doesn't, both shown.

// victim is an app whose token answers the test has read on their way: what an attacker has got of them is found to the letter.
type victim struct {
	*app
	mu              sync.Mutex
	access, refresh []string
	evil            []string // what was sent to /evil of the provider's origin, which the page's policy allows
}

func target(t *testing.T, b build, configure ...func(*stack.Config)) *victim {
	t.Helper()
	v := &victim{}
	v.app = start(t, b, append([]func(*stack.Config){calm, func(c *stack.Config) {
		c.Front = func(issuer http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/evil") {
					body, _ := io.ReadAll(r.Body)
					v.mu.Lock()
					v.evil = append(v.evil, string(body))
					v.mu.Unlock()
					w.Header().Set("Access-Control-Allow-Origin", "*")
					return
				}
				if path, peers := strings.CutPrefix(r.URL.Path, "/oauth"); peers { // where Auth0 has its token endpoint
					if r.Method == http.MethodOptions {
						w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
						w.Header().Set("Access-Control-Allow-Headers", "Auth0-Client, Content-Type")
						return
					}
					r = r.Clone(r.Context())
					r.URL.Path = path
				}
				if r.URL.Path != "/token" {
					issuer.ServeHTTP(w, r)
					return
				}
				read := &witness{ResponseWriter: w}
				issuer.ServeHTTP(read, r)
				var answer struct {
					Access  string `json:"access_token"`
					Refresh string `json:"refresh_token"`
				}
				if json.Unmarshal(read.body, &answer) == nil && answer.Access != "" {
					v.mu.Lock()
					v.access, v.refresh = append(v.access, answer.Access), append(v.refresh, answer.Refresh)
					v.mu.Unlock()
				}
			})
		}
	}}, configure...)...)
	return v
}

type witness struct {
	http.ResponseWriter
	body []byte
}

func (w *witness) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	return w.ResponseWriter.Write(p)
}

func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func among(tokens []string, text string) bool {
	for _, token := range tokens {
		if token != "" && strings.Contains(text, token) {
			return true
		}
	}
	return false
}

// stolen says what of these sessions stands in text.
func (v *victim) stolen(text string) (access, refresh bool) {
	v.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	require.NotEmpty(v, v.access)
	require.NotEmpty(v, v.refresh[0])
	return among(v.access, text), among(v.refresh, text)
}

// newest is the last pair of tokens that the provider gave out.
func (v *victim) newest() (access, refresh string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.access[len(v.access)-1], v.refresh[len(v.refresh)-1]
}

func (v *victim) sentToEvil() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]string(nil), v.evil...)
}

// elsewhere uses a refresh token from a machine of the attacker's, with what more the form and the headers have.
func (v *victim) elsewhere(refresh string, headers http.Header) (status int, answer map[string]any) {
	v.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {stack.ClientID}, "refresh_token": {refresh}}
	r, err := http.NewRequestWithContext(v.Context(), http.MethodPost, v.stack.IssuerURL()+"/token", strings.NewReader(form.Encode()))
	require.NoError(v, err)
	r.Header = headers.Clone()
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

// call is a call of the API from there.
func (v *victim) call(headers http.Header) int {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.stack.APIURL()+"/me", nil)
	require.NoError(v, err)
	r.Header = headers
	status, _ := v.send(r)
	return status
}

func (v *victim) send(r *http.Request) (status int, answer map[string]any) {
	v.Helper()
	response, err := http.DefaultClient.Do(r)
	require.NoError(v, err)
	defer response.Body.Close()
	_ = json.NewDecoder(response.Body).Decode(&answer)
	return response.StatusCode, answer
}
