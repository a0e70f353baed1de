package provider

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"

	"github.com/postern-auth/postern/tools/serve/ledger"
)

// grants is go-oidc's store of grants, and the half of refresh token rotation that go-oidc leaves out: it knows every token that a
// grant ever had, so one that was rotated away is recognised when it comes back, and ends the family.
type grants struct {
	now       func() time.Time
	overlap   time.Duration
	audiences []string
	ledger    *ledger.Ledger

	mu       sync.Mutex
	byID     map[string]*goidc.Grant
	byCode   map[string]string
	families map[string]family
	members  map[string]member
}

// family is the state of one grant's refresh tokens.
type family struct {
	generation int       // of the newest token
	since      time.Time // when it became that
}

// member is one refresh token, spent or not. Tokens may share a generation: within the overlap, one token can have several children,
// and a browser that sends a POST three times makes three.
type member struct {
	grant      string
	generation int
}

// keyPresented carries, in a loaded grant, the generation of the token by which it was found, so that saving it knows the next one.
const keyPresented = "presented_generation"

func newGrants(c Config) *grants {
	return &grants{
		now: c.Now, overlap: c.RotationOverlap, audiences: c.Audiences, ledger: c.Ledger,
		byID: map[string]*goidc.Grant{}, byCode: map[string]string{}, families: map[string]family{}, members: map[string]member{},
	}
}

// SaveGrant implements goidc.GrantManager.
func (s *grants) SaveGrant(ctx context.Context, g *goidc.Grant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	attempt := ledger.From(ctx)
	saved := clone(g)
	delete(saved.Store, keyPresented)

	old := s.byID[g.ID]
	switch {
	case old != nil && old.RevokedAt != 0:
		saved.RevokedAt = old.RevokedAt // a grant never comes back
	case saved.RevokedAt != 0 && attempt != nil:
		s.ledger.Revoked(g.ID, ledger.BadExchange)
	case saved.RevokedAt != 0:
		s.ledger.Revoked(g.ID, ledger.ByClient)
	}
	s.byID[g.ID] = saved
	if g.AuthCode != "" {
		s.byCode[g.AuthCode] = g.ID
	}

	if g.RefreshToken == "" || saved.RevokedAt != 0 {
		return nil
	}
	if _, known := s.members[g.RefreshToken]; !known {
		s.issue(g)
	}
	if attempt != nil {
		attempt.Issued(g.ID, g.RefreshToken)
	}
	return nil
}

// issue enters the new refresh token of g. The first one of a grant has generation 0.
func (s *grants) issue(g *goidc.Grant) {
	generation := 0
	if presented, refreshed := g.Store[keyPresented].(int); refreshed {
		generation = presented + 1
	}
	s.members[g.RefreshToken] = member{g.ID, generation}
	if f, exists := s.families[g.ID]; !exists || generation > f.generation {
		s.families[g.ID] = family{generation, s.now()}
	}
}

// GrantByRefreshToken implements goidc.RefreshTokenManager. Within a token request, it is where reuse is found out.
func (s *grants) GrantByRefreshToken(ctx context.Context, token string) (*goidc.Grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, known := s.members[token]
	if !known {
		return nil, goidc.ErrNotFound
	}

	// Without an attempt this is the revocation endpoint, which takes any token of the family (RFC 7009 section 2.1).
	if attempt := ledger.From(ctx); attempt != nil {
		attempt.Presented(m.grant, m.generation)
		if !s.acceptable(m) {
			s.revoke(m.grant, ledger.Reuse)
		}
	}

	g := clone(s.byID[m.grant])
	g.Store[keyPresented] = m.generation
	// One refresh token serves every audience; narrowResources puts the grant's own back where none was asked for.
	g.Resources = s.audiences
	return g, nil
}

// acceptable says whether a refresh token may be used: it is the newest, or it is the newest but one and still within the overlap.
func (s *grants) acceptable(m member) bool {
	f := s.families[m.grant]
	switch m.generation {
	case f.generation:
		return true
	case f.generation - 1:
		return s.now().Sub(f.since) < s.overlap
	default:
		return false
	}
}

// Grant implements goidc.GrantManager.
func (s *grants) Grant(_ context.Context, id string) (*goidc.Grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g, known := s.byID[id]; known {
		return clone(g), nil
	}
	return nil, goidc.ErrNotFound
}

// GrantByAuthCode is a part of goidc.AuthManager.
func (s *grants) GrantByAuthCode(_ context.Context, code string) (*goidc.Grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, known := s.byCode[code]; known {
		return clone(s.byID[id]), nil
	}
	return nil, goidc.ErrNotFound
}

func (s *grants) revokeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.byID {
		s.revoke(id, ledger.ByFault)
	}
}

func (s *grants) revoke(id string, why ledger.Reason) {
	if g := s.byID[id]; g.RevokedAt == 0 {
		g.RevokedAt = int(time.Now().Unix())
		s.ledger.Revoked(id, why)
	}
}

// clone keeps go-oidc, which writes into the grants it is given before it saves them, off the stored ones.
func clone(g *goidc.Grant) *goidc.Grant {
	c := *g
	c.Store = maps.Clone(g.Store)
	if c.Store == nil {
		c.Store = map[string]any{}
	}
	return &c
}
