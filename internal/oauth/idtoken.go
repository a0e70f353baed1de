package oauth

import (
	"strings"
	"time"
)

// IDToken is a decoded ID token. Decoding believes nothing: Check judges the claims.
type IDToken struct {
	Header Value
	Claims Value
	Raw    Secret
	Alg    string // as the header says
	signed int    // length of header and payload, as they were signed
}

// Signed returns what the signature is over, and the signature in base64url.
func (t *IDToken) Signed() (text, signature string) {
	raw := t.Raw.Reveal()
	return raw[:t.signed], raw[t.signed+1:]
}

// String keeps the token out of logs: the parts of it that stand here would make it whole again.
func (t IDToken) String() string { return "[redacted]" }

// GoString is what %#v prints.
func (t IDToken) GoString() string { return "[redacted]" }

// DecodeIDToken reads a JWS in compact form (RFC 7515 section 7.1) whose header and payload are JSON objects.
func DecodeIDToken(raw Secret) (*IDToken, error) {
	t := &IDToken{Raw: raw}
	text := raw.Reveal()
	first := indexByte(text, '.')
	second := first + 1 + indexByte(text[min(first+1, len(text)):], '.')
	if second >= len(text) || strings.IndexByte(text[second+1:], '.') >= 0 {
		return nil, malformed("it doesn't have three parts")
	}
	header, ok1 := decodeSegment(text[:first])
	payload, ok2 := decodeSegment(text[first+1 : second])
	signature := text[second+1:]
	_, ok3 := decodeSegment(signature)
	if !ok1 || !ok2 || !ok3 && signature != "" {
		return nil, malformed("a part is empty or not base64url (RFC 7515 section 2)")
	}
	t.signed = second
	t.Header, _ = parse(header)
	t.Claims, _ = parse(payload)
	t.Alg = t.Header.Get("alg").Str()
	switch {
	case t.Header.Kind() != Object || t.Claims.Kind() != Object:
		return nil, malformed("header and payload must be JSON objects, with each name once")
	case t.Alg == "":
		return nil, malformed("the header names no algorithm")
	case signature == "" && t.Alg != "none": // which is refused for what it is
		return nil, malformed("it has no signature")
	case t.Header.Get("crit").Kind() != Missing || t.Header.Get("b64").Kind() != Missing:
		// An extension that must be understood (RFC 7515 section 4.1.11) and isn't.
		return nil, malformed("the header asks for an extension that Postern doesn't know")
	}
	return t, nil
}

func malformed(what string) *Error { return Fail(IDTokenMalformed, "ID token", what) }

const (
	// ClockTolerance is how far the provider's clock and ours may differ when claims are judged.
	ClockTolerance = time.Minute
	// mostBehind is how far a token's iat may lie ahead of this device's clock. The token is new: it holds a nonce that was made for this
	// login, minutes ago. So what is wrong is the clock, and a user whose clock is an hour behind is told so instead of being locked out.
	mostBehind = 24 * time.Hour
)

// IssuedAt is when the provider says it made the token, since the epoch.
func (t *IDToken) IssuedAt() time.Duration {
	iat, _ := t.Claims.Get("iat").Whole()
	return time.Duration(iat) * time.Second
}

// Expected is what an ID token must say (OpenID Connect Core sections 3.1.3.7 and 12.2).
type Expected struct {
	Issuer   string
	ClientID string
	// Nonce is the login's. A refreshed token may leave its nonce out.
	Nonce string
	// MaxAge is the max_age the login asked for, in seconds; negative when it asked for none. 0 counts.
	MaxAge int64
	// ACRValues are the authentication contexts that the login asked for, of which one must have been met; "" when it asked for none.
	ACRValues string
	// Organization is the one that the login asked for, by its ID (org_...) or its name, as Auth0 has them.
	Organization string
	// Subject is the user who is signed in already and asked for another token, if anybody is.
	Subject string
	// Previous is the session's ID token when this one came with a refresh, and nil at login.
	Previous *IDToken
	Now      time.Duration // since the epoch
}

