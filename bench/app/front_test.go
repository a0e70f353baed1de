package app

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What Front makes of a request, by what reaches the provider and what comes back.
func TestFront(t *testing.T) {
	var got *http.Request
	var body string
	front := &Front{Audience: "the API"}
	handler := front.Before(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		got, body = r, string(content)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `{"refresh_token":"opaque"}`)
	}))
	ask := func(method, target, form string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, target, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Access-Control-Request-Headers", "x-of-its-own")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}

	assert.Equal(t, `{"refresh_token":"opaque"}`, ask("POST", "/oauth/token", "refresh_token=opaque").Body.String())
	assert.Equal(t, "/token", got.URL.Path, "Auth0's path")
	assert.Equal(t, "refresh_token=opaque", body)
	assert.Equal(t, `{"refresh_token":"opaque"}`, string(front.Answer()))

	answer := ask("POST", realm+"/token", "client_id=a&refresh_token=e30.e30.opaque")
	assert.Equal(t, "/token", got.URL.Path, "Keycloak's path")
	assert.Equal(t, "client_id=a&refresh_token=opaque", body)
	assert.Equal(t, http.StatusAccepted, answer.Code)
	assert.Equal(t, `{"refresh_token":"e30.e30.opaque"}`, answer.Body.String(), "a refresh token of three parts")
	ask("POST", realm+"/token", "code=c")
	assert.Equal(t, "code=c", body)

	ask("GET", realm+"/auth?scope=openid", "")
	assert.Equal(t, "/authorize", got.URL.Path)
	assert.Equal(t, url.Values{"scope": {"openid"}, "audience": {"the API"}}, got.URL.Query())
	ask("GET", "/authorize?audience=another", "")
	assert.Equal(t, url.Values{"audience": {"another"}}, got.URL.Query())

	assert.Equal(t, "x-of-its-own", ask("OPTIONS", "/.well-known/openid-configuration", "").Header().Get("Access-Control-Allow-Headers"))
}
