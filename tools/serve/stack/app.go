package stack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/postern-auth/postern/tools/serve/static"
)

// contentSecurityPolicy is as strict as a page that runs WebAssembly and signs its users in can have it. %[1]s is the issuer, %[2]s
// the API. A silent sign-in needs both origins as frame-src: its frame starts at the issuer and is redirected back to the app.
const contentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self' %[1]s %[2]s; frame-src 'self' %[1]s; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types postern"

// AppConfig is what /config.json tells the demo page.
type AppConfig struct {
	Issuer   string `json:"issuer"`
	ClientID string `json:"clientId"`
	// Audience is the URL of the API.
	Audience                   string `json:"audience"`
	AccessTokenLifetimeSeconds int    `json:"accessTokenLifetimeSeconds"`
	// Faults is the URL of the fault switches, "" where they are off.
	Faults string       `json:"faults"`
	Users  []Credential `json:"users"`
}

// Credential is how to sign in.
type Credential struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

func newApp(c Config, s *Stack) (http.Handler, error) {
	site, err := static.New(c.mounts())
	if err != nil {
		return nil, err
	}
	settings := AppConfig{
		Issuer:                     s.issuer.url,
		ClientID:                   ClientID,
		Audience:                   s.api.url,
		AccessTokenLifetimeSeconds: int(c.AccessTokenLifetime.Seconds()),
	}
	if c.Faults {
		settings.Faults = s.issuer.url + "/faults"
	}
	for _, u := range Users() {
		settings.Users = append(settings.Users, Credential{u.Username, u.Password})
	}
	body, err := json.Marshal(settings)
	if err != nil {
		return nil, fmt.Errorf("write config.json: %w", err)
	}

	mux := http.NewServeMux()
	mux.Handle("/", site)
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(body)
	})
	return secured(mux, cmp.Or(c.CSP, fmt.Sprintf(contentSecurityPolicy, s.issuer.url, s.api.url)), c.COOP), nil
}

// secured sets the headers that every answer of the app has, errors included. Scripts carry the policy too: a worker takes its own from
// there.
func secured(next http.Handler, csp, coop string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		if coop != "" {
			h.Set("Cross-Origin-Opener-Policy", coop)
		}
		next.ServeHTTP(w, r)
	})
}
