package browser

import (
	"syscall/js"
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// HTTP sends requests with fetch, through the loader, which keeps them free of cookies, redirects, caches and Referer and reads no more
// of an answer than it is told to.
type HTTP struct{}

// Online implements vault.HTTP. It is false only where the browser is sure.
func (HTTP) Online() bool {
	var s bridge.Scope
	defer s.Close()
	navigator, err := s.Global("navigator")
	if err != nil {
		return true
	}
	on, err := s.Get(navigator, "onLine")
	return err != nil || on.Type() != js.TypeBoolean || on.Bool()
}

// Get implements vault.HTTP.
func (h HTTP) Get(url string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return h.Post(url, "", timeout)
}

// Post implements vault.HTTP.
func (HTTP) Post(url, form string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	var s bridge.Scope
	defer s.Close()
	answer, err := s.AwaitCall(bridge.Host(), "fetch", url, form, int(timeout/time.Millisecond), oauth.MaxResponse)
	if err != nil {
		return nil, failure(err)
	}
	return &oauth.HTTPResponse{
		Status:      bridge.GetInt(answer, "status"),
		ContentType: bridge.GetText(answer, "type"),
		RetryAfter:  bridge.GetText(answer, "retryAfter"),
		Body:        bridge.GetText(answer, "body"),
	}, nil
}

// Probe implements vault.HTTP.
func (HTTP) Probe(url string, timeout time.Duration) bool {
	var s bridge.Scope
	defer s.Close()
	_, err := s.AwaitCall(bridge.Host(), "probe", url, int(timeout/time.Millisecond))
	return err == nil
}

// failure names what fetch rejected with. The browser hides why on purpose, so the hint names what it can be.
func failure(err error) error {
	e := &oauth.Error{Code: oauth.Network, Op: "request", Retryable: true,
		Description: "the request didn't get through: no connection, a redirect, or CORS (the provider must allow this page's origin)"}
	switch bridge.Named(err) {
	case "TimeoutError", "AbortError":
		e.Code, e.Description = oauth.Timeout, "no answer within the time allowed"
	case "RangeError":
		e.Code, e.Description, e.Retryable = oauth.ResponseTooLarge, "the answer is longer than 512 KB", false
	}
	return e
}
