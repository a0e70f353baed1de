package provider

import (
	"context"
	"net/http"
	"net/url"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

// translateAudience turns `audience`, the parameter that Auth0's clients send, into the `resource` of RFC 8707, which is the one that
// go-oidc knows.
func translateAudience(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET /authorize":
			if query := r.URL.Query(); query.Has("audience") {
				translate(query)
				u := *r.URL
				u.RawQuery = query.Encode()
				r = r.Clone(r.Context())
				r.URL = &u
			}
		case "POST /authorize", "POST /par", "POST /token":
			if err := r.ParseForm(); err == nil && r.PostForm.Has("audience") {
				translate(r.PostForm)
			}
		}
		next.ServeHTTP(w, r)
	})
}

func translate(params url.Values) {
	if !params.Has("resource") {
		params["resource"] = params["audience"]
	}
}

// narrowResources undoes what GrantByRefreshToken has widened: a refresh that names no resource is for those of the login.
func narrowResources(_ context.Context, by goidc.GrantType, g *goidc.Grant) error {
	if by == goidc.GrantRefreshToken {
		g.Resources = g.AuthParams.Resources
	}
	return nil
}
