// Package provider is a real OpenID Provider for two invented users: github.com/luikyv/go-oidc, with the login pages, the rotation of
// refresh tokens and the single sign-on that it leaves to its host.
package provider

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/luikyv/go-oidc/pkg/goidc"
	oidc "github.com/luikyv/go-oidc/pkg/provider"

	"github.com/postern-auth/postern/tools/serve/cors"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/nonce"
	"github.com/postern-auth/postern/tools/serve/replay"
)

// Config is what the provider needs to know. Every field must be set, but for SessionLifetime, RotationOverlap, RequirePAR,
// RefreshAlways, WebMessage, CrossSite, DPoPNonces and COOP.
type Config struct {
	Issuer    string // an origin
	AppOrigin string
	// RedirectURIs are the client's, for the answer to a login as well as to a logout.
	RedirectURIs []string
	// Audiences are the resources an access token can be for.
	Audiences []string
	// Algorithm signs ID tokens and access tokens: RS256 or ES256.
	Algorithm string

	AccessTokenLifetime, RefreshTokenLifetime, IDTokenLifetime time.Duration
	// SessionLifetime is how long after its login a session may last, which ID tokens then say in session_expiry. 0 means for ever.
	SessionLifetime time.Duration
	// RotationOverlap is how long the immediate predecessor of a refresh token is still accepted. 0 means never.
	RotationOverlap time.Duration
	RequirePAR      bool
	// RefreshAlways gives a refresh token without the scope offline_access too, as Cognito and Keycloak do.
	RefreshAlways bool
	// WebMessage adds response mode web_message.
	WebMessage bool
	// CrossSite lets the sign-in's cookie go along in frames of another site, as far as the browser does.
	CrossSite bool
	// DPoPNonces wants a nonce in each DPoP proof.
	DPoPNonces bool
	// COOP is the Cross-Origin-Opener-Policy of the login pages, if any. Real providers differ, and it decides what a popup can do.
	COOP string

	Ledger *ledger.Ledger
	// Epoch is stamped into each access token; see package fault.
	Epoch func() int
	Now   func() time.Time
	Log   *slog.Logger
}

// ClaimEpoch is the access token claim that holds Config.Epoch.
const ClaimEpoch = "postern_epoch"

// Provider is the issuer's handler.
type Provider struct {
	config  Config
	keys    goidc.JSONWebKeySet
	grants  *grants
	signIns *signIns
	proofs  replay.Guard
	handler http.Handler

	// tokens serialises whatever reads a grant and writes it back: go-oidc loads, rotates and saves without a transaction, so two
	// requests at once could both rotate the same token.
	tokens sync.Mutex
}

// New returns a provider with its state in memory.
func New(c Config) (*Provider, error) {
	key, err := signingKey(c.Algorithm)
	if err != nil {
		return nil, err
	}
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("the issuer must be a URL: %w", err)
	}
	p := &Provider{
		config:  c,
		keys:    goidc.JSONWebKeySet{Keys: []goidc.JSONWebKey{key}},
		grants:  newGrants(c),
		signIns: newSignIns("idp_session_"+issuer.Port(), c.CrossSite, c.Now),
	}

	engine, err := oidc.New(oidc.Config{
		Issuer:      c.Issuer,
		Manager:     p.grants,
		JWKS:        func(context.Context) (goidc.JSONWebKeySet, error) { return p.keys, nil },
		IDTokenAlgs: []goidc.SignatureAlgorithm{goidc.SignatureAlgorithm(c.Algorithm)},
	}, p.options()...)
	if err != nil {
		return nil, fmt.Errorf("go-oidc refuses its configuration: %w", err)
	}

	mux := http.NewServeMux()
	mux.Handle("GET "+stylesheetPath, stylesheet())
	userInfo := challenged(engine.Handler())
	if c.DPoPNonces {
		// Two servers, though they have one address: neither takes the other's nonce.
		userInfo = (&nonce.Guard{}).Wrap(userInfo, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer, DPoP error="use_dpop_nonce", algs="ES256 RS256"`)
			w.WriteHeader(http.StatusUnauthorized)
		})
		mux.Handle("/token", (&nonce.Guard{}).Wrap(engine.Handler(), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"use_dpop_nonce","error_description":"This server wants its nonce in the proof."}`))
		}))
	}
	mux.Handle("/userinfo", userInfo)
	mux.Handle("/", engine.Handler())
	p.handler = translateAudience(p.serialised(mux))
	if c.WebMessage {
		p.handler = newMessenger(c.AppOrigin, p.handler)
	}
	p.handler = p.readable(p.handler)
	return p, nil
}

