package load

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

const (
	issuer = "https://as.test"
	origin = "https://app.test"
	// epoch is when every page's clock begins; what the page's timeline calls 0 is then.
	epoch = 1_790_000_000 * time.Second
)

const posternOptions = `{"issuer":"` + issuer + `","clientId":"spa","verifyIdTokenSignature":false,"metadata":{"issuer":"` + issuer + `",` +
	`"authorization_endpoint":"` + issuer + `/authorize","token_endpoint":"` + issuer + `/token","jwks_uri":"` + issuer + `/jwks"}}`

// postern is the product's own session and vault in a page of their own: nothing of their judgement is repeated here.
type postern struct {
	*session.Client
	provider *provider
	now      time.Duration // of the timeline
	from     time.Duration // when the client begins
	woken    time.Duration
	grants   int // the login's is the first
	expires  time.Duration
	url      string
	record   *storage.Memory
	logins   storage.Memory
	notes    map[string]string
}

// posterns makes clients that are all signed in, each with the record that one login left.
func posterns(t *testing.T) func(*provider) sdk {
	options, err := session.ParseOptions(posternOptions, origin)
	require.NoError(t, err)
	first := newPostern(options, &provider{seconds: newSeconds()}, &storage.Memory{})
	_, err = first.Login(oauth.Value{})
	require.NoError(t, err)
	_, err = first.Callback("")
	require.NoError(t, err)
	keys, err := first.record.Keys("")
	require.NoError(t, err)
	return func(p *provider) sdk {
		store := &storage.Memory{}
		for _, key := range keys {
			text, _, err := first.record.Get(key)
			require.NoError(t, err)
			require.NoError(t, store.Set(key, text))
		}
		return newPostern(options, p, store)
	}
}

func newPostern(o *session.Options, at *provider, record *storage.Memory) *postern {
	p := &postern{provider: at, woken: never, url: origin + "/", record: record, notes: map[string]string{}}
	now := func() time.Duration { return epoch + p.now - p.from }
	p.Client = session.New(o, &session.Ports{
		Vault: vault.Open(&vault.Config{
			Issuer: o.Issuer, ClientID: o.ClientID, Metadata: o.Metadata, Timeout: o.HTTPTimeout, Store: record, Cache: &storage.Memory{},
			HTTP: wire{p}, Locks: alone{p}, Pages: alone{p}, Now: now, SigningAlgs: o.SigningAlgs, InsecureSkipSignature: o.InsecureSkipSignature,
		}),
		Transactions: &p.logins, Answers: &session.Answers{}, Page: page{p}, Listener: page{p}, Windows: page{p}, Crypto: digest{}, Now: now,
		Elapsed: func() time.Duration { return p.now - p.from },
	})
	return p
}

func (p *postern) begin(now time.Duration) {
	p.now, p.from, p.expires, p.grants = now, now, now+life, 1
	if err := p.Check(oauth.Value{}, false); err != nil {
		panic(err)
	}
}

func (p *postern) timer() time.Duration { return p.woken }

func (p *postern) wake(now time.Duration) {
	p.now, p.woken = now, never
	p.Wake("")
}

// asks is when the answer to a call stops coming from memory.
func (p *postern) asks() time.Duration { return p.expires - p.Leeway }

func (p *postern) call(now time.Duration) bool {
	p.now = now
	if p.Cached(epoch+now-p.from, now-p.from) != "" {
		return true
	}
	token, err := p.Token(oauth.Value{})
	return err == nil && token != nil
}

// wire is the network. It implements vault.HTTP.
type wire struct{ *postern }

func (wire) Online() bool { return true }

func (w wire) Get(string, time.Duration) (*oauth.HTTPResponse, error) {
	return w.Send("", "", "", "", 0)
}

func (w wire) Probe(string, time.Duration) bool { return w.provider.probe(w.now) }

func (w wire) Post(url, form string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return w.Send(url, form, "", "", timeout)
}

func (w wire) Send(_, form, _, _ string, _ time.Duration) (*oauth.HTTPResponse, error) {
	if form == "" {
		return nil, oauth.Fail(oauth.Network, "request", "nothing is fetched here")
	}
	switch w.provider.answer(w.now) {
	case unreachable:
		return nil, &oauth.Error{Code: oauth.Network, Op: "request", Retryable: true, Description: "no connection"}
	case unavailable:
		return &oauth.HTTPResponse{Status: 503, ContentType: "application/json", Body: `{"error":"temporarily_unavailable"}`}, nil
	}
	w.grants++
	w.expires = w.now + life
	idToken := ""
	if sent, _ := url.ParseQuery(form); sent.Get("grant_type") == "authorization_code" {
		at, _ := url.Parse(w.url)
		idToken = `,"id_token":"` + unsigned(at.Query().Get("nonce"), epoch) + `"`
	}
	return &oauth.HTTPResponse{Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
		`{"access_token":"at-%d","token_type":"Bearer","expires_in":%d,"refresh_token":"rt-%d"%s}`, w.grants, life/time.Second, w.grants, idToken)}, nil
}

func unsigned(nonce string, at time.Duration) string {
	b64 := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	return b64(`{"alg":"RS256"}`) + "." + b64(fmt.Sprintf(`{"iss":"%s","aud":"spa","sub":"u","nonce":"%s","iat":%d,"exp":%d}`,
		issuer, nonce, at/time.Second, (at+life)/time.Second)) + "." + b64("nobody looks at it")
}

// alone is a page without siblings. It implements vault.Locks and vault.Pages.
type alone struct{ *postern }

func (alone) Lock(string, time.Duration) (func(), error) { return func() {}, nil }
func (alone) Listen(string)                              {}
func (alone) Tell(string) bool                           { return false }
func (alone) Pause(time.Duration)                        {}
func (a alone) Noted(name string) string                 { return a.notes[name] }

func (a alone) Note(name, was, text string) bool {
	if a.notes[name] != was {
		return false
	}
	a.notes[name] = text
	return true
}

// page implements session.Page, session.Listener and session.Windows.
type page struct{ *postern }

func (p page) URL() string                 { return p.url }
func (p page) ReplaceURL(url string) error { p.url = url; return nil }
func (page) Visible() bool                 { return true }
func (page) Online() bool                  { return true }
func (page) Event(string, string)          {}

// Navigate is a provider that asks nobody anything. The nonce comes back with the code, for the token endpoint to know.
func (p page) Navigate(address string) error {
	at, err := url.Parse(address)
	p.url = origin + "/?code=c&state=" + at.Query().Get("state") + "&nonce=" + at.Query().Get("nonce")
	return err
}

func (p page) WakeAfter(d time.Duration) {
	p.woken = never
	if d >= 0 {
		p.woken = p.now + d
	}
}

func (page) Frame(string, string, time.Duration) (string, error) { panic("a hidden frame") }
func (page) Popup(string, string, time.Duration) (string, error) { panic("a popup") }

type digest struct{}

func (digest) Digest(_, text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(text))
	return sum[:], nil
}

func (digest) Key(string, bool) (string, error)                    { panic("no DPoP here") }
func (digest) Sign(string, string, string) (string, error)         { panic("no DPoP here") }
func (digest) Verify(string, string, string, string) (bool, error) { panic("no signatures here") }
