package session

import "github.com/postern-auth/postern/internal/oauth"

// FrontChannel ends the session here because its provider says that it is over, and reports whether it was this one (OpenID Connect Front-Channel
// Logout 1.0 section 2). Anybody can write the address, so both iss and sid must be those of the ID token: who doesn't know sid signs nobody out.
func (c *Client) FrontChannel(url string) (bool, error) {
	if err := c.again(); err != nil {
		return false, err
	}
	iss, _ := oauth.QueryParam(url, "iss")
	sid, _ := oauth.QueryParam(url, "sid")
	c.mu.Lock()
	ours := c.signedIn() && iss == c.Issuer && sid != "" && sid == c.idToken.Claims.Get("sid").Str()
	c.mu.Unlock()
	if !ours {
		return false, nil
	}
	_ = c.signOut() // its error is the server's, which has ended the session itself
	return true, nil
}
