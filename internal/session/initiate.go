package session

import "github.com/postern-auth/postern/internal/oauth"

// Initiate judges a request of somebody else's page to sign the user in (OpenID Connect Core section 4) and returns, as JSON, what the login that
// follows takes from it.
func (c *Client) Initiate(url string) (string, error) {
	i, err := oauth.ParseInitiation(url, c.Issuer, c.Origin)
	if err != nil {
		return "", err
	}
	return (&oauth.Writer{}).Str("login_hint", i.LoginHint).Str("returnTo", i.Target).String(), nil
}
