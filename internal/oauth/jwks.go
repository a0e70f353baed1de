package oauth

// Algorithm says what kind of key a signature algorithm takes (RFC 7518 sections 3.1 and 6, RFC 8037), and "" for one that Postern doesn't
// verify: none, and the HS family, whose key would be a secret that no browser can keep.
func Algorithm(alg string) (kty, crv string) {
	switch alg {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512":
		return "RSA", ""
	case "ES256":
		return "EC", "P-256"
	case "ES384":
		return "EC", "P-384"
	case "ES512":
		return "EC", "P-521"
	case "EdDSA":
		return "OKP", "Ed25519"
	}
	return "", ""
}

// Digest is the hash that belongs to the token's algorithm, as WebCrypto calls it: at_hash is made with it (Core section 3.1.3.6).
func (t *IDToken) Digest() string {
	if t.Alg == "EdDSA" {
		return "SHA-512"
	}
	return "SHA-" + t.Alg[2:]
}

// CheckAlg refuses a token that isn't signed as the application's configuration says. The token itself is never asked: one that could choose
// would choose none, or HS256 with the public key for a secret (RFC 8725 section 3.1).
func (t *IDToken) CheckAlg(allowed string) error {
	if kty, _ := Algorithm(t.Alg); kty == "" || !HasScopes(allowed, t.Alg) {
		return unsigned("it is signed with " + Inert(t.Alg) + "; allowed by idTokenSigningAlgs is " + allowed)
	}
	return nil
}

// Unverified is the error for a token whose signature isn't its key's.
func (t *IDToken) Unverified() error { return unsigned("the signature isn't the provider's") }

func unsigned(what string) *Error { return Fail(IDTokenSignature, "ID token", what) }

// KeysFailed is the error for keys that couldn't be had or used. Another call may find others.
func KeysFailed(what string) *Error {
	return &Error{Code: JWKSFailed, Op: "JWKS", Description: what, Retryable: true}
}

// ParseJWKS reads the keys that a provider publishes (RFC 7517 section 5). What a key is worth is judged when one is wanted: a set may hold
// keys for other purposes and of kinds that we don't know.
func ParseJWKS(h *HTTPResponse) (keys Value, err error) {
	if h.Status != 200 {
		return keys, KeysFailed("the provider answered with status " + statusText(h.Status))
	}
	v, what := jsonObject(h)
	if what != "" {
		return keys, KeysFailed("the JSON text " + what)
	}
	keys = v.Get("keys")
	n := 0
	for w := keys.Walk(); w.Next(); {
		n++
	}
	if keys.Kind() != Array || n > maxKeys {
		return Value{}, KeysFailed("keys is no list of up to 100 keys")
	}
	return keys, nil
}

// maxKeys bounds the work that a provider can make for us.
const maxKeys = 100

// Key returns the public key that the token says it is signed with, as a JWK that holds nothing else. Its error is retryable where other keys
// than these may do: the provider may have made new ones since they were fetched.
//
// What the header says of keys beyond a name (jku, x5u, jwk, x5c) is for tokens from strangers, and never looked at.
func (t *IDToken) Key(keys Value) (jwk string, err error) {
	kid := t.Header.Get("kid")
	fit, named := 0, 0
	for w := keys.Walk(); w.Next(); {
		key := publicKey(w.Value, t.Alg)
		if key == "" {
			continue
		}
		fit++
		// A name is compared as it is written: no kid needs an escape, and a value of another type is no name.
		if kid.Kind() == Missing || kid.Kind() == String && kid.Raw() == w.Value.Get("kid").Raw() {
			named++
			jwk = key
		}
	}
	switch {
	case fit == 0:
		return "", KeysFailed("the provider publishes no usable key for " + t.Alg)
	case named == 0:
		e := unsigned("it names a key that the provider doesn't publish")
		e.Retryable = true
		return "", e
	case named > 1 && kid.Kind() == Missing:
		return "", unsigned("it names no key, and the provider has several")
	case named > 1:
		return "", KeysFailed("two keys have the same kid")
	}
	return jwk, nil
}

// publicKey returns what of a key is needed to verify with it, and "" where it is of no use for alg: of another kind, for another purpose,
// or so weak that anybody can sign with it. Whether a point lies on its curve is for WebCrypto to say.
func publicKey(k Value, alg string) string {
	kty, crv := Algorithm(alg)
	if kty == "" || k.Get("kty").Str() != kty || k.Get("crv").Str() != crv || !says(k, "use", "sig") || !says(k, "alg", alg) || !canVerify(k.Get("key_ops")) {
		return ""
	}
	n, e := k.Get("n").Str(), k.Get("e").Str()
	if kty == "RSA" && !strong(n, e) {
		return ""
	}
	var w Writer
	return w.Str("kty", kty).Str("n", n).Str("e", e).Str("crv", crv).Str("x", k.Get("x").Str()).Str("y", k.Get("y").Str()).String()
}

// says reports whether a member is absent or this text.
func says(k Value, name, text string) bool {
	v := k.Get(name)
	return v.Kind() == Missing || v.Str() == text
}

func canVerify(ops Value) bool {
	for w := ops.Walk(); w.Next(); {
		if w.Value.Str() == "verify" {
			return true
		}
	}
	return ops.Kind() == Missing
}

// strong wants 2048 bits (RFC 7518 section 3.3) and an exponent that does something: with 1 every text is its own signature.
func strong(modulus, exponent string) bool {
	n, _ := decodeSegment(modulus) // WebCrypto reads it again
	e, ok := decodeSegment(exponent)
	return ok && (len(n) > 256 || len(n) == 256 && n[0] >= 0x80) && n[0] != 0 &&
		e[len(e)-1]&1 == 1 && (len(e) > 1 || e[0] > 1) && e[0] != 0
}
