package stack_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/tools/serve/nonce"
)

// Only the newest nonce is taken, and each answer brings another.
func TestNonces(t *testing.T) {
	g := &nonce.Guard{}
	handler := g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }),
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) })
	ask := func(proof string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/token", nil)
		r.Header.Set("DPoP", proof)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code, w.Header().Get("DPoP-Nonce")
	}
	holding := func(nonce string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"nonce":"`+nonce+`"}`)) + ".x"
	}
	for _, proof := range []string{"e30.e30.x", "garbage", "e30.!.x", holding("")} {
		code, next := ask(proof)
		assert.Equal(t, http.StatusBadRequest, code, proof)
		assert.NotEmpty(t, next)
	}
	_, first := ask("e30.e30.x")
	code, second := ask(holding(first))
	assert.Equal(t, http.StatusOK, code)
	code, third := ask(holding(first))
	assert.Equal(t, http.StatusBadRequest, code, "used")
	assert.NotEqual(t, second, third)
	code, _ = ask(holding(third))
	assert.Equal(t, http.StatusOK, code)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/token", nil))
	assert.Equal(t, http.StatusOK, w.Code, "who sends no proof has no nonce either")
}
