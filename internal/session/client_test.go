package session_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

const (
	issuer = "https://as.test"
	origin = "https://app.test"
	asked  = "openid profile email offline_access" // the scope of a client that names none
	begin  = 1_790_000_000 * time.Second
	plain  = `"issuer":"` + issuer + `","clientId":"spa"`
)

// world is a client in a page, with a vault of which the test says what it answers.
type world struct {
	*session.Client
	t     *testing.T
	clock time.Duration
	set   time.Duration // how far somebody has set the wall clock ahead of where it was
	store transactions

	mu    sync.Mutex
	steps []string // what happened, in order
	waits []time.Duration
	told  []event

	url     string
	hidden  bool
	offline bool
	stuck   error // why the page can't be changed or left

	meta      *oauth.Metadata
	metaErr   error
	held      *vault.Held
	heldErr   error
	exchanges []*vault.Exchange
	exchange  func(*vault.Exchange) (*vault.Held, error)
	renewals  []*vault.Renew
	renew     func(*vault.Renew) (*vault.Held, error)
	revoke    func() (*vault.Held, error)
	trade     func(form, scope string, secrets []string) (*vault.Token, error)
	userInfo  func(t *vault.Token, subject string) (string, bool, error)
	signOut   func() error
	heard     []string
	pushed    string
	jkt       string
	jktErr    error
	proofErr  error
	nonces    map[string]string
	push      func() (string, error)
	open      func(*oauth.Response) error
	frame     func(url, state string, timeout time.Duration) (string, error)
}

type event struct{ name, detail string }

// newWorld makes a client of options, given as members of a JSON object beside issuer and clientId.
func newWorld(t *testing.T, options string) *world {
	w := &world{t: t, clock: begin, url: origin + "/", held: &vault.Held{}, meta: &oauth.Metadata{
		Issuer: issuer, AuthorizationEndpoint: issuer + "/authorize", TokenEndpoint: issuer + "/token", EndSessionEndpoint: issuer + "/end",
	}}
	w.Client = w.another(options)
	return w
}

// another is one more client in the same world, as a page that starts anew has.
func (w *world) another(options string) *session.Client {
	if options != "" {
		options = "," + options
	}
	o, err := session.ParseOptions("{"+plain+options+"}", origin)
	require.NoError(w.t, err)
	return session.New(o, &session.Ports{
		Windows: windows{w}, Vault: port{w}, Answers: &session.Answers{}, Transactions: &w.store, Page: page{w}, Listener: listener{w},
		Crypto:  hash(func(text string) ([]byte, error) { sum := sha256.Sum256([]byte(text)); return sum[:], nil }),
		Now:     func() time.Duration { return w.clock + w.set },
		Elapsed: func() time.Duration { return w.clock - begin },
	})
}

// twin is one more client of the same page.
func (w *world) twin(options string) *session.Client {
	c := w.another(options)
	c.Answers = w.Answers
	return c
}

func (w *world) step(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.steps = append(w.steps, s)
}

// port is the vault.
type port struct{ w *world }

func (p port) Metadata() (*oauth.Metadata, error) { return p.w.meta, p.w.metaErr }

func (p port) Push(form string) (string, error) {
	p.w.step("push")
	p.w.pushed = form
	return p.w.push()
}

func (p port) Open(r *oauth.Response) error {
	p.w.step("open")
	return p.w.open(r)
}

func (p port) Restore() (*vault.Held, error) {
	p.w.step("restore")
	return p.w.held, p.w.heldErr
}

func (p port) Exchange(x *vault.Exchange) (*vault.Held, error) {
	p.w.step("exchange")
	p.w.mu.Lock()
	p.w.exchanges = append(p.w.exchanges, x)
	p.w.mu.Unlock()
	return p.w.exchange(x)
}

func (p port) Trade(form, scope string, secrets []string) (*vault.Token, error) {
	p.w.step("trade")
	return p.w.trade(form, scope, secrets)
}

func (p port) Renew(r *vault.Renew) (*vault.Held, error) {
	p.w.step("renew")
	p.w.mu.Lock()
	p.w.renewals = append(p.w.renewals, r)
	p.w.mu.Unlock()
	return p.w.renew(r)
}

func (p port) UserInfo(t *vault.Token, subject string) (string, bool, error) {
	p.w.step("userinfo")
	return p.w.userInfo(t, subject)
}

func (p port) KeyThumbprint() (string, error) {
	if !p.w.UseDPoP {
		return "", nil
	}
	return p.w.jkt, p.w.jktErr
}

func (p port) Prove(method, url, nonce string, token oauth.Secret) (string, error) {
	p.w.step("prove")
	if !p.w.UseDPoP || p.w.proofErr != nil {
		return "", p.w.proofErr
	}
	return "proof for " + method + " " + url + " with " + nonce + " of " + token.Reveal(), nil
}

func (p port) Nonce(id, heard string) string {
	if oauth.CheckNonce(heard) {
		if p.w.nonces == nil {
			p.w.nonces = map[string]string{}
		}
		p.w.nonces[id] = heard
	}
	return p.w.nonces[id]
}

func (p port) Revoke() (*vault.Held, error) {
	p.w.step("revoke")
	return p.w.revoke()
}

