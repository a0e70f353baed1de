// Package nonce wants the server's own nonce in each DPoP proof (RFC 9449 sections 8 and 9), which go-oidc leaves out.
package nonce

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// Guard is one server's nonces. Only the newest is taken, and every answer to a request that had it brings another: a client that doesn't use what
// comes with a 200 is refused each time.
type Guard struct {
	mu     sync.Mutex
	newest string
}

// Wrap lets a request through whose proof, if it has one, holds the newest nonce. Others get the next one, and what refuse answers. Whether the proof
// is good is for next to say.
func (g *Guard) Wrap(next http.Handler, refuse http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proof := r.Header.Get("DPoP")
		if proof == "" || r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		fits, another := g.use(held(proof))
		w.Header().Set("DPoP-Nonce", another)
		if !fits {
			refuse(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *Guard) use(nonce string) (fits bool, another string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	fits = nonce != "" && nonce == g.newest
	g.newest = rand.Text()
	return fits, g.newest
}

// held is the nonce in a proof, and "" where there is none.
func held(proof string) string {
	parts := strings.Split(proof, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	var claims struct {
		Nonce string `json:"nonce"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	return claims.Nonce
}
