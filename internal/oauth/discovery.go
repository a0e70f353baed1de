package oauth

import (
	"iter"
	"strings"
)

// Metadata is what we use of a provider's metadata (RFC 8414 section 2, OpenID Connect Discovery section 3).
type Metadata struct {
	Issuer                string
	AuthorizationEndpoint string
	TokenEndpoint         string
	JWKSURI               string
	UserinfoEndpoint      string
	RevocationEndpoint    string
	EndSessionEndpoint    string
	PAREndpoint           string
	CheckSessionIframe    string
	RequirePAR            bool
	// Published is what this was read from.
	Published Value
	// IssParameterSupported says that every authorization response carries iss (RFC 9207 section 3).
	IssParameterSupported bool
	// WebMessage says that a page of the provider can post the answer to the window that opened it (response mode web_message).
	WebMessage bool
}

// endpoints yields each endpoint under its name in the metadata.
func (m *Metadata) endpoints() iter.Seq2[string, *string] {
	return func(yield func(string, *string) bool) {
		_ = yield("authorization_endpoint", &m.AuthorizationEndpoint) &&
			yield("token_endpoint", &m.TokenEndpoint) &&
			yield("jwks_uri", &m.JWKSURI) &&
			yield("userinfo_endpoint", &m.UserinfoEndpoint) &&
			yield("revocation_endpoint", &m.RevocationEndpoint) &&
			yield("end_session_endpoint", &m.EndSessionEndpoint) &&
			yield("pushed_authorization_request_endpoint", &m.PAREndpoint) &&
			yield("check_session_iframe", &m.CheckSessionIframe)
	}
}

// ProbeURL is something harmless to ask for, to see whether the provider can be reached.
func (m *Metadata) ProbeURL() string {
	if m.JWKSURI == "" {
		return WellKnown(m.Issuer)[0]
	}
	return m.JWKSURI
}

// WellKnown returns the two addresses at which an issuer's metadata may stand: OpenID's, appended to the issuer, and RFC 8414's,
// inserted before its path.
func WellKnown(issuer string) [2]string {
	base := strings.TrimSuffix(issuer, "/")
	origin := Origin(issuer)
	return [2]string{
		base + "/.well-known/openid-configuration",
		origin + "/.well-known/oauth-authorization-server" + base[len(origin):],
	}
}

// ParseMetadata reads what an issuer publishes. The issuer inside must be the one asked, byte for byte: otherwise one provider could
// speak for another (RFC 8414 section 3.3).
func ParseMetadata(h *HTTPResponse, issuer string) (*Metadata, error) {
	if h.Status != 200 {
		return nil, &Error{
			Code: DiscoveryFailed, Op: "discovery", Retryable: h.Status >= 500 || h.Status == 429,
			Description: "the provider answered with status " + statusText(h.Status) + "; check issuer, or give metadata",
		}
	}
	v, what := jsonObject(h)
	if what != "" {
		return nil, Fail(DiscoveryFailed, "discovery", "the JSON text "+what+"; check that issuer is the provider's address")
	}
	m, err := MetadataFrom(v, issuer)
	if err == nil && m.JWKSURI == "" {
		return nil, Fail(DiscoveryFailed, "discovery", "jwks_uri is missing, without which no ID token can be verified")
	}
	return m, err
}

// MetadataFrom checks metadata that has been read, or that the application gave.
func MetadataFrom(v Value, issuer string) (*Metadata, error) {
	if iss := v.Get("issuer").Str(); iss != issuer {
		return nil, Fail(IssuerMismatch, "discovery",
			"the provider calls itself "+Inert(iss)+", not "+issuer+"; the two must be equal to the letter, the last slash included")
	}
	m := &Metadata{
		Issuer:                issuer,
		Published:             v,
		RequirePAR:            v.Get("require_pushed_authorization_requests").True(),
		IssParameterSupported: v.Get("authorization_response_iss_parameter_supported").True(),
	}
	for name, to := range m.endpoints() {
		value := v.Get(name)
		*to = value.Str()
		switch {
		case value.Kind() == Missing && to != &m.AuthorizationEndpoint && to != &m.TokenEndpoint:
		case value.Kind() != String:
			return nil, Fail(DiscoveryFailed, "discovery", name+" is missing")
		case !CheckURL(*to):
			return nil, Fail(InsecureURL, "discovery", name+" is no https address without user name and fragment")
		}
	}
	m.WebMessage = lists(v.Get("response_modes_supported"), "web_message")
	// A provider that lists no methods for PKCE may well have S256: Entra ID doesn't say.
	if methods := v.Get("code_challenge_methods_supported"); methods.Kind() != Missing && !lists(methods, "S256") {
		return nil, Fail(PKCEUnsupported, "discovery", "the provider doesn't support PKCE with S256 (RFC 7636), without which a browser can't sign in safely")
	}
	return m, nil
}

func lists(names Value, name string) bool {
	for w := names.Walk(); w.Next(); {
		if w.Value.Str() == name {
			return true
		}
	}
	return false
}