func (p port) SignOut() error {
	p.w.step("sign out")
	if p.w.signOut == nil {
		return nil
	}
	return p.w.signOut()
}

func (p port) Heard(text string) (*vault.Held, error) {
	p.w.heard = append(p.w.heard, text)
	return p.w.held, p.w.heldErr
}

func (p port) Retry() { p.w.step("retry") }

// page is the document.
type page struct{ w *world }

func (p page) URL() string { return p.w.url }

func (p page) ReplaceURL(url string) error {
	p.w.step("replace " + url)
	if p.w.stuck == nil {
		p.w.url = url
	}
	return p.w.stuck
}

func (p page) Navigate(url string) error {
	p.w.step("navigate " + url)
	return p.w.stuck
}

func (p page) Visible() bool { return !p.w.hidden }
func (p page) Online() bool  { return !p.w.offline }

// windows brings no answer unless the test has one.
type windows struct{ w *world }

func (f windows) Frame(url, state string, timeout time.Duration) (string, error) {
	f.w.step("frame")
	if f.w.frame == nil {
		return "", fail(oauth.Timeout)
	}
	return f.w.frame(url, state, timeout)
}

func (f windows) Popup(url, state string, timeout time.Duration) (string, error) {
	f.w.step("popup")
	return f.w.frame(url, state, timeout)
}

type listener struct{ w *world }

func (l listener) Event(name, detail string) {
	l.w.step(name)
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	assert.True(l.w.t, json.Valid([]byte(detail)), "%s", detail)
	l.w.told = append(l.w.told, event{name, detail})
}

func (l listener) WakeAfter(d time.Duration) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	l.w.waits = append(l.w.waits, d)
}

// wait is the last timer asked for.
func (w *world) wait() time.Duration {
	require.NotEmpty(w.t, w.waits)
	return w.waits[len(w.waits)-1]
}

// events returns and forgets the details of the events by this name.
func (w *world) events(name string) (details []string) {
	var rest []event
	for _, e := range w.told {
		if e.name == name {
			details = append(details, e.detail)
		} else {
			rest = append(rest, e)
		}
	}
	w.told = rest
	return details
}

// transactions is a tab's sessionStorage.
type transactions struct {
	storage.Memory
	blocked error
}

func (s *transactions) Get(key string) (string, bool, error) {
	if s.blocked != nil {
		return "", false, s.blocked
	}
	return s.Memory.Get(key)
}

func (s *transactions) Set(key, text string) error {
	if s.blocked != nil {
		return s.blocked
	}
	return s.Memory.Set(key, text)
}

// value parses options as the module gets them.
func value(t testing.TB, text string) oauth.Value {
	v, err := oauth.ParseJSON(text)
	require.NoError(t, err)
	return v
}

// token is one of the login's, n-th of its family, good for an hour from now.
func (w *world) token(n int) *vault.Token {
	return &vault.Token{
		Audience: w.Audience, Scope: w.Scope, Granted: w.Scope, Type: "Bearer", Value: oauth.NewSecret(fmt.Sprintf("at-canary-%d", n)), Lifetime: time.Hour,
		Expires: w.clock + time.Hour,
	}
}

// grant is what the vault lets out after n rotations.
func (w *world) grant(n int, tokens ...*vault.Token) *vault.Held {
	if tokens == nil {
		tokens = []*vault.Token{w.token(n)}
	}
	return &vault.Held{IDToken: idToken(`"sub":"u1"`), Tokens: tokens, Audience: w.Audience, Generation: n}
}

// idToken has claims beside iss.
func idToken(claims string) oauth.Secret {
	b64 := base64.RawURLEncoding.EncodeToString
	return oauth.NewSecret(b64([]byte(`{"alg":"RS256"}`)) + "." + b64([]byte(`{"iss":"`+issuer+`",`+claims+`}`)) + "." + b64([]byte("canary")))
}

func fail(code oauth.Code) error {
	return &oauth.Error{Code: code, Op: "test", Description: "it failed", Retryable: code == oauth.Network}
}

func requireCode(t testing.TB, err error, want oauth.Code) *oauth.Error {
	t.Helper()
	require.Error(t, err)
	e, ok := err.(*oauth.Error)
	require.True(t, ok, "%T is no *oauth.Error", err)
	require.Equal(t, want, e.Code, "%v", err)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", e, *e, *e), "canary")
	return e
}

// hash is the SHA-256 of a browser: a session verifies nothing.
type hash func(text string) ([]byte, error)

func (h hash) Digest(hash, text string) ([]byte, error) {
	if hash != "SHA-256" {
		return nil, errors.New("not asked for here")
	}
	return h(text)
}

func (h hash) Key(string, bool) (string, error) { return "", errors.New("not asked for here") }

func (h hash) Sign(_, _, _ string) (string, error) { return "", errors.New("not asked for here") }

func (h hash) Verify(_, _, _, _ string) (bool, error) { return false, errors.New("not asked for here") }

// full skips a test of what only the full module has; core_test.go has what the core makes of it.
func full(t testing.TB) {
	t.Helper()
	if !edition.Full {
		t.Skip("the core lacks it")
	}
}
