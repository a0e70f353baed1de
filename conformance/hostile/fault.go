// Package hostile is an OpenID Provider that lies. By itself it is an honest one, with real keys and real signatures; a Fault changes one thing,
// so that whatever a client then does is the answer to that one thing. It shares no code with the product: a mistake that both made would be
// seen by nobody.
package hostile

import (
	"net/http"
	"net/url"
)

// Object is a JSON object.
type Object = map[string]any

// Fault is what a provider does wrong. Each field is one lever, and the zero value is an honest provider.
type Fault struct {
	// Metadata changes what discovery publishes.
	Metadata func(p *Provider, published Object)
	// Redirect changes the authorization response.
	Redirect func(p *Provider, response url.Values)
	// Modes are the response modes that the provider answers in, query or fragment, whatever it was asked for. None is the one that it was asked for.
	Modes []string
	// Return changes what the user brings back from a sign-out.
	Return func(p *Provider, response url.Values)
	// Sealed changes the signed authorization response (JARM) before it is signed, and how it is signed. Redirect then changes what stands around it.
	Sealed func(p *Provider, response *IDToken)
	// Tokens changes the token response.
	Tokens func(p *Provider, response Object)
	// IDToken changes the ID token before it is signed, and how it is signed.
	IDToken func(p *Provider, token *IDToken)
	// Keys are those that the provider has. It signs with the first. None is one RSA key.
	Keys []*Key
	// JWKS is the document at jwks_uri in the place of the true one; n counts the requests for it, from 1.
	JWKS func(n int, keys []Object) any
	// Answers stands before an endpoint, and may answer in its place.
	Answers map[Endpoint]func(p *Provider, honest http.Handler) http.Handler
	// NoRotation keeps the refresh token the same at each use.
	NoRotation bool
}

// Endpoint is a place at which the provider is asked.
type Endpoint string

// The endpoints. Elsewhere stands for every address that a client is lured to and must not go to: another origin, the target of a redirect,
// a key by jku.
const (
	Discovery     Endpoint = "discovery"
	Authorization Endpoint = "authorization"
	Token         Endpoint = "token"
	JWKS          Endpoint = "jwks"
	Revocation    Endpoint = "revocation"
	EndSession    Endpoint = "end_session"
	UserInfo      Endpoint = "userinfo"
	PAR           Endpoint = "par"
	// API is a protected API, which the provider has at its own origin: any SDK sends a token there.
	API       Endpoint = "api"
	Elsewhere Endpoint = "elsewhere"
)

// APIPath is where the API is.
const APIPath = "/api"

// paths say where each endpoint is. Auth0's SDK asks no metadata and goes where Auth0 has them.
var paths = map[string]Endpoint{
	"/.well-known/openid-configuration":       Discovery,
	"/.well-known/oauth-authorization-server": Discovery,
	"/authorize":             Authorization,
	"/token":                 Token,
	"/oauth/token":           Token,
	"/jwks":                  JWKS,
	"/.well-known/jwks.json": JWKS,
	"/revoke":                Revocation,
	"/oauth/revoke":          Revocation,
	"/logout":                EndSession,
	"/v2/logout":             EndSession,
	"/userinfo":              UserInfo,
	"/par":                   PAR,
	APIPath:                  API,
}
