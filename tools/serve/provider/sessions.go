package provider

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

// sessions is go-oidc's store of logins and logouts in progress.
//
// A finished login is forgotten: go-oidc would run it again for whoever goes back in the history and sends its form once more.
type sessions struct {
	mu      sync.Mutex
	logins  map[string]*goidc.AuthnSession
	logouts map[string]*goidc.LogoutSession
}

// authManager is what go-oidc wants for the code flow: the logins, and the grants they turn into.
type authManager struct {
	*sessions
	*grants
}

func newSessions() *sessions {
	return &sessions{logins: map[string]*goidc.AuthnSession{}, logouts: map[string]*goidc.LogoutSession{}}
}

// SaveSession is a part of goidc.AuthManager.
func (s *sessions) SaveSession(_ context.Context, as *goidc.AuthnSession) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := int(time.Now().Unix())
	maps.DeleteFunc(s.logins, func(_ string, as *goidc.AuthnSession) bool { return as.ExpiresAt < now })
	if as.Status != goidc.StatusPending {
		delete(s.logins, as.ID)
		return nil
	}
	s.logins[as.ID] = cloneLogin(as)
	return nil
}

// Session is a part of goidc.AuthManager.
func (s *sessions) Session(_ context.Context, id string) (*goidc.AuthnSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if as, known := s.logins[id]; known {
		return cloneLogin(as), nil
	}
	return nil, goidc.ErrNotFound
}

// SessionByPushedAuthReqID implements goidc.PARManager.
func (s *sessions) SessionByPushedAuthReqID(_ context.Context, id string) (*goidc.AuthnSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, as := range s.logins {
		if as.PushedAuthReqID == id {
			return cloneLogin(as), nil
		}
	}
	return nil, goidc.ErrNotFound
}

// SaveLogoutSession implements goidc.LogoutManager.
func (s *sessions) SaveLogoutSession(_ context.Context, ls *goidc.LogoutSession) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.logouts, func(_ string, ls *goidc.LogoutSession) bool { return ls.IsExpired() })
	if ls.Status != goidc.StatusPending {
		delete(s.logouts, ls.ID)
		return nil
	}
	saved := *ls
	s.logouts[ls.ID] = &saved
	return nil
}

// LogoutSession implements goidc.LogoutManager.
func (s *sessions) LogoutSession(_ context.Context, id string) (*goidc.LogoutSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ls, known := s.logouts[id]; known {
		found := *ls
		return &found, nil
	}
	return nil, goidc.ErrNotFound
}

func cloneLogin(as *goidc.AuthnSession) *goidc.AuthnSession {
	c := *as
	c.Store = maps.Clone(as.Store)
	return &c
}
