// Package vault is the one place a refresh token lives. It speaks to the issuer: metadata, code exchange, rotation, revocation; and it
// keeps the record of the refresh-token family. Nothing it returns holds a refresh token, and everything that crosses Port is plain data,
// so that it runs in the page or, unchanged, in a worker with messages between.
package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/lock"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
	"github.com/postern-auth/postern/storage"
)

// Port is what the session sees of the vault.
//
// What a call returns beside an error is the state as it was read last; nil says that it wasn't read since the call waited, and that nothing
// may be concluded: a sign-out may have come in between.
type Port interface {
	// Metadata returns the issuer's metadata, fetched once.
	Metadata() (*oauth.Metadata, error)
	// Push sends an authorization request ahead (RFC 9126) and returns its request_uri.
	Push(form string) (string, error)
	// Open verifies an authorization response that is a signed JWT, and opens it.
	Open(*oauth.Response) error
	// Restore returns what an earlier page left, or another page has changed, without any request.
	Restore() (*Held, error)
	// Heard takes what another page told.
	Heard(text string) (*Held, error)
	// Exchange trades a code for a new family.
	Exchange(*Exchange) (*Held, error)
	// Trade sends a token exchange (RFC 8693) for scope. What comes of it is nobody's session.
	Trade(form, scope string, secrets []string) (*Token, error)
	// Renew returns a token that is good now, rotating the family where it must.
	Renew(*Renew) (*Held, error)
	// UserInfo asks the provider about the user whose token it is and returns what it says as JSON; subject is who that must be. refused says that
	// the provider doesn't take the token.
	UserInfo(token *Token, subject string) (claims string, refused bool, err error)
	// KeyThumbprint names the key that the tokens of a login to come are bound to (RFC 7638), and is "" without DPoP.
	KeyThumbprint() (string, error)
	// Prove makes a DPoP proof for one request to a resource, and "" without DPoP.
	Prove(method, url, nonce string, token oauth.Secret) (string, error)
	// Nonce returns the nonce for the next proof to the server by this name, and takes the one that it was heard to want, if any. The
	// authorization server's name is "".
	Nonce(id, heard string) string
	// Revoke gives the refresh token back to the server and keeps the user signed in until the access token ends.
	Revoke() (*Held, error)
	// SignOut forgets the family, then revokes it at the server as far as that is possible.
	SignOut() error
	// Retry lifts the wait that a broken connection imposed: the browser says that there is a network again.
	Retry()
}

// Held is what the vault lets out: all that a page may know of the grant.
type Held struct {
	// IDToken has been checked; it is empty when nobody is signed in.
	IDToken oauth.Secret
	Tokens  []*Token
	// Audience is the login's. Where the refresh token isn't for several, a token for another would be mislabelled.
	Audience string
	// Generation counts the refresh tokens of this family, the first included; 0 without one.
	Generation int
	// Epoch counts the sign-outs.
	Epoch int
	// SignedInAt and RenewedAt are when the family began and when its refresh token was last used, since the epoch.
	SignedInAt, RenewedAt time.Duration
	// Skew is how far the provider's clock is ahead of this device's, as far as can be told.
	Skew time.Duration
	// Degraded says that the store failed and the record lives in this page's memory alone.
	Degraded bool
	// Corrupt says that a damaged record was found, and is gone.
	Corrupt bool
}

// Token is an access token and what it was asked and granted for.
type Token struct {
	// Audience is what the token is for: an oauth.Target, as it is wherever the vault speaks of an audience.
	Audience string
	Scope    string // as asked
	Granted  string // as granted; more, less or the same
	Details  string // authorization_details as granted, JSON
	Type     string // "Bearer" or "DPoP"
	Value    oauth.Secret
	Name     string        // tells it from every other, and nothing of its value
	Lifetime time.Duration // as the server said
	Expires  time.Duration // since the epoch
}

// Exchange is the end of a login.
type Exchange struct {
	Code        oauth.AuthorizationCode
	Verifier    pkce.Verifier
	RedirectURI string
	Nonce       string
	Audience    string
	Scope       string
	MaxAge      int64 // seconds; negative when the login asked for none
	// ACRValues and Organization are what the login asked for, if anything.
	ACRValues, Organization string
	// Unasked says that the user has no hand in it. Then it must be Subject's, where that isn't "", nobody may have signed out since the record had this
	// Epoch, and nobody else in.
	Unasked bool
	Subject string
	Epoch   int
}

// Renew asks for an access token.
type Renew struct {
	Audience string
	Scope    string
	// Unwanted is the token that the caller has and can't use, though by the record it may be good. Any other is new enough: another tab was
	// faster, or another user is here.
	Unwanted oauth.Secret
	// Leeway is how long before its end a token counts as expired.
	Leeway time.Duration
	// challenged says that the provider has wanted a nonce already.
	challenged bool
}

// HTTP sends requests. Its errors are *oauth.Error with the codes network, timeout and response_too_large: on network and timeout nobody
// knows whether the server saw the request.
type HTTP interface {
	// Online is false where the browser knows that a request can't be sent.
	Online() bool
	Get(url string, timeout time.Duration) (*oauth.HTTPResponse, error)
	Post(url, form string, timeout time.Duration) (*oauth.HTTPResponse, error)
	// Send is Get, or Post where there is a form, with the headers Authorization and DPoP where they aren't empty.
	Send(url, form, authorization, proof string, timeout time.Duration) (*oauth.HTTPResponse, error)
	// Probe reports whether the server can be reached at all.
	Probe(url string, timeout time.Duration) bool
}

