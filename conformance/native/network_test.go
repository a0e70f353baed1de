package native

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// network is Go's HTTP client with the manners of the loader's fetch: no cookies, no redirects, so much time and so many bytes. It implements
// vault.HTTP.
type network struct{}

var errRedirect = errors.New("a redirect")

// transport isn't the one that all share: that is told by every httptest.Server that ends to close its connections, and a request of another case, whose
// answer has no body, is lost when this comes between the answer and whoever waits for it.
var transport = http.DefaultTransport.(*http.Transport).Clone()

var fetch = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirect }}

func (network) Online() bool { return true }

func (n network) Get(url string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return n.Send(url, "", "", "", timeout)
}

func (n network) Post(url, form string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return n.Send(url, form, "", "", timeout)
}

func (n network) Probe(url string, timeout time.Duration) bool {
	_, err := n.Get(url, timeout)
	return err == nil
}

func (network) Send(url, form, authorization, proof string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	method := http.MethodGet
	if form != "" {
		method = http.MethodPost
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(form))
	if err != nil {
		return nil, failure(err)
	}
	r.Header.Set("Accept", "application/json")
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range map[string]string{"Authorization": authorization, "DPoP": proof} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	answer, err := fetch.Do(r)
	if err != nil {
		return nil, failure(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, oauth.MaxResponse+1))
	switch {
	case err != nil:
		return nil, failure(err)
	case len(body) > oauth.MaxResponse:
		return nil, oauth.Fail(oauth.ResponseTooLarge, "request", "the answer is longer than 512 KB")
	}
	return &oauth.HTTPResponse{
		Status: answer.StatusCode, ContentType: answer.Header.Get("Content-Type"), RetryAfter: answer.Header.Get("Retry-After"),
		DPoPNonce: strings.Join(answer.Header.Values("DPoP-Nonce"), ", "), Challenge: strings.Join(answer.Header.Values("WWW-Authenticate"), ", "),
		Body: string(bytes.ToValidUTF8(body, nil)),
	}, nil
}

// failure says what the browser's port says.
func failure(err error) error {
	e := &oauth.Error{Code: oauth.Network, Op: "request", Retryable: true, Description: "the request didn't get through: no connection, a redirect, or CORS"}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		e.Code, e.Description = oauth.Timeout, "no answer within the time allowed"
	}
	return e
}

// follow goes to an address as a user's browser does, and returns where it is sent: nobody is asked anything on the way.
func (network) follow(ctx context.Context, address string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if to := answer.Header.Get("Location"); to != "" {
		return to, nil
	}
	return address, nil
}

// locks are Web Locks of a browser that has one tab. It implements vault.Locks.
type locks struct {
	mu    sync.Mutex
	notes sync.Map
}

func (l *locks) Lock(string, time.Duration) (func(), error) {
	l.mu.Lock()
	return l.mu.Unlock, nil
}

func (l *locks) Note(name, was, text string) bool {
	if was == "" {
		_, there := l.notes.LoadOrStore(name, text)
		return !there
	}
	return l.notes.CompareAndSwap(name, was, text)
}

func (l *locks) Noted(name string) string {
	text, _ := l.notes.Load(name)
	s, _ := text.(string)
	return s
}

// nobody is the other pages of an origin that has one. It implements vault.Pages.
type nobody struct{}

func (nobody) Listen(string)       {}
func (nobody) Tell(string) bool    { return false }
func (nobody) Pause(time.Duration) {}
