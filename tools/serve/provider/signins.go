package provider

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

// signIn is the provider's own memory that a browser has signed in: single sign-on.
type signIn struct {
	user User
	at   time.Time
	acr  string
	sid  string // names it to the client, who must not know the cookie
}

// signIns keeps them, each under the value of a cookie, and what users have consented to.
type signIns struct {
	// cookie holds the issuer's port: cookies ignore ports, and several stacks may run on localhost at once.
	cookie    string
	crossSite bool
	now       func() time.Time

	mu        sync.Mutex
	byID      map[string]signIn
	consented map[string]map[string]bool // subject and client -> scope
}

func newSignIns(cookie string, crossSite bool, now func() time.Time) *signIns {
	return &signIns{cookie: cookie, crossSite: crossSite, now: now, byID: map[string]signIn{}, consented: map[string]map[string]bool{}}
}

// of returns the sign-in of the browser that sent r.
func (s *signIns) of(r *http.Request) (signIn, bool) {
	cookie, err := r.Cookie(s.cookie)
	if err != nil {
		return signIn{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in, known := s.byID[cookie.Value]
	return in, known
}

// begin signs the browser in, under a new identifier: one it brought along might be known to somebody else.
func (s *signIns) begin(w http.ResponseWriter, r *http.Request, u User, acr string) signIn {
	s.forget(r)
	id, in := rand.Text(), signIn{user: u, at: s.now(), acr: acr, sid: rand.Text()}
	s.mu.Lock()
	s.byID[id] = in
	s.mu.Unlock()
	http.SetCookie(w, s.named(&http.Cookie{Value: id}))
	return in
}

// end signs the browser out.
func (s *signIns) end(w http.ResponseWriter, r *http.Request) {
	s.forget(r)
	http.SetCookie(w, s.named(&http.Cookie{MaxAge: -1}))
}

func (s *signIns) forget(r *http.Request) {
	cookie, err := r.Cookie(s.cookie)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, cookie.Value)
}

func (s *signIns) forgetAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.byID)
}

// hasConsented says whether the user has allowed the client all of the scopes before.
func (s *signIns) hasConsented(subject, client, scopes string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.consented[subject+" "+client]
	for scope := range strings.FieldsSeq(scopes) {
		if !known[scope] {
			return false
		}
	}
	return true
}

func (s *signIns) consent(subject, client, scopes string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := subject + " " + client
	if s.consented[key] == nil {
		s.consented[key] = map[string]bool{}
	}
	for scope := range strings.FieldsSeq(scopes) {
		s.consented[key][scope] = true
	}
}

// named completes the cookie. Lax is enough for frames too, where to the browser all ports of localhost are one site, and it isn't Secure: this is
// http. Where it goes to another site's frames it must be, and browsers take that from loopback.
func (s *signIns) named(c *http.Cookie) *http.Cookie {
	c.Name, c.Path, c.HttpOnly, c.SameSite = s.cookie, "/", true, http.SameSiteLaxMode
	if s.crossSite {
		c.Secure, c.SameSite = true, http.SameSiteNoneMode
	}
	return c
}
