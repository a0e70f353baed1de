// Package session decides what happens when. It starts logins, finishes them, keeps one grant fresh and ends it. It never reads a
// protocol message and never touches the browser; both are handed to it. It holds no refresh token: that stays in the vault.
package session

import (
	"time"

	"github.com/postern-auth/postern/internal/lock"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

// Page is the document the client runs in.
type Page interface {
	// URL is the address in the address bar.
	URL() string
	// ReplaceURL changes the address bar and the current history entry, without navigation.
	ReplaceURL(url string) error
	// Navigate leaves the page.
	Navigate(url string) error
	// Visible reports whether anybody may be looking at the page.
	Visible() bool
	// Online is false where the browser knows that there is no network.
	Online() bool
}

// Listener hears what changes. Its methods are called in order and must not call back.
type Listener interface {
	// Event reports an event of index.d.ts's ClientEvents; detail is JSON.
	Event(name, detail string)
	// WakeAfter asks for one call of Wake after d, in the place of any asked for before.
	WakeAfter(d time.Duration)
}

// Ports are what a client needs of the world.
type Ports struct {
	Vault        vault.Port
	Transactions storage.Store
	Page         Page
	Listener     Listener
	Crypto       vault.Crypto
	Windows      Windows
	Answers      *Answers             // one for all clients of the page
	Now          func() time.Duration // since the epoch
	Elapsed      func() time.Duration // by a clock that nobody can set
}

// Client is one session with one issuer.
type Client struct {
	Options
	Ports

	asking    lock.Turn // one question to the provider at a time
	restoring lock.Mutex
	restored  bool
	closed    bool

	mu        lock.Mutex // guards what follows
	held      *vault.Held
	idToken   *oauth.IDToken // held.IDToken, decoded
	user      string         // as it says, JSON; "" when nobody is signed in
	ages      []age          // of held.Tokens
	snapshot  string
	leaving   bool             // the user signs out: what was read before is no news
	started   bool             // this page has sent its user to sign in
	failures  int              // renewals that failed in a row
	trouble   oauth.Code       // of the last of them
	due       time.Duration    // by the monotonic clock, when background renewal may try again
	deadlines [3]time.Duration // since the epoch, as in deadlineNames
	warned    [3]time.Duration // the deadlines that have been told
	skewTold  time.Duration
}

// New makes a client. It reads nothing until the first call.
func New(o *Options, p *Ports) *Client {
	return &Client{Options: *o, Ports: *p, held: &vault.Held{}}
}

// begin is the first step of every verb: it restores what an earlier page left.
func (c *Client) begin() error {
	c.restoring.Lock()
	err := c.restore()
	c.restoring.Unlock()
	return err
}

func (c *Client) restore() error {
	if c.closed {
		return oauth.Fail(oauth.ClientClosed, "client", "close() was called; make a new client")
	}
	if c.restored {
		return nil
	}
	held, err := c.Vault.Restore()
	if err != nil {
		return err
	}
	c.take(held)
	c.restored = true
	return nil
}

// again is the first step of whoever hears that the page is back, or that another page has changed something.
func (c *Client) again() error {
	if err := c.begin(); err != nil {
		return err
	}
	held, err := c.Vault.Restore()
	c.take(held)
	return err
}

// Close ends the client: calls that follow fail, and nothing is renewed any more. The session itself stays in its store.
func (c *Client) Close() {
	c.restoring.Lock()
	c.mu.Lock()
	c.closed = true
	c.Listener.WakeAfter(-1)
	c.mu.Unlock()
	c.restoring.Unlock()
}

// take makes held the session's state and tells the listener what is new; nil means that nothing is known to have changed.
func (c *Client) take(held *vault.Held) {
	c.mu.Lock()
	c.adopt(held)
	c.mu.Unlock()
}

func (c *Client) adopt(held *vault.Held) {
	if c.closed || held == nil || c.leaving && !held.IDToken.Empty() {
		return
	}
	if !held.IDToken.Equal(c.held.IDToken) {
		c.idToken, _ = oauth.DecodeIDToken(held.IDToken)
		c.user = c.describeUser()
	}
	before := c.held
	c.held = held
	c.grow(held.Tokens)
	c.setDeadlines()
	if !c.signedIn() {
		c.trouble, c.failures = "", 0
	}
	c.publish()
	for _, t := range held.Tokens {
		if !c.restored {
			break // what an earlier page, or an earlier instance of the module, has told already
		}
		if !holds(before, t) {
			c.Listener.Event("token", describeToken(t, held.Generation))
			c.warnOfScope(t)
		}
	}
	if skew := held.Skew; skewed(skew) && (skew-c.skewTold).Abs() > oauth.ClockTolerance {
		c.skewTold = skew
		c.warnClock(skew)
	}
	if held.Corrupt && !before.Corrupt {
		c.warn("storage_corrupt", "the stored session was damaged or another client's, and is gone; its user is signed out")
	}
	if held.Degraded && !before.Degraded {
		c.warn("storage_degraded", "the browser's store is blocked or full; the session lives in this page's memory and ends with it")
	}
	c.schedule()
}

func holds(h *vault.Held, t *vault.Token) bool {
	for _, old := range h.Tokens {
		if old.Value.Equal(t.Value) {
			return true
		}
	}
	return false
}

// publish tells the listener where the snapshot has changed. The caller holds mu.
func (c *Client) publish() {
	if s := c.describe(); s != c.snapshot {
		c.snapshot = s
		c.Listener.Event("session", s)
	}
}

// describe writes the snapshot of index.d.ts.
func (c *Client) describe() string {
	var w oauth.Writer
	w.Str("status", c.status()).Raw("user", c.user)
	if t := c.held.Find(c.Audience, c.Scope); t != nil {
		w.Int("expiresAt", int64(t.Expires/time.Millisecond))
	}
	stored := c.CacheLocation
	if c.UseWorker {
		stored = "worker"
	}
	if c.held.Degraded {
		stored = "memory"
	}
	w.Open("deadlines", "{")
	for i, at := range &c.deadlines {
		w.Int(deadlineNames[i], int64(at/time.Millisecond))
	}
	skew := c.held.Skew
	if !skewed(skew) {
		skew = 0 // the time that an answer takes
	}
	return w.Close("}").Num("clockSkewSeconds", int64(skew/time.Second)).Str("storage", stored).
		Num("generation", int64(c.held.Generation)).String()
}

// status is the session's, as index.d.ts names it. Trouble with the network or the provider signs nobody out.
func (c *Client) status() string {
	switch {
	case !c.signedIn():
		return "signed-out"
	case !c.Page.Online() || c.trouble == oauth.Network || c.trouble == oauth.Timeout:
		return "offline"
	case c.trouble != "":
		return "recovering"
	}
	return "signed-in"
}

func (c *Client) signedIn() bool { return c.idToken != nil }