func (p *Provider) options() []oidc.Option {
	c := p.config
	alg := goidc.SignatureAlgorithm(c.Algorithm)
	pages := &pages{appOrigin: c.AppOrigin, coop: c.COOP, log: c.Log}
	login := &login{signIns: p.signIns, pages: pages, now: c.Now, sameOrigin: http.NewCrossOriginProtection()}
	logout := &logout{signIns: p.signIns, pages: pages, sameOrigin: http.NewCrossOriginProtection()}

	par := []oidc.PAROption{}
	if c.RequirePAR {
		par = append(par, oidc.WithPARRequired())
	}
	sessions := newSessions()
	return []oidc.Option{
		oidc.WithStaticClients(client(c.RedirectURIs)),
		oidc.WithNoneAuthn(),
		oidc.WithScopes(scopes...),
		oidc.WithClaims("name", "preferred_username", "picture", "email", "email_verified", "auth_time", "acr"),
		oidc.WithACRs(ACRPassword, ACRFresh),
		oidc.WithAuthCodeGrant(
			oidc.AuthCodeGrantConfig{
				Manager:       authManager{sessions, p.grants},
				ResponseTypes: []goidc.ResponseType{goidc.ResponseTypeCode},
			},
			oidc.WithPKCE([]goidc.CodeChallengeMethod{goidc.CodeChallengeMethodSHA256}, oidc.WithPKCERequired()),
			oidc.WithIssuerResponseParameter(),
			oidc.WithPAR(sessions, par...),
			oidc.WithJARM([]goidc.SignatureAlgorithm{alg}),
			oidc.WithAuthPolicies(login.policy()),
		),
		oidc.WithRefreshTokenGrant(p.grants,
			oidc.WithRefreshTokenRotation(),
			oidc.WithRefreshTokenLifetime(seconds(c.RefreshTokenLifetime)),
			oidc.WithRefreshTokenShouldIssue(func(_ context.Context, _ *goidc.Client, g *goidc.Grant) bool {
				return c.RefreshAlways || slices.Contains(strings.Fields(g.Scopes), goidc.ScopeOfflineAccess.ID)
			}),
		),
		oidc.WithTokenExchangeGrant(p.exchange),
		oidc.WithGrantHandler(narrowResources),
		oidc.WithResourceIndicators(c.Audiences),
		oidc.WithRAR([]goidc.AuthDetailType{DetailPayment}, oidc.WithRARDetailValidator(checkDetail), oidc.WithRARDetailsComparator(sameDetails)),
		oidc.WithTokenOptions(func(context.Context, *goidc.Grant, *goidc.Client) goidc.TokenOptions {
			return goidc.NewJWTTokenOptions(alg, seconds(c.AccessTokenLifetime))
		}),
		oidc.WithTokenClaims(p.accessTokenClaims),
		oidc.WithIDTokenClaims(p.idTokenClaims),
		oidc.WithUserInfoClaims(userInfoClaims),
		oidc.WithIDTokenLifetime(seconds(c.IDTokenLifetime)),
		oidc.WithDPoP([]goidc.SignatureAlgorithm{goidc.SigAlgES256, goidc.SigAlgRS256}),
		oidc.WithJTIConsumer(func(_ context.Context, jti string) error { return p.proofs.Use(jti) }),
		oidc.WithTokenRevocation(func(context.Context, *goidc.Client) bool { return true }),
		oidc.WithLogout(oidc.LogoutConfig{Manager: sessions, HandleFunc: logout.done}, oidc.WithLogoutPolicies(logout.policy())),
		oidc.WithErrorRenderer(pages.problem),
		oidc.WithErrorHandler(func(_ context.Context, err error) { c.Log.Info("provider", "refused", err) }),
	}
}

// ServeHTTP answers everything under the issuer.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// Key is the public half of the key that signs.
func (p *Provider) Key() jose.JSONWebKey { return p.keys.Public().Keys[0] }

// RevokeAll ends every grant.
func (p *Provider) RevokeAll() {
	p.tokens.Lock()
	defer p.tokens.Unlock()
	p.grants.revokeAll()
}

// ForgetSignIns ends every single sign-on session: the next prompt=none gets login_required.
func (p *Provider) ForgetSignIns() { p.signIns.forgetAll() }

func (p *Provider) serialised(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" || r.URL.Path == "/revoke" {
			p.tokens.Lock()
			defer p.tokens.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

// readable opens to the app what it fetches. The pages for people aren't among that: no script has business reading them.
func (p *Provider) readable(next http.Handler) http.Handler {
	policy := p.CORS()
	fetched := policy.Wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/.well-known/"),
			slices.Contains([]string{"/jwks", "/token", "/userinfo", "/revoke", "/par"}, r.URL.Path):
			fetched.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// CORS is the policy of the endpoints that the app fetches.
func (p *Provider) CORS() cors.Policy {
	return cors.Policy{
		Origin:  p.config.AppOrigin,
		Methods: "GET, POST",
		Headers: "Authorization, Content-Type, DPoP",
		Exposed: "DPoP-Nonce, Retry-After, WWW-Authenticate",
	}
}

func seconds(d time.Duration) int { return int(d / time.Second) }
