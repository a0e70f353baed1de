package oauth

import "time"

// SealedMode reports whether a response_mode asks for the response as a signed JWT in the query (JARM sections 2.3.1 and 2.3.4).
func SealedMode(mode string) bool { return mode == "query.jwt" || mode == "jwt" }

// ParseSealed reads a response that is a JWT. Nothing of it is believed, but for the state, which says where to look: until Open has been called,
// the response holds no code.
func ParseSealed(jwt string) (*Response, error) {
	t, err := DecodeIDToken(NewSecret(jwt))
	if err != nil {
		return nil, JARMFailed(err)
	}
	r := &Response{State: t.Claims.Get("state").Str(), sealed: t}
	if r.State == "" {
		return nil, invalidJARM("it has no state, so it can't belong to a login that started here")
	}
	return r, nil
}

// Sealed is the JWT that the response is, and nil where it is a plain one.
func (r *Response) Sealed() *IDToken { return r.sealed }

// Open believes a response whose signature has been verified, once it is the issuer's, for this client and of now (JARM section 2.4). What it says then
// is judged as a plain response is, by Accept.
func (r *Response) Open(issuer, clientID string, now time.Duration) error {
	t := r.sealed
	if t.Claims.Get("iss").Str() != issuer {
		return claim("iss", "is not the issuer that was asked")
	}
	if err := t.checkAudience(clientID); err != nil {
		return err
	}
	if exp, ok := t.Claims.Get("exp").Whole(); !ok || exp+int64(ClockTolerance/time.Second) <= int64(now/time.Second) {
		return claim("exp", "is missing or past; if the response is new, this device's clock is ahead")
	}
	var said [3]string
	for i, name := range [...]string{"code", "error", "error_description"} {
		v := t.Claims.Get(name)
		said[i] = v.Str()
		if v.Kind() != Missing && (v.Kind() != String || !printable(said[i])) {
			return claim(name, "is no text, or has a control character")
		}
	}
	if (said[0] == "") == (said[1] == "") {
		return claim("code", "stands beside an error, or neither is there")
	}
	r.iss, r.code, r.errorCode, r.errorDescription = issuer, NewSecret(said[0]), said[1], said[2]
	return nil
}

func printable(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] == 0x7F {
			return false
		}
	}
	return true
}

// JARMFailed is the error for a signed response that isn't to be believed; err says why, in the words for an ID token. The response is used up: the
// login has to start again.
func JARMFailed(err error) *Error { return invalidJARM(AsError(err).Description) }

func invalidJARM(what string) *Error { return Fail(JARMInvalid, "signed response", what) }
