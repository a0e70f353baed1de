package provider

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

// What a finished login leaves in a grant, beside what go-oidc keeps there.
const (
	keyAuthTime = "auth_time"
	keyACR      = "acr"
	keySID      = "sid"
)

// idTokenClaims puts the profile in the ID token too, as most hosted providers do: a page then knows its user without another request.
// auth_time is that of the login, also after a refresh, and so is the end of the session.
func (p *Provider) idTokenClaims(ctx context.Context, g *goidc.Grant) map[string]any {
	claims := userInfoClaims(ctx, g)
	maps.Copy(claims, authentication(g))
	claims["sid"] = g.Store[keySID] // OpenID Connect Front-Channel Logout 1.0 section 3
	if at, known := g.Store[keyAuthTime].(int); known && p.config.SessionLifetime > 0 {
		claims["session_expiry"] = at + seconds(p.config.SessionLifetime)
	}
	return claims
}

func userInfoClaims(_ context.Context, g *goidc.Grant) map[string]any {
	claims := map[string]any{}
	user, known := userBySubject(g.Subject)
	if !known {
		return claims
	}
	granted := strings.Fields(g.Scopes)
	if slices.Contains(granted, goidc.ScopeProfile.ID) {
		claims["name"] = user.Name
		claims["preferred_username"] = user.Username
		claims["picture"] = user.Picture
	}
	if slices.Contains(granted, goidc.ScopeEmail.ID) {
		claims["email"] = user.Email
		claims["email_verified"] = true
	}
	return claims
}

// accessTokenClaims adds how the user signed in, which an API needs to ask for more (RFC 9470 section 6), and the epoch. A token that
// was asked for without a resource is for the issuer's own UserInfo: RFC 9068 wants an audience, and go-oidc writes none.
func (p *Provider) accessTokenClaims(_ context.Context, t *goidc.Token, g *goidc.Grant) map[string]any {
	claims := authentication(g)
	claims[ClaimEpoch] = p.config.Epoch()
	if len(t.Resources) == 0 {
		claims[goidc.ClaimAudience] = p.config.Issuer
	}
	return claims
}

func authentication(g *goidc.Grant) map[string]any {
	return map[string]any{goidc.ClaimAuthTime: g.Store[keyAuthTime], goidc.ClaimACR: g.Store[keyACR]}
}
