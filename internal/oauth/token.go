package oauth

import "github.com/postern-auth/postern/pkce"

// MaxResponse is the most that is read of any answer, in bytes.
const MaxResponse = 512 << 10

// DefaultLifetime is how long, in seconds, an access token is used when its response doesn't say (expires_in is only RECOMMENDED in
// RFC 6749 section 5.1). Short enough to be right for any provider; too short costs one renewal.
const DefaultLifetime = 300

// CodeRequest returns the body that trades a code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5). The code stands for the audience
// already; of the resources it may stand for more than the token is to be for (RFC 8707 section 2.2).
func CodeRequest(clientID string, code AuthorizationCode, redirectURI string, verifier pkce.Verifier, target string) string {
	var f Form
	return f.Add("grant_type", "authorization_code").
		Add("client_id", clientID).
		Add("code", code.Reveal()).
		Add("redirect_uri", redirectURI).
		Add("code_verifier", verifier.Reveal()).
		addTarget(OwnTarget(target)).
		String()
}

// RefreshRequest returns the body that trades a refresh token for new tokens (RFC 6749 section 6). scope is empty, and target an OwnTarget,
// unless the caller wants less, or something else, than the login was granted.
func RefreshRequest(clientID string, refreshToken Secret, scope, target string) string {
	var f Form
	return f.Add("grant_type", "refresh_token").
		Add("client_id", clientID).
		Add("refresh_token", refreshToken.Reveal()).
		Add("scope", scope).
		addTarget(target).
		String()
}

// TradeRequest returns the body that trades a token that the application has from elsewhere for an access token (RFC 8693 section 2.1). params are
// the application's; CheckTrade has been asked about every name.
func TradeRequest(clientID string, params *Form) string {
	var f Form
	f.Add("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange").Add("client_id", clientID).Append(params)
	return f.String()
}

// CheckTrade reports whether an application may set a parameter of a token exchange by this name.
func CheckTrade(name string) bool { return CheckExtra(name) && name != "grant_type" }

// RevocationRequest returns the body that ends a refresh token and with it the grant (RFC 7009 section 2.1).
func RevocationRequest(clientID string, refreshToken Secret) string {
	var f Form
	return f.Add("client_id", clientID).
		Add("token", refreshToken.Reveal()).
		Add("token_type_hint", "refresh_token").
		String()
}

// HTTPResponse is an answer as it came.
type HTTPResponse struct {
	Status      int
	ContentType string
	RetryAfter  string
	DPoPNonce   string // what the next proof must hold (RFC 9449 section 8)
	Challenge   string // WWW-Authenticate
	Body        string
}

// TokenResponse is a token response that passed every check (RFC 6749 section 5.1).
type TokenResponse struct {
	AccessToken  Secret
	TokenType    string // "Bearer" or "DPoP"
	RefreshToken Secret // empty where the server sent none: the old one stays good
	IDToken      Secret
	ExpiresIn    int64  // seconds
	Scope        string // empty where the server granted what was asked
	Details      string // authorization_details as granted (RFC 9396 section 7), JSON; empty where there are none
}

