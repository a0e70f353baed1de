// Package api is a resource server: it answers whoever brings an access token that the provider has issued for it.
package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/postern-auth/postern/tools/serve/cors"
	"github.com/postern-auth/postern/tools/serve/nonce"
	"github.com/postern-auth/postern/tools/serve/replay"
)

// Config is what the API needs to know of the world. Every field but DPoPNonces must be set.
type Config struct {
	URL       string // its own origin, and the audience it insists on
	Issuer    string
	AppOrigin string
	Key       jose.JSONWebKey // the issuer's, public
	// Epoch is the value that a token must carry in EpochClaim; see package fault.
	Epoch      func() int
	EpochClaim string
	// FreshACR is what /step-up demands.
	FreshACR string
	// DPoPNonces wants a nonce in each DPoP proof.
	DPoPNonces bool
	Now        func() time.Time
}

type resources struct {
	Config
	proofs replay.Guard
}

// New returns the API's handler: GET /me for any valid token, and POST /me, which says what it was sent; GET /step-up for one from a login of the
// level FreshACR; GET /refuse, which answers 401 with the challenge that it is asked for.
func New(c Config) http.Handler {
	a := &resources{Config: c}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /me", a.me)
	mux.HandleFunc("POST /me", a.me)
	mux.HandleFunc("GET /step-up", a.stepUp)
	mux.HandleFunc("GET /refuse", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusUnauthorized, r.URL.Query().Get("challenge"))
	})
	var handler http.Handler = mux
	if c.DPoPNonces {
		handler = (&nonce.Guard{}).Wrap(mux, func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusUnauthorized, `DPoP error="use_dpop_nonce", error_description="This server wants its nonce in the proof."`)
		})
	}
	return cors.Policy{
		Origin:  c.AppOrigin,
		Methods: "GET, POST",
		Headers: "Authorization, Content-Type, DPoP",
		Exposed: "DPoP-Nonce, Retry-After, WWW-Authenticate",
	}.Wrap(handler)
}

func (a *resources) me(w http.ResponseWriter, r *http.Request) {
	if t, ok := a.admit(w, r); ok {
		a.tell(w, r, t)
	}
}

// stepUp wants more than a token: a recent login (RFC 9470).
func (a *resources) stepUp(w http.ResponseWriter, r *http.Request) {
	t, ok := a.admit(w, r)
	if !ok {
		return
	}
	if t.ACR != a.FreshACR {
		refuse(w, http.StatusUnauthorized, fmt.Sprintf(`%s error="insufficient_user_authentication", `+
			`error_description="This needs a login of another level.", acr_values="%s"`, t.scheme, a.FreshACR))
		return
	}
	a.tell(w, r, t)
}

// admit validates the request's token, or answers with a challenge.
func (a *resources) admit(w http.ResponseWriter, r *http.Request) (token, bool) {
	t, no := a.authenticate(r)
	if no != nil {
		refuse(w, http.StatusUnauthorized, no.challenge())
		return token{}, false
	}
	return t, true
}

// Answer is what the API says to a welcome caller.
type Answer struct {
	Subject   string   `json:"sub"`
	Client    string   `json:"clientId"`
	Scope     string   `json:"scope"`
	Audience  []string `json:"aud"`
	ACR       string   `json:"acr"`
	TokenType string   `json:"tokenType"`
	Method    string   `json:"method"`
	Path      string   `json:"path"`
	At        string   `json:"at"`
	// Body is what was sent, as far as 64 KB.
	Body string `json:"body,omitempty"`
	// ExpiresIn is what is left of the token, in seconds.
	ExpiresIn int `json:"expiresIn"`
}

func (a *resources) tell(w http.ResponseWriter, r *http.Request, t token) {
	now := a.Now()
	body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	write(w, http.StatusOK, Answer{
		Subject: t.Subject, Client: t.ClientID, Scope: t.Scope, Audience: t.Audience, ACR: t.ACR, TokenType: t.scheme,
		Method: r.Method, Path: r.URL.Path, At: now.UTC().Format(time.RFC3339Nano), Body: string(body), ExpiresIn: int(t.Expiry.Time().Sub(now).Seconds()),
	})
}

func refuse(w http.ResponseWriter, status int, challenge string) {
	w.Header().Set("WWW-Authenticate", challenge)
	write(w, status, map[string]string{"error": "see WWW-Authenticate"})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
