package oauth

import "time"

// Proof is what a DPoP proof says (RFC 9449 section 4.2): that whoever sends this one request has the key.
type Proof struct {
	Method, URL string
	ID          string // jti, used once
	Nonce       string // the server's, where it wants one
	TokenHash   string // SHA-256 of the access token in base64url; "" where none is sent
	At          time.Duration
}

// Header names the key by its public half, and no other way: a server must not have to fetch anything.
func (p *Proof) Header(jwk string) string {
	var w Writer
	return w.Str("typ", "dpop+jwt").Str("alg", "ES256").Raw("jwk", jwk).String()
}

// Payload is the claims. htu is without query and fragment, which may hold what a log of proofs shouldn't.
func (p *Proof) Payload() string {
	var w Writer
	return w.Str("jti", p.ID).Str("htm", p.Method).Str("htu", p.URL[:min(indexByte(p.URL, '?'), indexByte(p.URL, '#'))]).
		Num("iat", int64(p.At/time.Second)).Str("ath", p.TokenHash).Str("nonce", p.Nonce).String()
}

// CheckNonce refuses what is no nonce (RFC 9449 section 8.1), such as two that fetch has joined.
func CheckNonce(nonce string) bool {
	for i := 0; i < len(nonce); i++ {
		if c := nonce[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' || c == ',' {
			return false
		}
	}
	const most = 1024
	return nonce != "" && len(nonce) <= most
}

const useNonce = "use_dpop_nonce"

// WantsNonce reports whether a server has refused for want of a nonce alone, and has sent one: it did nothing else with the request.
func WantsNonce(err error) bool {
	e := AsError(err)
	return e.Code == DPoPFailed && e.ServerCode == useNonce && e.Retryable
}

// NonceError is the error of a server that wants a nonce.
func NonceError(op, nonce string) *Error {
	e := &Error{Code: DPoPFailed, Op: op, ServerCode: useNonce}
	switch {
	case nonce == "":
		e.Code = DPoPNonceUnreadable
		e.Description = "the server wants a nonce, which this page may not read: it must name DPoP-Nonce in Access-Control-Expose-Headers"
	case !CheckNonce(nonce):
		e.Description = "the server's DPoP-Nonce is no nonce"
	default:
		e.Description, e.Retryable = "the server wants another nonce than the one it sent", true
	}
	return e
}

// CheckBinding judges the token endpoint's answer, or the error that came of it: whoever asked for tokens that are bound to a key (asked)
// must get no others, which a thief could use.
func CheckBinding(asked bool, t *TokenResponse, h *HTTPResponse, err error) error {
	e := AsError(err)
	switch {
	case err == nil && asked && t.TokenType != "DPoP":
		return Fail(DPoPDowngrade, "token response", "the token isn't bound to the key; let the provider allow DPoP for this client, or leave useDpop out")
	case err == nil && !asked && t.TokenType == "DPoP":
		return invalidToken("the token is bound to a key, which nobody asked for; set useDpop")
	case asked && e.ServerCode == useNonce:
		return NonceError(e.Op, h.DPoPNonce)
	case asked && e.ServerCode == "invalid_dpop_proof":
		e.Code, e.Description = DPoPFailed, "the proof was refused; is this device's clock right?"
	}
	return err
}