// Check judges the claims; its errors name the claim.
func (t *IDToken) Check(want *Expected) error {
	iss, ok := t.Claims.Get("iss").Text()
	if !ok || iss != want.Issuer {
		return claim("iss", "is not the issuer that was asked")
	}
	if err := t.checkAudience(want.ClientID); err != nil {
		return err
	}
	sub := t.Claims.Get("sub").Str()
	if sub == "" || len(sub) > 255 {
		return claim("sub", "is missing, or no text of 1 to 255 characters")
	}
	if want.Subject != "" && sub != want.Subject {
		return claim("sub", "is another user than the one signed in here")
	}
	now, tolerance := int64(want.Now/time.Second), int64(ClockTolerance/time.Second)
	exp, ok := t.Claims.Get("exp").Whole()
	if want.Previous != nil {
		// The refreshed token came from the provider a moment ago. A clock that was set wrong since must not end the session.
		now = exp - 1
	}
	if !ok || exp+tolerance <= now {
		return claim("exp", "is missing or past; if the token is new, this device's clock is ahead")
	}
	iat, ok := t.Claims.Get("iat").Whole()
	if !ok || iat-int64(mostBehind/time.Second) > now || iat-tolerance >= exp {
		return claim("iat", "is missing, lies far in the future or behind exp; if the token is new, this device's clock is behind")
	}
	now = max(now, iat) // where our clock is behind, the provider's judges
	nonce := t.Claims.Get("nonce")
	if n, isText := nonce.Text(); (nonce.Kind() != Missing || want.Previous == nil) && (!isText || n != want.Nonce) {
		return claim("nonce", "is not the one this login sent")
	}
	authTime, ok := t.Claims.Get("auth_time").Whole()
	if t.Claims.Get("auth_time").Kind() != Missing && !ok {
		return claim("auth_time", "is no number")
	}
	if want.Previous != nil {
		return t.checkContinues(want.Previous)
	}
	if want.MaxAge >= 0 && (!ok || authTime+want.MaxAge+tolerance < now) {
		return claim("auth_time", "is missing or older than the max_age that was asked for")
	}
	if acr := t.Claims.Get("acr").Str(); want.ACRValues != "" && (acr == "" || !hasScope(want.ACRValues, acr)) {
		return claim("acr", "is none of the acr_values that were asked for")
	}
	return t.checkOrganization(want.Organization)
}

// checkOrganization keeps a user of one organization out of another's pages. An ID is compared exactly, a name without case.
func (t *IDToken) checkOrganization(want string) error {
	switch {
	case want == "":
	case strings.HasPrefix(want, "org_"):
		if t.Claims.Get("org_id").Str() != want {
			return claim("org_id", "is not the organization that was asked for")
		}
	case !sameFold(t.Claims.Get("org_name").Str(), want):
		return claim("org_name", "is not the organization that was asked for")
	}
	return nil
}

// HasAtHash reports whether the token speaks of the access token that came with it (Core section 3.1.3.6).
func (t *IDToken) HasAtHash() bool { return t.Claims.Get("at_hash").Kind() != Missing }

// CheckAtHash wants the left half of digest, the access token's: an access token that somebody else was given doesn't fit.
func (t *IDToken) CheckAtHash(digest []byte) error {
	half, ok := decodeSegment(t.Claims.Get("at_hash").Str())
	if !ok || half != string(digest[:len(digest)/2]) {
		return claim("at_hash", "is not that of the access token")
	}
	return nil
}

// checkAudience wants us in aud and nobody else beside us, unless azp says that the token was made for us: a token made for another
// application would otherwise sign its user in here.
func (t *IDToken) checkAudience(clientID string) error {
	aud := t.Claims.Get("aud")
	ours, others := false, false
	switch aud.Kind() {
	case String:
		ours = aud.Str() == clientID
	case Array:
		for w := aud.Walk(); w.Next(); {
			s, ok := w.Value.Text()
			if !ok {
				return claim("aud", "holds something that is no text")
			}
			if s == clientID {
				ours = true
			} else {
				others = true
			}
		}
	}
	if !ours {
		return claim("aud", "doesn't name this client")
	}
	azp := t.Claims.Get("azp")
	if (azp.Kind() != Missing || others) && azp.Str() != clientID {
		return claim("azp", "must name this client")
	}
	return nil
}

// checkContinues wants a refreshed token to speak of the same user and the same sign-in (Core section 12.2): nothing of two users is
// ever mixed.
func (t *IDToken) checkContinues(previous *IDToken) error {
	if t.Claims.Get("sub").Str() != previous.Claims.Get("sub").Str() {
		return claim("sub", "differs from the session's user")
	}
	was, ok := previous.Claims.Get("auth_time").Whole()
	if is, sent := t.Claims.Get("auth_time").Whole(); ok && sent && is != was {
		return claim("auth_time", "differs from the original sign-in")
	}
	if t.Claims.Get("azp").Str() != previous.Claims.Get("azp").Str() {
		return claim("azp", "differs from the original sign-in")
	}
	return nil
}

func claim(name, what string) *Error { return Fail(IDTokenClaim, "ID token", name+" "+what) }
