package cases

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/postern-auth/postern/conformance/hostile"
)

// An attacker who can have one provider's metadata read as another's owns every login of that other.
var discovery = []Case{
	{
		Name: oidcc + "-discovery-issuer-mismatch", Number: "H1", What: "the metadata are another issuer's",
		Fault: issuer(func(string) string { return "https://evil.example" }), Want: Want{Code: "issuer_mismatch", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-issuer-slash", Number: "H1", What: "the issuer in the metadata has one slash more",
		Fault: issuer(func(iss string) string { return iss + "/" }), Want: Want{Code: "issuer_mismatch", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-issuer-case", Number: "H1", What: "the issuer in the metadata is written in capitals",
		Fault: issuer(strings.ToUpper), Want: Want{Code: "issuer_mismatch", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-issuer-twice", Number: "H1", What: "the metadata name two issuers, the right one last",
		Lenient: "RFC 8259 section 4 leaves open what a name that comes twice means",
		Fault: instead(hostile.Discovery, func(p *hostile.Provider, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			iss := p.Issuer()
			_, _ = fmt.Fprintf(w, `{"issuer":"https://evil.example","issuer":%q,"authorization_endpoint":%q,"token_endpoint":%q,"jwks_uri":%q}`,
				iss, iss+"/authorize", iss+"/token", iss+"/jwks")
		}),
		Want: Want{Code: "discovery_failed", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-rfc8414-alone", Number: "H2", What: "the metadata stand where RFC 8414 has them, and not where OpenID has them",
		Lenient: "OpenID Connect Discovery knows one address alone",
		Fault: around(hostile.Discovery, func(_ *hostile.Provider, honest http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "openid-configuration") {
					http.NotFound(w, r)
					return
				}
				honest.ServeHTTP(w, r)
			})
		}),
	},
	{
		Name: "discovery-html", Number: "H2", What: "the metadata are a page of HTML",
		Fault: answer(hostile.Discovery, http.StatusOK, "text/html", "<!doctype html><title>Welcome</title>"),
		Want:  Want{Code: "discovery_failed", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-10-megabytes", Number: "H2", What: "the metadata are 10 MB long",
		Fault: metadata("service_documentation", strings.Repeat("x", 10<<20)), Want: Want{Code: "discovery_failed", Stop: hostile.Discovery},
		Lenient: unbounded,
	},
	{
		Name: "discovery-drip-fed", Number: "H2", What: "the metadata come a byte at a time, and never end",
		Fault: instead(hostile.Discovery, drip), Client: Client{Timeout: 2},
		Want: Want{Code: "discovery_failed", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-http-endpoint", Number: "H3", What: "the token endpoint is an http address on the network",
		Fault: metadata("token_endpoint", "http://as.example/token"), Want: Want{Code: "insecure_url", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-odd-scheme", Number: "H3", What: "the authorization endpoint is a javascript: address",
		Fault: metadata("authorization_endpoint", "javascript:alert(1)//"), Want: Want{Code: "insecure_url", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-redirect", Number: "H4", What: "discovery redirects to another origin",
		Fault: redirected(hostile.Discovery, http.StatusFound), Lenient: followed,
		Want: Want{Code: "discovery_failed", Stop: hostile.Discovery},
	},
	{
		Name: "discovery-without-s256", Number: "H5", What: "the listed PKCE methods lack S256",
		Fault: metadata("code_challenge_methods_supported", []string{"plain"}), Want: Want{Code: "pkce_unsupported", Stop: hostile.Discovery},
		Lenient: "RFC 8414 leaves it to the client what it makes of the list",
	},
	{
		Name: "discovery-without-methods", Number: "H5", What: "no PKCE methods are listed, as Entra ID lists none",
		Fault: metadata("code_challenge_methods_supported", nil),
	},
	{
		Name: "discovery-without-jwks-uri", Number: "H23", What: "the metadata name no keys",
		Fault: metadata("jwks_uri", nil), Want: Want{Code: "discovery_failed", Stop: hostile.Discovery},
		Lenient: tls,
	},
}

const (
	unbounded = "no specification bounds the length of an answer"
	followed  = "no specification forbids a client to follow a redirect"
)

func issuer(change func(string) string) hostile.Fault {
	return hostile.Fault{Metadata: func(p *hostile.Provider, m hostile.Object) { m["issuer"] = change(p.Issuer()) }}
}

// metadata publishes one member otherwise, and leaves it out for nil.
func metadata(name string, value any) hostile.Fault {
	return hostile.Fault{Metadata: func(_ *hostile.Provider, m hostile.Object) { set(m, name, value) }}
}

func set(o hostile.Object, name string, value any) {
	if value == nil {
		delete(o, name)
		return
	}
	o[name] = value
}

// instead stands in the place of an endpoint.
func instead(e hostile.Endpoint, handler func(p *hostile.Provider, w http.ResponseWriter, r *http.Request)) hostile.Fault {
	return around(e, func(p *hostile.Provider, _ http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(p, w, r) })
	})
}

func around(e hostile.Endpoint, wrap func(p *hostile.Provider, honest http.Handler) http.Handler) hostile.Fault {
	return hostile.Fault{Answers: map[hostile.Endpoint]func(*hostile.Provider, http.Handler) http.Handler{e: wrap}}
}

// redirected sends whoever asks to another origin, where the same is to be had.
func redirected(e hostile.Endpoint, status int) hostile.Fault {
	return instead(e, func(p *hostile.Provider, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, p.Trap(r.URL.Path), status)
	})
}

func answer(e hostile.Endpoint, status int, contentType, body string) hostile.Fault {
	return instead(e, func(_ *hostile.Provider, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}

// drip sends as little as keeps a connection alive.
func drip(_ *hostile.Provider, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := w.Write([]byte(" ")); err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
	}
}
