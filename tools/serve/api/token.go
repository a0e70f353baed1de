package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// token is a validated access token (RFC 9068).
type token struct {
	jwt.Claims
	ClientID     string `json:"client_id"`
	Scope        string `json:"scope"`
	ACR          string `json:"acr"`
	Confirmation struct {
		JKT string `json:"jkt"`
	} `json:"cnf"`

	scheme string // Bearer or DPoP
	epoch  float64
}

// refusal is why a request isn't let in. Without a code it says only that a token is needed (RFC 6750 section 3.1).
type refusal struct {
	scheme, code, description string
}

func (r *refusal) challenge() string {
	if r.code == "" {
		return `Bearer realm="postern-demo", DPoP algs="ES256 RS256"`
	}
	return fmt.Sprintf(`%s error="%s", error_description="%s"`, r.scheme, r.code, r.description)
}

func (a *resources) authenticate(r *http.Request) (token, *refusal) {
	scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		scheme = "Bearer"
	case strings.EqualFold(scheme, "DPoP"):
		scheme = "DPoP"
	default:
		return token{}, &refusal{}
	}
	invalid := func(why string) (token, *refusal) {
		return token{}, &refusal{scheme, "invalid_token", why}
	}

	t, why := a.validate(raw)
	if why != "" {
		return invalid(why)
	}
	t.scheme = scheme
	if int(t.epoch) != a.Epoch() {
		return invalid("The token has been made to expire.")
	}

	bound := t.Confirmation.JKT != ""
	if !bound {
		if scheme == "DPoP" {
			return invalid("The token is a Bearer token.")
		}
		return t, nil
	}
	if scheme != "DPoP" {
		return token{}, &refusal{"DPoP", "invalid_token", "The token is bound to a key: send a proof."}
	}
	if why := a.checkProof(r, raw, t.Confirmation.JKT); why != "" {
		return token{}, &refusal{"DPoP", "invalid_dpop_proof", why}
	}
	return t, nil
}

// validate checks the signature and the claims. It returns why not, in words fit for a header.
func (a *resources) validate(raw string) (token, string) {
	parsed, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(a.Key.Algorithm)})
	if err != nil {
		return token{}, "The token is no signed JWT."
	}
	if typ, _ := parsed.Headers[0].ExtraHeaders[jose.HeaderType].(string); typ != "at+jwt" {
		return token{}, "The token is no access token."
	}
	var t token
	var more map[string]any
	if err := parsed.Claims(a.Key.Key, &t, &more); err != nil {
		return token{}, "The signature is not the issuer's."
	}
	t.epoch, _ = more[a.EpochClaim].(float64)

	switch err := t.ValidateWithLeeway(jwt.Expected{Issuer: a.Issuer, AnyAudience: jwt.Audience{a.URL}, Time: a.Now()}, 0); {
	case err == nil && t.Expiry == nil:
		return token{}, "The token has no end."
	case err == nil:
		return t, ""
	case errors.Is(err, jwt.ErrExpired):
		return token{}, "The token has expired."
	case errors.Is(err, jwt.ErrInvalidAudience):
		return token{}, "The token is for another audience."
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return token{}, "The token is from another issuer."
	default:
		return token{}, "The token is not valid now."
	}
}
