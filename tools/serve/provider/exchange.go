package provider

import (
	"context"
	"fmt"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/luikyv/go-oidc/pkg/goidc"
)

// exchange implements goidc.TokenExchangeHandleFunc: whoever brings an ID token of this provider gets an access token for its user. An error of it
// repeats the token, as careless providers do.
func (p *Provider) exchange(_ context.Context, r goidc.TokenExchangeRequest) (goidc.TokenExchangeResult, error) {
	refuse := func(why string) (goidc.TokenExchangeResult, error) {
		return goidc.TokenExchangeResult{}, goidc.NewError(goidc.ErrorCodeInvalidGrant, fmt.Sprintf("%s: %s", why, r.SubjectToken))
	}
	if r.SubjectTokenType != goidc.TokenTypeIdentifierIDToken {
		return refuse("only ID tokens are exchanged")
	}
	parsed, err := jwt.ParseSigned(r.SubjectToken, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(p.config.Algorithm)})
	if err != nil {
		return refuse("this is no signed JWT")
	}
	var claims jwt.Claims
	if err := parsed.Claims(p.Key().Key, &claims); err != nil {
		return refuse("the signature is not ours")
	}
	if err := claims.Validate(jwt.Expected{Issuer: p.config.Issuer, AnyAudience: jwt.Audience{ClientID}, Time: p.config.Now()}); err != nil {
		return refuse("the token is not good")
	}
	return goidc.TokenExchangeResult{Subject: claims.Subject}, nil
}
