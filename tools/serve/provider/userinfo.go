package provider

import "net/http"

// challenged adds what RFC 6750 section 3 wants on a refusal, and go-oidc leaves out: the challenge from which a client learns that it
// is the token that is at fault.
func challenged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&challenger{ResponseWriter: w, anonymous: r.Header.Get("Authorization") == ""}, r)
	})
}

type challenger struct {
	http.ResponseWriter
	anonymous bool
}

func (c *challenger) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		challenge := `Bearer error="invalid_token", DPoP error="invalid_token", algs="ES256 RS256"`
		if c.anonymous { // no token, no error: section 3.1
			challenge = `Bearer, DPoP algs="ES256 RS256"`
		}
		c.Header().Set("WWW-Authenticate", challenge)
	}
	c.ResponseWriter.WriteHeader(status)
}
