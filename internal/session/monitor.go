package session

import "github.com/postern-auth/postern/internal/oauth"

// Monitor returns the address of the provider's frame that knows whether its session has changed, "" where it has none (OpenID Connect Session
// Management 1.0 section 3.3).
func (c *Client) Monitor() (string, error) {
	m, err := c.Vault.Metadata()
	if err != nil {
		return "", err
	}
	return m.CheckSessionIframe, nil
}

// Recheck hears that something has changed at the provider, and asks it, without the user, who is signed in there (Session Management 1.0 section
// 3.1). The same user goes on, with a session of their own that is new. Nobody, or somebody else, is the end of the session here; a provider that
// can't be asked just now is not.
func (c *Client) Recheck() error {
	if err := c.again(); err != nil {
		return err
	}
	r, err := c.request(noOptions)
	if err != nil {
		return err
	}
	c.asking.Lock()
	c.mu.Lock()
	before := &unasked{c.subject(), c.held.Epoch}
	c.mu.Unlock()
	if before.subject != "" {
		err = c.silent(r, before)
	}
	c.asking.Unlock()
	switch oauth.AsError(err).Code {
	case oauth.LoginRequired, oauth.InteractionRequired, oauth.ConsentRequired, oauth.AccountSelectionRequired:
	default:
		return err
	}
	c.mu.Lock()
	same := c.subject() == before.subject && c.held.Epoch == before.epoch
	c.mu.Unlock()
	if same {
		_ = c.signOut()
	}
	return err
}
