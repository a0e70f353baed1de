package session

import "github.com/postern-auth/postern/internal/oauth"

// protocolClaims are about the token and not about the user; getUser leaves them out, as auth0-spa-js does.
const protocolClaims = "iss aud exp nbf iat jti azp nonce auth_time at_hash c_hash acr amr sub_jwk cnf sid"

// User returns the signed-in user as JSON, and "" when nobody is.
func (c *Client) User() (string, error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	c.mu.Lock()
	user := c.user
	c.mu.Unlock()
	return user, nil
}

func (c *Client) describeUser() string {
	if !c.signedIn() {
		return ""
	}
	var w oauth.Writer
	for m := c.idToken.Claims.Walk(); m.Next(); {
		if !oauth.HasScopes(protocolClaims, m.Name) {
			w.Raw(m.Name, m.Value.Raw())
		}
	}
	return w.String()
}

// IDTokenClaims returns every claim as JSON, with the token itself as __raw, and "" when nobody is signed in.
func (c *Client) IDTokenClaims() (string, error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	c.mu.Lock()
	claims := c.claims()
	c.mu.Unlock()
	return claims, nil
}

func (c *Client) claims() string {
	if !c.signedIn() {
		return ""
	}
	var w oauth.Writer
	w.Str("__raw", c.held.IDToken.Reveal())
	for m := c.idToken.Claims.Walk(); m.Next(); {
		if m.Name != "__raw" {
			w.Raw(m.Name, m.Value.Raw())
		}
	}
	return w.String()
}

// UserInfo asks the provider about the user and returns what it says as JSON. It is about the user who is signed in here, or refused.
func (c *Client) UserInfo() (string, error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	r, _ := c.request(noOptions)
	t, err := c.token(r)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	who := c.subject()
	c.mu.Unlock()
	claims, refused, err := c.Vault.UserInfo(t, who)
	if refused {
		if t, err = c.instead(r, t); err == nil {
			claims, _, err = c.Vault.UserInfo(t, who)
		}
	}
	if oauth.AsError(err).Code == oauth.LoginRequired {
		_ = c.again() // the key was found to be gone
	}
	return claims, err
}

// IsAuthenticated reports whether somebody is signed in here, without asking the provider.
func (c *Client) IsAuthenticated() (bool, error) {
	err := c.begin()
	c.mu.Lock()
	yes := c.signedIn()
	c.mu.Unlock()
	return yes, err
}
