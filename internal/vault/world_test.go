package vault

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
	"github.com/postern-auth/postern/storage"
)

const (
	issuer    = "https://as.test"
	client    = "spa"
	tokenURL  = issuer + "/token"
	revokeURL = issuer + "/revoke"
	infoURL   = issuer + "/me"
	key       = "postern:session:https%3A%2F%2Fas.test:spa"
	scopes    = "openid api offline_access" // the scope of every login here
	authCode  = "canary-code-5f1c"
	verifier  = "canary-verifier-canary-verifier-canary-verifier"
	leeway    = time.Minute
	lifetime  = time.Hour
	begin     = 1_790_000_000 * time.Second
)

// world is one origin: a provider, a store, locks, a clock and a bus, shared by the pages that open in it.
type world struct {
	t      testing.TB
	server server
	store  store
	cache  *storage.Memory // the newest page's
	locks  locks
	bus    bus
	clock  time.Duration
	given  *oauth.Metadata // as the application gave it
	keeper *keeper         // of DPoP keys; nil: tokens are Bearer tokens
	crypto Crypto          // nil: the tokens' signatures are left alone
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, clock: begin, cache: &storage.Memory{}, given: &oauth.Metadata{
		Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: tokenURL, RevocationEndpoint: revokeURL, UserinfoEndpoint: infoURL,
	}}
	w.server.world = w
	return w
}

// page opens a vault as another tab would.
func (w *world) page() *Vault {
	w.cache = &storage.Memory{}
	return w.instance()
}

// instance opens a vault as another instance of the module in the same page would.
func (w *world) instance() *Vault { return w.open(&w.store, true) }

func (w *world) open(s storage.Store, shared bool) *Vault {
	end := &ear{bus: &w.bus}
	crypto := w.crypto
	if w.keeper != nil {
		crypto = w.keeper
	}
	v := Open(&Config{
		Issuer: issuer, ClientID: client, Metadata: w.given, Timeout: 10 * time.Second, Store: s, Shared: shared, Cache: w.cache,
		HTTP: &w.server, Locks: &w.locks, Pages: end, Now: func() time.Duration { return w.clock },
		SigningAlgs: "RS256 ES256 PS256 EdDSA", InsecureSkipSignature: w.crypto == nil, Crypto: crypto, UseDPoP: w.keeper != nil,
	})
	end.hear = func(text string) {
		_, err := v.Heard(text)
		require.NoError(w.t, err)
	}
	return v
}

// signIn trades a code for the tokens rt-canary-1 and at-canary-1.
func (w *world) signIn(v *Vault) *Held {
	w.t.Helper()
	held, err := v.Exchange(exchange(w.t))
	require.NoError(w.t, err)
	return held
}

// signedIn is a page whose user is signed in and whose access token has ended.
func signedIn(t *testing.T) (*world, *Vault) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	w.clock += lifetime
	return w, v
}

func exchange(t testing.TB) *Exchange {
	response, err := oauth.ParseCallback("https://app.test/?state=s&code=" + authCode)
	require.NoError(t, err)
	accepted, err := response.Accept(&oauth.Metadata{Issuer: issuer})
	require.NoError(t, err)
	proof, err := pkce.Parse(verifier)
	require.NoError(t, err)
	return &Exchange{Code: accepted, Verifier: proof, RedirectURI: "https://app.test/", Nonce: "n1", Scope: scopes, MaxAge: -1}
}

func wanted() *Renew { return &Renew{Scope: scopes, Leeway: leeway} }

// forced wants a token newer than those of the generation that the caller has.
func forced(generation int) *Renew {
	r := wanted()
	r.Unwanted = oauth.NewSecret(fmt.Sprintf("at-canary-%d", generation))
	return r
}

// record reads what the store holds now.
func (w *world) record() *record {
	w.t.Helper()
	rec, err := w.page().records.load()
	require.NoError(w.t, err)
	return rec
}

// text is the record as it stands in the store.
func (w *world) text() string {
	text, _, _ := w.store.Memory.Get(key)
	return text
}

// write stores rec as another tab would.
func (w *world) write(rec *record) {
	w.t.Helper()
	require.NoError(w.t, storage.Put(&w.store.Memory, key, recordVersion, w.page().records.encode(rec)))
}

// store is a browser's store: it may be full or blocked, remembers what was written, and lets a test act between two steps.
type store struct {
	storage.Memory
	full, blocked bool
	mu            sync.Mutex
	written       []string
	reads         int
	onRead        func(n int) // before the nth read
	freed         func()      // after something was removed
}

func (s *store) Get(key string) (string, bool, error) {
	s.mu.Lock()
	s.reads++
	n, onRead := s.reads, s.onRead
	s.mu.Unlock()
	if onRead != nil {
		onRead(n)
	}
	if s.blocked {
		return "", false, storage.ErrUnavailable
	}
	return s.Memory.Get(key)
}

func (s *store) Set(key, text string) error {
	switch {
	case s.blocked:
		return storage.ErrUnavailable
	case s.full:
		return storage.ErrFull
	}
	s.mu.Lock()
	s.written = append(s.written, text)
	s.mu.Unlock()
	return s.Memory.Set(key, text)
}

func (s *store) Remove(key string) error {
	if s.blocked {
		return storage.ErrUnavailable
	}
	if s.freed != nil {
		defer s.freed()
	}
	return s.Memory.Remove(key)
}

// full skips a test of what only the full module has; core_test.go has what the core makes of it.
func full(t testing.TB) {
	t.Helper()
	if !edition.Full {
		t.Skip("the core lacks it")
	}
}
