package hostile_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A case shows something only where all but one thing is right, so what the honest provider signs must be what others verify.
func TestHonestSignatures(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0") // Go looks at the key as well, as it should
	for _, key := range []*hostile.Key{hostile.RS256(), hostile.PS256(), hostile.ES256(), hostile.EdDSA(), hostile.Second(), hostile.RSA512()} {
		t.Run(key.ID+" "+key.Alg, func(t *testing.T) {
			p := hostile.Start(hostile.Fault{Keys: []*hostile.Key{key}})
			defer p.Close()
			tokens := exchange(t, p)

			signed, err := jose.ParseSigned(tokens["id_token"].(string), []jose.SignatureAlgorithm{"RS256", "PS256", "ES256", "EdDSA"})
			require.NoError(t, err)
			var set jose.JSONWebKeySet
			read(t, p.Issuer()+"/jwks", &set)
			require.Len(t, set.Keys, 1)
			payload, err := signed.Verify(set.Keys[0])
			require.NoError(t, err)
			var claims map[string]any
			require.NoError(t, json.Unmarshal(payload, &claims))
			assert.Equal(t, hostile.Subject, claims["sub"])
			assert.Equal(t, p.Issuer(), claims["iss"])
		})
	}
}

func TestFamilies(t *testing.T) {
	p := hostile.Start(hostile.Fault{})
	defer p.Close()
	first := exchange(t, p)["refresh_token"].(string)
	renew := func(token string) (int, string) {
		status, tokens := post(t, p.Issuer()+"/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
		next, _ := tokens["refresh_token"].(string)
		return status, next
	}
	status, second := renew(first)
	assert.Equal(t, http.StatusOK, status)
	status, third := renew(first)
	assert.Equal(t, http.StatusOK, status, "once more, for a client that lost the answer")
	assert.NotEqual(t, second, third)
	assert.Equal(t, 1, p.Live())
	status, _ = renew(first)
	assert.Equal(t, http.StatusBadRequest, status, "and never again")
	assert.Zero(t, p.Live(), "it is theft, and ends the family")
	assert.Equal(t, 3, p.Grants("refresh_token"))
}

// A pushed request works once, and for the client that pushed it alone; it can't point to another.
func TestPush(t *testing.T) {
	p := hostile.Start(hostile.Fault{})
	defer p.Close()
	push := func(more url.Values) (int, string) {
		form := url.Values{
			"client_id": {"c"}, "redirect_uri": {"http://localhost/app"}, "response_type": {"code"}, "code_challenge": {"x"}, "code_challenge_method": {"S256"},
		}
		maps.Copy(form, more)
		status, answer := post(t, p.Issuer()+"/par", form)
		uri, _ := answer["request_uri"].(string)
		return status, uri
	}
	visit := func(client, uri string) int {
		query := url.Values{"client_id": {client}, "request_uri": {uri}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Issuer()+"/authorize?"+query.Encode(), nil)
		require.NoError(t, err)
		answer, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		return answer.StatusCode
	}
	status, uri := push(nil)
	assert.Equal(t, http.StatusCreated, status)
	assert.Equal(t, http.StatusFound, visit("c", uri))
	assert.Equal(t, http.StatusBadRequest, visit("c", uri), "a second time")
	_, uri = push(nil)
	assert.Equal(t, http.StatusBadRequest, visit("d", uri), "another client")
	status, _ = push(url.Values{"request_uri": {uri}})
	assert.Equal(t, http.StatusBadRequest, status)
}

// exchange signs in without any SDK.
func exchange(t *testing.T, p *hostile.Provider) map[string]any {
	t.Helper()
	verifier := rand.Text() + rand.Text()
	sum := sha256.Sum256([]byte(verifier))
	form := url.Values{"client_id": {"c"}, "redirect_uri": {"http://localhost/app"}}
	query := url.Values{
		"response_type": {"code"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
		"client_id": form["client_id"], "redirect_uri": form["redirect_uri"], "scope": {"openid offline_access"},
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Issuer()+"/authorize?"+query.Encode(), nil)
	require.NoError(t, err)
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	back, err := answer.Location()
	require.NoError(t, err)

	form.Set("grant_type", "authorization_code")
	form.Set("code", back.Query().Get("code"))
	status, _ := post(t, p.Issuer()+"/token", form)
	require.Equal(t, http.StatusBadRequest, status, "there was no verifier, and the code is spent")

	answer, err = http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	back, err = answer.Location()
	require.NoError(t, err)
	form.Set("code", back.Query().Get("code"))
	form.Set("code_verifier", verifier)
	status, tokens := post(t, p.Issuer()+"/token", form)
	require.Equal(t, http.StatusOK, status, "%v", tokens)
	return tokens
}

func post(t *testing.T, address string, form url.Values) (int, map[string]any) {
	t.Helper()
	answer, err := http.PostForm(address, form)
	require.NoError(t, err)
	defer answer.Body.Close()
	var body map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&body))
	return answer.StatusCode, body
}

func read(t *testing.T, address string, into any) {
	t.Helper()
	answer, err := http.Get(address)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.NoError(t, json.NewDecoder(answer.Body).Decode(into))
}