// ParseTokenResponse reads the token endpoint's answer. An OAuth error, a refusal to answer and nonsense come back as an *Error; the
// caller must keep what it has on all of them but invalid_grant.
//
// The refresh token comes back beside an error too, where it could be read: with rotation the old one is spent, and to drop the new one for a
// mistake elsewhere in the response would end the session.
func ParseTokenResponse(h *HTTPResponse) (*TokenResponse, error) {
	t := &TokenResponse{}
	v, what := jsonObject(h)
	if h.Status != 200 {
		return nil, tokenError(h, v)
	}
	if len(h.Body) > MaxResponse {
		return nil, Fail(ResponseTooLarge, "token response", "it is longer than 512 KB")
	}
	if what != "" {
		return nil, invalidToken("the JSON text " + what)
	}
	if v.Get("error").Kind() != Missing {
		return nil, tokenError(h, v)
	}
	refresh, ok := tokenText(v.Get("refresh_token"))
	if !ok || refresh == "" && v.Get("refresh_token").Kind() != Missing {
		return nil, invalidToken("refresh_token is no token")
	}
	t.RefreshToken = NewSecret(refresh)
	access, ok := tokenText(v.Get("access_token"))
	if !ok || access == "" {
		return t, invalidToken("access_token is missing or no token")
	}
	id, ok := tokenText(v.Get("id_token"))
	if !ok {
		return t, invalidToken("id_token is no token")
	}
	t.AccessToken, t.IDToken = NewSecret(access), NewSecret(id)
	switch kind := v.Get("token_type").Str(); {
	case sameFold(kind, "bearer"):
		t.TokenType = "Bearer"
	case sameFold(kind, "dpop"):
		t.TokenType = "DPoP"
	default:
		return t, invalidToken("token_type is missing or of a kind that Postern doesn't know (RFC 6749 section 7.1)")
	}
	if t.ExpiresIn, ok = lifetime(v.Get("expires_in")); !ok {
		return t, invalidToken("expires_in is no number of seconds")
	}
	scope := v.Get("scope")
	if t.Scope, ok = scope.Text(); scope.Kind() != Missing && scope.Kind() != Null && (!ok || !CheckScope(t.Scope)) {
		return t, invalidToken("scope is no list of scopes")
	}
	if details := v.Get("authorization_details"); details.Kind() != Missing && details.Kind() != Null {
		if !CheckDetails(details) {
			return t, invalidToken("authorization_details is no list of objects with a type")
		}
		t.Details = details.Raw()
	}
	return t, nil
}

func invalidToken(what string) *Error { return Fail(TokenResponseInvalid, "token response", what) }

// jsonObject reads a body that must be a JSON object and says so in its header, or says what is wrong with it. Keys have a type of their own
// (RFC 7517 section 8.5.2), which some providers use.
func jsonObject(h *HTTPResponse) (v Value, what string) {
	mime := h.ContentType[:indexByte(h.ContentType, ';')]
	for mime != "" && mime[len(mime)-1] == ' ' {
		mime = mime[:len(mime)-1]
	}
	if !sameFold(mime, "application/json") && !sameFold(mime, "application/jwk-set+json") {
		return v, "isn't marked as application/json"
	}
	if len(h.Body) > MaxResponse {
		return v, "is longer than 512 KB"
	}
	if v, what = parse(h.Body); what == "" && v.Kind() != Object {
		what = "isn't an object"
	}
	return v, what
}

// tokenError turns a refusal into an Error. Only 4xx with a known OAuth error is final; the rest is the server's passing trouble.
func tokenError(h *HTTPResponse, v Value) *Error {
	e := &Error{
		Code: TokenEndpointError, Op: "token response",
		ServerCode:  Inert(v.Get("error").Str()),
		Description: Inert(v.Get("error_description").Str()),
	}
	switch {
	case h.Status == 429:
		e.Code, e.Retryable = RateLimited, true
	case h.Status >= 500 || e.ServerCode == "temporarily_unavailable" || e.ServerCode == "server_error":
		e.Retryable = true
	case Code(e.ServerCode).NeedsUser():
		// Entra ID asks for the user here too, when a policy has changed or consent is missing.
		e.Code = Code(e.ServerCode)
	}
	if e.Description == "" {
		e.Description = "the token endpoint refused with status " + statusText(h.Status)
	}
	if e.Code.NeedsUser() {
		e.Description = "only a login can go on; " + e.Description
	}
	return e
}

func statusText(status int) string {
	return string([]byte{'0' + byte(status/100%10), '0' + byte(status/10%10), '0' + byte(status%10)})
}

// tokenText returns a token's text: visible ASCII only (RFC 6749 appendix A.12), so that a line break in a token can't become a header.
func tokenText(v Value) (string, bool) {
	if v.Kind() == Missing {
		return "", true
	}
	s, ok := v.Text()
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] > '~' {
			return "", false
		}
	}
	return s, ok
}

// lifetime reads expires_in. Some servers write the number as a string; more than ten years is no lifetime but a mistake.
func lifetime(v Value) (int64, bool) {
	const most = 10 * 365 * 24 * 3600
	switch v.Kind() {
	case Missing, Null:
		return DefaultLifetime, true
	case String:
		v, _ = ParseJSON(v.Str())
	}
	n, ok := v.Whole()
	return n, ok && n >= 0 && n <= most
}

// sameFold compares ASCII text without case. strings.EqualFold would link the tables of Unicode.
func sameFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