// Locks are exclusive among all pages of the origin.
type Locks interface {
	// Lock waits for its turn. A holder that had the lock for all of patience is frozen, and loses it.
	Lock(name string, patience time.Duration) (release func(), err error)
	// Note keeps text under a lock's name, durably and visible to every page as soon as it returns, in the place of was. It reports false
	// where something else stood there. Noted is the text, or "".
	Note(name, was, text string) bool
	Noted(name string) string
}

// Config is fixed when the vault starts: whoever controls the page later can't point it at another server.
type Config struct {
	Issuer   string
	ClientID string
	// Metadata is the application's own; nil to discover it.
	Metadata *oauth.Metadata
	// Timeout bounds each request.
	Timeout time.Duration
	// Overlap is how long the provider takes a used refresh token again, as the application knows it; 0 where it doesn't.
	Overlap time.Duration
	Store   storage.Store
	// Shared says that all pages of the origin see the same Store.
	Shared bool
	// Cache lives as long as the page. It keeps the metadata, and the record where Store fails.
	Cache storage.Store
	HTTP  HTTP
	Locks Locks
	Pages Pages
	// SigningAlgs are the algorithms that an ID token may be signed with, with spaces between them.
	SigningAlgs string
	// InsecureSkipSignature leaves the signature to TLS, since the token comes straight from the token endpoint (Core section 3.1.3.7, point 6).
	InsecureSkipSignature bool
	// UseDPoP binds tokens to a key that stays in this browser (RFC 9449).
	UseDPoP bool
	Crypto  Crypto
	// KeepTokens lets access tokens out by their names alone; APIOrigins, with spaces between them, are where requests may be sent with one.
	KeepTokens bool
	APIOrigins string
	// Now is the time since the epoch. A Duration is enough of a clock; time.Time would link its calendar.
	Now func() time.Duration
}

// Vault implements Port in this page or worker.
type Vault struct {
	Config
	records records

	discovering lock.Turn
	fetching    lock.Turn     // guards the two that follow
	published   oauth.Value   // the provider's keys
	refetched   time.Duration // since the epoch, when a name was unknown last
	mu          lock.Mutex    // guards the two that follow
	flights     []*flight
	prepared    bool // the keys have been asked for
	// What follows is never touched across a wait: a browser's one thread is its guard.
	backoff   Backoff
	attempt   string // id of this page's last
	listening string // name under which other pages are heard
}

// Open makes a vault. It reads nothing and sends nothing yet.
func Open(c *Config) *Vault {
	return &Vault{Config: *c, records: records{
		store: c.Store, spare: c.Cache, issuer: c.Issuer, clientID: c.ClientID,
		key: Key(c.Issuer, c.ClientID),
	}}
}

// Key is where the record stands in the store.
func Key(issuer, clientID string) string {
	return "postern:session:" + oauth.Escape(issuer) + ":" + oauth.Escape(clientID)
}

// Metadata implements Port. A failure isn't kept: the provider may be up again at the next call.
func (v *Vault) Metadata() (*oauth.Metadata, error) {
	v.discovering.Lock()
	m, err := v.metadata()
	v.discovering.Unlock()
	return m, err
}

func (v *Vault) metadata() (*oauth.Metadata, error) {
	if v.Config.Metadata != nil {
		return v.Config.Metadata, nil
	}
	urls := oauth.WellKnown(v.Issuer)
	m, err := v.discover(urls[0])
	if oauth.AsError(err).Code == oauth.DiscoveryFailed && !oauth.AsError(err).Retryable {
		if second, notThere := v.discover(urls[1]); notThere == nil {
			m, err = second, nil
		}
	}
	if err != nil {
		return nil, err
	}
	v.Config.Metadata = m
	return m, nil
}

func (v *Vault) discover(url string) (*oauth.Metadata, error) {
	const version = 1
	key := "postern:metadata:" + url
	text, cached, _ := storage.Read(v.Cache, key, version)
	response := &oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: text}
	if !cached {
		var err error
		if response, err = v.HTTP.Get(url, v.Timeout); err != nil {
			e := oauth.AsError(err)
			return nil, &oauth.Error{Code: oauth.DiscoveryFailed, Op: "discovery", Description: e.Description, Retryable: e.Retryable, Err: e}
		}
	}
	m, err := oauth.ParseMetadata(response, v.Issuer)
	if err == nil && !cached {
		_ = storage.Put(v.Cache, key, version, response.Body)
	}
	return m, err
}

// Push implements Port.
func (v *Vault) Push(form string) (string, error) {
	m, err := v.Metadata()
	if err != nil {
		return "", err
	}
	if m.PAREndpoint == "" {
		return "", oauth.Fail(oauth.ConfigInvalid, "pushed authorization request", "the provider's metadata name no endpoint for it; set par to never")
	}
	response, err := v.HTTP.Post(m.PAREndpoint, form, v.Timeout)
	if err != nil {
		return "", err
	}
	return oauth.ParsePushed(response)
}

// Restore implements Port. A family whose ID token never passed its checks, because the page died in between, is no session.
func (v *Vault) Restore() (*Held, error) {
	rec, err := v.records.load()
	v.listen(rec)
	return v.held(rec), err
}

func (v *Vault) held(rec *record) *Held {
	h := rec.held()
	h.Degraded, h.Corrupt = v.records.degraded, v.records.corrupt
	if !rec.refreshToken.Empty() && rec.signedIn() {
		h.Generation = rec.gen
	}
	return h
}

func (r *record) held() *Held {
	if !r.signedIn() {
		return &Held{Epoch: r.epoch}
	}
	return &Held{
		IDToken: r.idToken, Tokens: r.tokens, Audience: r.audience, Epoch: r.epoch,
		SignedInAt: r.signedInAt, RenewedAt: r.renewedAt, Skew: r.skew,
	}
}
