package provider

import (
	"strings"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

// ClientID is the one registered client: a single-page app, which can keep no secret.
const ClientID = "postern-demo"

const clientName = "Postern demo"

// What a user can consent to, in the words of the consent page.
var scopeMeanings = map[string]string{
	"openid":         "Know who you are",
	"profile":        "See your name and your picture",
	"email":          "See your email address",
	"offline_access": "Stay signed in while you are away",
	"read:messages":  "Read your messages",
	"write:messages": "Write messages for you",
}

var scopes = []goidc.Scope{
	goidc.ScopeOpenID, goidc.ScopeProfile, goidc.ScopeEmail, goidc.ScopeOfflineAccess,
	goidc.NewScope("read:messages"), goidc.NewScope("write:messages"),
}

func client(redirectURIs []string) *goidc.Client {
	ids := make([]string, len(scopes))
	for i, s := range scopes {
		ids[i] = s.ID
	}
	return &goidc.Client{
		ID: ClientID,
		ClientMeta: goidc.ClientMeta{
			Name:                   clientName,
			ApplicationType:        goidc.ApplicationTypeWeb,
			TokenAuthnMethod:       goidc.AuthnMethodNone,
			GrantTypes:             []goidc.GrantType{goidc.GrantAuthorizationCode, goidc.GrantRefreshToken, goidc.GrantTokenExchange},
			ResponseTypes:          []goidc.ResponseType{goidc.ResponseTypeCode},
			ScopeIDs:               strings.Join(ids, " "),
			RedirectURIs:           redirectURIs,
			PostLogoutRedirectURIs: redirectURIs,
		},
	}
}
