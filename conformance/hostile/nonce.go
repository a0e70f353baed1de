package hostile

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// Proof is what a DPoP proof says, unverified.
type Proof struct {
	Header struct {
		Typ, Alg string
		JWK      map[string]string
	}
	JTI, HTM, HTU, ATH, Nonce string
	IAT                       int64
}

// ReadProof returns nil for what is no proof.
func ReadProof(text string) *Proof {
	parts := strings.Split(text, ".")
	p := &Proof{}
	if len(parts) != 3 || !read(parts[0], &p.Header) || !read(parts[1], p) {
		return nil
	}
	return p
}

func read(part string, to any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, to) == nil
}

// WantNonce refuses requests to an endpoint until a proof holds the nonce.
func WantNonce(e Endpoint, nonce string, honest http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := ReadProof(r.Header.Get("DPoP"))
		if r.Method == http.MethodOptions || p != nil && p.Nonce == nonce {
			honest.ServeHTTP(w, r)
			return
		}
		w.Header().Set("DPoP-Nonce", nonce)
		RefuseNonce(e, w)
	})
}

// RefuseNonce is the answer of an endpoint that wants a nonce (RFC 9449 sections 8 and 9).
func RefuseNonce(e Endpoint, w http.ResponseWriter) {
	if e == Token {
		write(w, http.StatusBadRequest, Object{"error": "use_dpop_nonce"})
		return
	}
	w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce"`)
	w.WriteHeader(http.StatusUnauthorized)
}
