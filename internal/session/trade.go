package session

import (
	"strings"

	"github.com/postern-auth/postern/internal/oauth"
)

// Trade gets an access token for a token that the application has from elsewhere (RFC 8693), and returns TokenResponse of index.d.ts.
//
// It is no sign-in: the session stays as it is, and nothing is kept. Whoever can hand the page a token of theirs would otherwise choose the user
// that it works for (login CSRF), and no nonce binds an ID token that came this way to this page, so none is told.
func (c *Client) Trade(options oauth.Value) (string, error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	if options.Kind() != oauth.Object {
		return "", config("exchangeToken needs subject_token and subject_token_type")
	}
	var secrets []string
	for w := options.Walk(); w.Next(); {
		if err := checkTrade(w.Name, w.Value); err != nil {
			return "", err
		}
		if text := w.Value.Str(); text != "" && strings.HasSuffix(w.Name, "_token") {
			secrets = append(secrets, text)
		}
	}
	if options.Get("subject_token").Str() == "" || !oauth.CheckResource(options.Get("subject_token_type").Str()) {
		return "", config("exchangeToken needs a subject_token, and a subject_token_type that is a URI (RFC 8693 section 3)")
	}
	var params oauth.Form
	scope := options.Get("scope").Str()
	addParams(params.Add("scope", scope), options, oauth.Value{})
	t, err := c.Vault.Trade(oauth.TradeRequest(c.ClientID, &params), scope, secrets)
	if err != nil {
		return "", err
	}
	return c.response(t, oauth.Secret{}), nil
}

func checkTrade(name string, value oauth.Value) error {
	if !oauth.CheckTrade(name) {
		return config("exchangeToken may not set " + oauth.Inert(name) + "; the SDK does")
	}
	return checkParam(name, value, "")
}
