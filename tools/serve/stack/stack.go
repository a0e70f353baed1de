// Package stack runs an app, its issuer and its API as three origins in this process: the demo server, and the ground that browser
// tests stand on.
package stack

import (
	"context"
	"errors"
	"net/http"

	"github.com/postern-auth/postern/tools/serve/api"
	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/provider"
)

// Stack is three servers at work.
type Stack struct {
	app, issuer, api *origin

	provider *provider.Provider
	faults   *fault.Control
	ledger   *ledger.Ledger
}

// Start returns when all three are listening. They stop with Close, or when ctx ends.
func Start(ctx context.Context, c Config) (*Stack, error) {
	c = c.withDefaults()
	s := &Stack{
		app:    &origin{flag: "app", addr: c.AppAddr},
		issuer: &origin{flag: "issuer", addr: c.IssuerAddr},
		api:    &origin{flag: "api", addr: c.APIAddr},
		ledger: &ledger.Ledger{},
	}
	if err := s.start(c); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

// elsewhere is another site than localhost to a browser, on the same machine.
const elsewhere = "127.0.0.1"

// start listens before it builds anything: the three need each other's URLs.
func (s *Stack) start(c Config) error {
	if c.CrossSite {
		s.issuer.name = elsewhere
	}
	for _, o := range []*origin{s.app, s.issuer, s.api} {
		if err := o.listen(); err != nil {
			return err
		}
	}

	// The provider stamps the epoch of the faults into its tokens, and the faults revoke the provider's grants.
	var err error
	s.faults = fault.New(s.ledger, func() { s.provider.RevokeAll() }, s.ForgetSignIns)
	s.provider, err = provider.New(provider.Config{
		Issuer:               s.issuer.url,
		AppOrigin:            s.app.url,
		RedirectURIs:         c.redirectURIs(s.app.url),
		Audiences:            append([]string{s.api.url}, c.Audiences...),
		Algorithm:            c.Algorithm,
		AccessTokenLifetime:  c.AccessTokenLifetime,
		RefreshTokenLifetime: c.RefreshTokenLifetime,
		IDTokenLifetime:      c.IDTokenLifetime,
		SessionLifetime:      c.SessionLifetime,
		RotationOverlap:      c.RotationOverlap,
		RequirePAR:           c.RequirePAR,
		RefreshAlways:        c.RefreshAlways,
		WebMessage:           c.WebMessage,
		DPoPNonces:           c.DPoPNonces,
		CrossSite:            c.CrossSite,
		COOP:                 c.IssuerCOOP,
		Ledger:               s.ledger,
		Epoch:                s.faults.Epoch,
		Now:                  c.Now,
		Log:                  c.Log,
	})
	if err != nil {
		return err
	}
	app, err := newApp(c, s)
	if err != nil {
		return err
	}

	s.app.serve(app)
	s.issuer.serve(s.issuerHandler(c))
	s.api.serve(api.New(api.Config{
		URL:        s.api.url,
		Issuer:     s.issuer.url,
		AppOrigin:  s.app.url,
		Key:        s.provider.Key(),
		Epoch:      s.faults.Epoch,
		EpochClaim: provider.ClaimEpoch,
		FreshACR:   provider.ACRFresh,
		DPoPNonces: c.DPoPNonces,
		Now:        c.Now,
	}))
	return nil
}

func (s *Stack) issuerHandler(c Config) http.Handler {
	policy := s.provider.CORS()
	mux := http.NewServeMux()
	// The answers that a fault gives need the same headers as the provider's own.
	mux.Handle("POST /token", policy.Wrap(s.faults.Token(s.provider)))
	mux.Handle("/", s.provider)
	if c.Faults {
		mux.Handle("/faults", policy.Wrap(s.faults))
	}
	if c.Front != nil {
		return c.Front(mux)
	}
	return mux
}

// AppURL is the origin of the app.
func (s *Stack) AppURL() string { return s.app.url }

// IssuerURL is the origin of the provider, and its issuer identifier.
func (s *Stack) IssuerURL() string { return s.issuer.url }

// APIURL is the origin of the API, and its audience.
func (s *Stack) APIURL() string { return s.api.url }

// Faults arms faults.
func (s *Stack) Faults() *fault.Control { return s.faults }

// Ledger tells what became of every refresh token.
func (s *Stack) Ledger() *ledger.Ledger { return s.ledger }

// ForgetSignIns ends the provider's own sessions: the next silent sign-in gets login_required.
func (s *Stack) ForgetSignIns() { s.provider.ForgetSignIns() }

// StopIssuer closes the issuer's port and every connection to it. It keeps its state.
func (s *Stack) StopIssuer() error { return s.issuer.close() }

// StartIssuer opens the same port again.
func (s *Stack) StartIssuer() error { return s.issuer.reopen() }

// Shutdown stops the servers after they have answered what they were asked, or when ctx ends.
func (s *Stack) Shutdown(ctx context.Context) error {
	s.letGo()
	return errors.Join(s.app.shutdown(ctx), s.issuer.shutdown(ctx), s.api.shutdown(ctx))
}

// Close stops the servers now. It may be called again.
func (s *Stack) Close() error {
	s.letGo()
	return errors.Join(s.app.close(), s.issuer.close(), s.api.close())
}

// letGo opens every barrier: a request that waits at one would never end.
func (s *Stack) letGo() {
	if s.faults != nil {
		s.faults.Clear()
	}
}
