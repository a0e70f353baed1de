package hostile

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// IDToken is one that is about to be signed, or a signed authorization response.
type IDToken struct {
	Header, Claims Object
	// Key signs it; nil leaves the signature empty.
	Key *Key
	// Sign makes the signature in the place of Key.
	Sign func(input []byte) []byte
	// Renewed says that it comes with a refresh.
	Renewed bool
	// Finish changes the signed text.
	Finish func(compact string) string
}

// day is the life of an ID token: no case takes as long, however slow the machine.
const day = 24 * time.Hour

func (p *Provider) idToken(l *login, accessToken string, renewed bool) string {
	fault := p.now()
	key := fault.keys()[0]
	now := time.Now()
	t := &IDToken{
		Header: Object{"typ": "JWT", "alg": key.Alg, "kid": key.ID},
		Claims: Object{
			"iss": p.Issuer(), "sub": Subject, "aud": l.clientID, "iat": now.Unix(), "exp": now.Add(day).Unix(), "auth_time": l.at.Unix(),
			"name": "Conny Formance",
		},
		Key: key, Renewed: renewed,
	}
	if l.nonce != "" && !renewed {
		t.Claims["nonce"] = l.nonce
	}
	switch { // as Auth0: an ID is answered with an ID, a name with a name
	case strings.HasPrefix(l.organization, "org_"):
		t.Claims["org_id"] = l.organization
	case l.organization != "":
		t.Claims["org_name"] = strings.ToLower(l.organization)
	}
	if l.acr != "" {
		t.Claims["acr"] = l.acr
	}
	if key.Alg != "EdDSA" { // for which no specification says which hash at_hash has
		t.Claims["at_hash"] = AtHash(accessToken)
	}
	if fault.IDToken != nil {
		fault.IDToken(p, t)
	}
	return t.compact()
}

// AtHash binds an access token to the ID token beside it (OpenID Connect Core section 3.1.3.6), for the algorithms with SHA-256.
func AtHash(accessToken string) string {
	sum := sha256.Sum256([]byte(accessToken))
	return b64(sum[:len(sum)/2])
}

func (t *IDToken) compact() string {
	input := t.Unsigned()
	var signature []byte
	switch {
	case t.Sign != nil:
		signature = t.Sign([]byte(input))
	case t.Key != nil:
		signature = t.Key.Sign([]byte(input))
	}
	whole := input + "." + b64(signature)
	if t.Finish != nil {
		whole = t.Finish(whole)
	}
	return whole
}

// Unsigned is what the signature is of.
func (t *IDToken) Unsigned() string { return segment(t.Header) + "." + segment(t.Claims) }

func segment(o Object) string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // the table of cases is wrong
	}
	return b64(text)
}

func b64(bytes []byte) string { return base64.RawURLEncoding.EncodeToString(bytes) }
