package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Requests are sent with fetch, through the loader, which keeps them free of cookies, redirects, caches and Referer and reads no more of an
// answer than it is told to.

// Online implements vault.HTTP and session.Page. It is false only where the browser is sure.
func (c Client) Online() bool { return c.ask("offline") == "" }

// Get implements vault.HTTP.
func (c Client) Get(url string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return c.Send(url, "", "", "", timeout)
}

// Post implements vault.HTTP.
func (c Client) Post(url, form string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	return c.Send(url, form, "", "", timeout)
}

// Send implements vault.HTTP.
func (c Client) Send(url, form, authorization, proof string, timeout time.Duration) (*oauth.HTTPResponse, error) {
	answer, err := bridge.Await(int(c), "fetch", url, form, millis(timeout), bridge.Decimal(oauth.MaxResponse), authorization, proof)
	if err != nil {
		return nil, failure(err)
	}
	// No header holds a line break.
	response := &oauth.HTTPResponse{}
	var status string
	status, answer = oauth.Cut(answer, '\n')
	response.Status = int(number(status))
	for _, header := range [...]*string{&response.ContentType, &response.RetryAfter, &response.DPoPNonce, &response.Challenge} {
		*header, answer = oauth.Cut(answer, '\n')
	}
	response.Body = answer
	return response, nil
}

// Probe implements vault.HTTP.
func (c Client) Probe(url string, timeout time.Duration) bool {
	_, err := bridge.Await(int(c), "probe", url, millis(timeout))
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
