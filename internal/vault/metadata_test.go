package vault

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/storage"
)

const (
	openID  = issuer + "/.well-known/openid-configuration"
	rfc8414 = issuer + "/.well-known/oauth-authorization-server"
)

// document is the metadata of the test's issuer.
func document(with map[string]string) *oauth.HTTPResponse {
	return &oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: object(with, "issuer", quoted(issuer),
		"authorization_endpoint", quoted(issuer+"/authorize"), "token_endpoint", quoted(tokenURL), "jwks_uri", quoted(issuer+"/jwks"),
		"revocation_endpoint", quoted(revokeURL))}
}

// discovering is a world whose provider answers at these addresses, and with 404 at any other.
func discovering(t *testing.T, at map[string]*oauth.HTTPResponse) *world {
	w := newWorld(t)
	w.given = nil
	w.server.metadata = func(url string) (*oauth.HTTPResponse, error) {
		if response, ok := at[url]; ok {
			if response == nil {
				return nil, trouble(oauth.Network)
			}
			return response, nil
		}
		return &oauth.HTTPResponse{Status: 404, ContentType: "text/html", Body: "<h1>"}, nil
	}
	return w
}

func TestMetadata(t *testing.T) {
	other := map[string]string{"issuer": `"https://other.test"`}
	for name, test := range map[string]struct {
		at        map[string]*oauth.HTTPResponse
		want      oauth.Code
		retryable bool
		got       []string
	}{
		"OpenID's":                    {map[string]*oauth.HTTPResponse{openID: document(nil)}, "", false, []string{openID}},
		"RFC 8414's":                  {map[string]*oauth.HTTPResponse{rfc8414: document(nil)}, "", false, []string{openID, rfc8414}},
		"both":                        {map[string]*oauth.HTTPResponse{openID: document(nil), rfc8414: document(other)}, "", false, []string{openID}},
		"neither":                     {nil, oauth.DiscoveryFailed, false, []string{openID, rfc8414}},
		"HTML, then RFC 8414's":       {map[string]*oauth.HTTPResponse{openID: {Status: 200, ContentType: "text/html", Body: "<h1>"}, rfc8414: document(nil)}, "", false, []string{openID, rfc8414}},
		"another issuer stops":        {map[string]*oauth.HTTPResponse{openID: document(other), rfc8414: document(nil)}, oauth.IssuerMismatch, false, []string{openID}},
		"another issuer at the other": {map[string]*oauth.HTTPResponse{rfc8414: document(other)}, oauth.DiscoveryFailed, false, []string{openID, rfc8414}},
		"an http endpoint stops":      {map[string]*oauth.HTTPResponse{openID: document(map[string]string{"token_endpoint": `"http://as.test/token"`}), rfc8414: document(nil)}, oauth.InsecureURL, false, []string{openID}},
		"503":                         {map[string]*oauth.HTTPResponse{openID: {Status: 503}}, oauth.DiscoveryFailed, true, []string{openID}},
		"429":                         {map[string]*oauth.HTTPResponse{openID: {Status: 429}}, oauth.DiscoveryFailed, true, []string{openID}},
		"network":                     {map[string]*oauth.HTTPResponse{openID: nil}, oauth.DiscoveryFailed, true, []string{openID}},
	} {
		t.Run(name, func(t *testing.T) {
			w := discovering(t, test.at)
			v := w.page()
			m, err := v.Metadata()
			assert.Equal(t, test.got, w.server.got)
			if test.want != "" {
				assert.Equal(t, test.retryable, requireCode(t, err, test.want).Retryable)
				keys, _ := w.cache.Keys("")
				assert.Empty(t, keys, "a failure isn't kept")

				w.server.metadata = func(string) (*oauth.HTTPResponse, error) { return document(nil), nil }
				_, err = v.Metadata()
				require.NoError(t, err, "the provider may be up again")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tokenURL, m.TokenEndpoint)

			again, err := v.Metadata()
			require.NoError(t, err)
			assert.Same(t, m, again)
			another, err := w.instance().Metadata()
			require.NoError(t, err)
			assert.Equal(t, m, another, "from the page's cache")
			if len(test.got) == 1 {
				assert.Len(t, w.server.got, 1)
			}
		})
	}
}

func TestMetadataGiven(t *testing.T) {
	w := newWorld(t)
	m, err := w.instance().Metadata()
	require.NoError(t, err)
	assert.Same(t, w.given, m)
	assert.Empty(t, w.server.got, "nothing is scopes")
}

// A provider that can't be trusted gets no request with a secret in it.
func TestNoTokenRequestWithoutMetadata(t *testing.T) {
	w := discovering(t, map[string]*oauth.HTTPResponse{openID: document(map[string]string{"issuer": quoted(issuer + "/")})})
	_, err := w.instance().Exchange(exchange(t))
	requireCode(t, err, oauth.IssuerMismatch)
	assert.Empty(t, w.server.sent)
	assert.Empty(t, w.text())
}

// What stands in the cache is read with the same care as what comes over the network.
func TestMetadataCacheIsChecked(t *testing.T) {
	w := discovering(t, map[string]*oauth.HTTPResponse{openID: document(nil)})
	require.NoError(t, storage.Put(w.cache, "postern:metadata:"+openID, 1, document(map[string]string{"issuer": `"https://evil.test"`}).Body))
	_, err := w.instance().Metadata()
	requireCode(t, err, oauth.IssuerMismatch)
}

func TestPush(t *testing.T) {
	w := newWorld(t)
	_, err := w.page().Push("client_id=spa")
	requireCode(t, err, oauth.ConfigInvalid)
	w.given.PAREndpoint = issuer + "/par"
	for name, test := range map[string]struct {
		answer reply
		want   oauth.Code
	}{
		"taken":         {status(201, "application/json", `{"request_uri":"urn:x"}`), ""},
		"refused":       {refuse(400, `{"error":"invalid_scope"}`), oauth.AuthorizationFailed},
		"no connection": {lost(oauth.Network), oauth.Network},
	} {
		w.server.pushing = test.answer
		uri, err := w.page().Push("client_id=spa&scope=openid")
		if test.want == "" {
			require.NoError(t, err, name)
			assert.Equal(t, "urn:x", uri)
			continue
		}
		requireCode(t, err, test.want)
	}
}
