package oauth

// PushedURL returns the address to send the user to after the request itself was pushed (RFC 9126 section 4): it says who asks, and where the
// request is.
func (a *Authorization) PushedURL(endpoint, requestURI string) string {
	var f Form
	return WithQuery(endpoint, f.Add("client_id", a.ClientID).Add("request_uri", requestURI).String())
}

// ParsePushed reads the answer to a pushed authorization request (RFC 9126 section 2.2) and returns the request_uri.
func ParsePushed(h *HTTPResponse) (string, error) {
	v, what := jsonObject(h)
	if h.Status != 201 && h.Status != 200 {
		e := authorizationError(v.Get("error").Str(), v.Get("error_description").Str())
		e.Op, e.Retryable = "pushed authorization request", h.Status >= 500 || h.Status == 429
		if e.Description == "" {
			e.Description = "the provider refused it with status " + statusText(h.Status)
		}
		return "", e
	}
	uri := v.Get("request_uri").Str()
	if what != "" || uri == "" {
		return "", Fail(AuthorizationFailed, "pushed authorization request", "the answer holds no request_uri")
	}
	return uri, nil
}
