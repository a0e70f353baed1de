package native

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/conformance/cases"
	"github.com/postern-auth/postern/conformance/hostile"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

const (
	origin   = "http://localhost:1"
	redirect = origin + "/app/"
)

// tab is a browser's tab as far as the product can tell: an address, two stores, a network. What is a new page in a browser is a new client
// here. It implements cases.Party.
type tab struct {
	t       *testing.T
	issuer  string
	options string
	http    network
	store   storage.Memory
	logins  storage.Memory
	locks   locks
	crypto  webCrypto
	client  *session.Client
	url     string

	mu       sync.Mutex
	warnings []string
}

func newTab(t *testing.T, c *cases.Case, issuer string) *tab {
	options, err := json.Marshal(c.Postern(issuer, redirect))
	require.NoError(t, err)
	tab := &tab{t: t, issuer: issuer, options: string(options), url: redirect}
	tab.load()
	return tab
}

// load is a new page: what was in memory is gone.
func (tab *tab) load() {
	o, err := session.ParseOptions(tab.options, origin)
	require.NoError(tab.t, err)
	start := time.Now()
	now := func() time.Duration { return time.Duration(time.Now().UnixNano()) }
	tab.client = session.New(o, &session.Ports{
		Vault: vault.Open(&vault.Config{
			Issuer: o.Issuer, ClientID: o.ClientID, Metadata: o.Metadata, Timeout: o.HTTPTimeout, Store: &tab.store, Cache: &storage.Memory{},
			HTTP: tab.http, Locks: &tab.locks, Pages: nobody{}, Now: now,
			SigningAlgs: o.SigningAlgs, InsecureSkipSignature: o.InsecureSkipSignature, Crypto: &tab.crypto, UseDPoP: o.UseDPoP,
		}),
		Transactions: &tab.logins, Answers: &session.Answers{}, Page: page{tab}, Listener: page{tab}, Crypto: &tab.crypto,
		Now: now, Elapsed: func() time.Duration { return time.Since(start) },
	})
}

func (tab *tab) SignIn() cases.Outcome {
	if _, err := tab.client.Login(oauth.Value{}); err != nil {
		return tab.outcome(err)
	}
	return tab.Replay()
}

func (tab *tab) Replay() cases.Outcome {
	address := tab.url
	tab.load()
	_, err := tab.client.Callback("")
	tab.url = address // as the back button has it, though the address bar was cleaned
	return tab.outcome(err)
}

func (tab *tab) Renew() cases.Outcome {
	_, err := tab.client.Token(tab.value(`{"cacheMode":"off"}`))
	return tab.outcome(err)
}

func (tab *tab) Trade() cases.Outcome {
	_, err := tab.client.Trade(tab.value(`{"subject_token":"` + cases.SubjectToken + `","subject_token_type":"` + cases.SubjectTokenType + `"}`))
	return tab.outcome(err)
}

func (tab *tab) UserInfo() cases.Outcome {
	_, err := tab.client.UserInfo()
	return tab.outcome(err)
}

// Fetch does what the loader does: it sends a request with what the client says, and again where the client says so.
func (tab *tab) Fetch() cases.Outcome {
	address := tab.issuer + hostile.APIPath
	ask := func(rest string) (string, error) {
		return tab.client.Authorize(tab.value(`{"url":"` + address + `","origin":"` + tab.issuer + `","method":"GET"` + rest + `}`))
	}
	sent, err := ask("")
	for err == nil {
		with := tab.value(sent)
		var r *oauth.HTTPResponse
		if r, err = tab.http.Send(address, "", with.Get("authorization").Str(), with.Get("dpop").Str(), time.Minute); err != nil {
			break
		}
		said := fmt.Sprintf(`,"status":%d`, r.Status)
		if r.DPoPNonce != "" {
			said += `,"nonce":` + oauth.Quote(r.DPoPNonce)
		}
		if r.Status != http.StatusUnauthorized {
			_, _ = ask(said)
			return tab.outcome(nil)
		}
		if sent, err = ask(said + `,"challenge":` + oauth.Quote(r.Challenge) + `,"sent":` + sent); err == nil && sent == "" {
			o := tab.outcome(nil)
			o.Code = fmt.Sprintf("status_%d", r.Status)
			return o
		}
	}
	return tab.outcome(err)
}

func (tab *tab) SignOut() cases.Outcome {
	_, err := tab.client.Logout(oauth.Value{})
	tab.load()
	return tab.outcome(err)
}

func (tab *tab) Return() cases.Outcome {
	if _, err := tab.client.Logout(tab.value(`{"logoutParams":{"returnTo":"` + redirect + `","state":"departure"}}`)); err != nil {
		return tab.outcome(err)
	}
	return tab.Replay()
}

func (tab *tab) value(text string) oauth.Value {
	v, err := oauth.ParseJSON(text)
	require.NoError(tab.t, err)
	return v
}

// outcome is what the application sees once err has come of a verb.
func (tab *tab) outcome(err error) (o cases.Outcome) {
	user, restoring := tab.client.User()
	require.NoError(tab.t, restoring)
	if err != nil {
		e := oauth.AsError(err)
		o = cases.Outcome{Code: string(e.Code), Server: e.ServerCode, Message: e.Error()}
	}
	if user != "" {
		o.User = tab.value(user).Get("sub").Str()
		token, err := tab.client.Token(tab.value(`{"cacheMode":"cache-only"}`))
		require.NoError(tab.t, err)
		if token != nil {
			seconds, _ := tab.value(tab.client.Describe(token)).Get("expires_in").Whole()
			o.Lifetime = int(seconds)
		}
	}
	tab.mu.Lock()
	defer tab.mu.Unlock()
	o.Warnings = tab.warnings
	return o
}

// page implements session.Page and session.Listener.
type page struct{ tab *tab }

func (p page) URL() string { return p.tab.url }

func (p page) ReplaceURL(url string) error {
	p.tab.url = url
	return nil
}

// Navigate goes where a browser would, and stays where it is sent.
func (p page) Navigate(address string) error {
	at, err := p.tab.http.follow(context.WithoutCancel(p.tab.t.Context()), address)
	require.NoError(p.tab.t, err)
	_, err = url.Parse(at)
	require.NoError(p.tab.t, err)
	p.tab.url = at
	return nil
}

func (page) Visible() bool           { return true }
func (page) Online() bool            { return true }
func (page) WakeAfter(time.Duration) {}

func (p page) Event(name, detail string) {
	if name == "warning" {
		p.tab.mu.Lock()
		defer p.tab.mu.Unlock()
		p.tab.warnings = append(p.tab.warnings, p.tab.value(detail).Get("code").Str())
	}
}
