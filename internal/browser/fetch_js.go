package browser

import (
	"syscall/js"
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// HTTP sends requests with fetch.
type HTTP struct{}

// What every request has in common. No cookies: the provider's session is not what a token request stands on. No redirects: a token
// request that follows one hands the code to whoever is there. No cache and no Referer: both would keep what must not be kept.
const requestInit = `{"credentials":"omit","redirect":"error","cache":"no-store","referrerPolicy":"no-referrer",` +
	`"headers":{"Accept":"application/json"},"method":"GET"}`

const formInit = `{"credentials":"omit","redirect":"error","cache":"no-store","referrerPolicy":"no-referrer","keepalive":true,` +
	`"headers":{"Accept":"application/json","Content-Type":"application/x-www-form-urlencoded"},"method":"POST"}`

// Online implements vault.HTTP.
func (HTTP) Online() bool {
	var s bridge.Scope
	defer s.Close()
	return online(&s)
}

// Get implements vault.HTTP.
func (HTTP) Get(url string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return send(url, requestInit, "", timeout)
}

// Post implements vault.HTTP. keepalive lets a revocation outlive the page that sends it on its way out.
func (HTTP) Post(url, form string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return send(url, formInit, form, timeout)
}

func send(url, init, body string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	var s bridge.Scope
	defer s.Close()
	promise, err := start(&s, url, init, body, timeout)
	if err != nil {
		return nil, failure(err)
	}
	response, err := s.Await(promise)
	if err != nil {
		return nil, failure(err)
	}
	answer := &oauth.HTTPResponse{Status: bridge.GetInt(response, "status")}
	headers, err := s.Get(response, "headers")
	if err == nil {
		answer.ContentType, _, _ = bridge.Text(headers, "get", "content-type")
		answer.RetryAfter, _, _ = bridge.Text(headers, "get", "retry-after")
	}
	answer.Body, err = read(response)
	return answer, err
}

// start begins the request and returns its promise.
func start(s *bridge.Scope, url, init, body string, timeout time.Duration) (promise js.Value, err error) {
	json, err := s.Global("JSON")
	if err != nil {
		return promise, err
	}
	options, err := s.Call(json, "parse", init)
	if err != nil {
		return promise, err
	}
	class, err := s.Global("AbortSignal")
	if err != nil {
		return promise, err
	}
	signal, err := s.Call(class, "timeout", int(timeout/time.Millisecond))
	if err != nil {
		return promise, err
	}
	if err = bridge.Set(options, "signal", signal); err == nil && body != "" {
		err = bridge.Set(options, "body", body)
	}
	if err != nil {
		return promise, err
	}
	return s.Call(js.Global(), "fetch", url, options)
}

// read takes the body piece by piece, so that a server can't fill the memory with an answer that never ends.
func read(response js.Value) (string, error) {
	var s bridge.Scope
	defer s.Close()
	stream, err := s.Get(response, "body")
	if err != nil || stream.Type() != js.TypeObject {
		return "", nil
	}
	reader, err := s.Call(stream, "getReader")
	if err != nil {
		return "", failure(err)
	}
	var body []byte
	for {
		more, err := readPiece(reader, &body)
		if err != nil || !more {
			return string(body), err
		}
		if len(body) > oauth.MaxResponse {
			_ = bridge.Do(reader, "cancel")
			return "", oauth.Fail(oauth.ResponseTooLarge, "response", "the answer is longer than 512 KB")
		}
	}
}

func readPiece(reader js.Value, body *[]byte) (more bool, err error) {
	var s bridge.Scope
	defer s.Close()
	result, err := s.AwaitCall(reader, "read")
	if err != nil {
		return false, failure(err)
	}
	done, err := s.Get(result, "done")
	if err != nil || done.Truthy() {
		return false, err
	}
	piece, err := s.Get(result, "value")
	if err != nil {
		return false, err
	}
	size := bridge.GetInt(piece, "length")
	if len(*body)+size > oauth.MaxResponse {
		*body = make([]byte, oauth.MaxResponse+1)
		return true, nil
	}
	start := len(*body)
	*body = append(*body, make([]byte, size)...)
	js.CopyBytesToGo((*body)[start:], piece)
	return true, nil
}

// failure names what fetch rejected with. The browser hides why on purpose, so the hint names what it can be.
func failure(err error) error {
	if name := bridge.Named(err); name == "TimeoutError" || name == "AbortError" {
		return failed(oauth.Timeout, "no answer within the time allowed")
	}
	return failed(oauth.Network, "the request didn't get through: no connection, a redirect, or CORS (the provider must allow this page's origin)")
}

func failed(code oauth.Code, what string) *oauth.Error {
	return &oauth.Error{Code: code, Op: "request", Description: what, Retryable: true}
}
