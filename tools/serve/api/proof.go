package api

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// proofLife is how old a proof may be, and how far in the future: the client's clock isn't ours.
const proofLife = 5 * time.Minute

// checkProof validates a DPoP proof (RFC 9449 section 4.3) for a token that is bound to the key jkt. It returns why not, in words fit
// for a header.
func (a *resources) checkProof(r *http.Request, accessToken, jkt string) string {
	headers := r.Header.Values("DPoP")
	if len(headers) != 1 {
		return "Send exactly one DPoP header."
	}
	parsed, err := jwt.ParseSigned(headers[0], []jose.SignatureAlgorithm{jose.ES256, jose.RS256})
	if err != nil {
		return "The proof is no signed JWT."
	}
	header := parsed.Headers[0]
	key := header.JSONWebKey
	if header.ExtraHeaders[jose.HeaderType] != "dpop+jwt" || key == nil || !key.Valid() || !key.IsPublic() {
		return "The proof needs typ dpop+jwt and a public jwk."
	}

	var claims struct {
		jwt.Claims
		Method string `json:"htm"`
		URI    string `json:"htu"`
		Hash   string `json:"ath"`
	}
	if err := parsed.Claims(key.Key, &claims); err != nil {
		return "The proof is not signed by its own key."
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil || base64.RawURLEncoding.EncodeToString(thumbprint) != jkt {
		return "The proof is of another key than the token."
	}
	hash := sha256.Sum256([]byte(accessToken))
	switch {
	case claims.Method != r.Method || claims.URI != a.URL+r.URL.Path:
		return "The proof is for another request."
	case claims.Hash != base64.RawURLEncoding.EncodeToString(hash[:]):
		return "The proof is for another token."
	case claims.IssuedAt == nil || a.Now().Sub(claims.IssuedAt.Time()).Abs() > proofLife:
		return "The proof is from another time."
	case claims.ID == "" || a.proofs.Use(claims.ID) != nil:
		return "The proof has been used."
	}
	return ""
}
