package session

import (
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

const logoutNames = "openUrl clientId logoutParams"

// Logout signs out here, then at the provider, and returns the address that ends the provider's own session. It navigates there itself
// unless openUrl says that the caller will, or that nobody should.
//
// options is LogoutOptions of index.d.ts; openUrl is "local" for false and "caller" for a function. Nothing the server does, or fails to
// do, keeps a user signed in here.
func (c *Client) Logout(options oauth.Value) (string, error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	if err := checkNames(options, logoutNames); err != nil {
		return "", err
	}
	c.mu.Lock()
	hint := c.held.IDToken
	c.mu.Unlock()
	revocation := c.signOut()
	if revocation != nil {
		c.warn("renewal_failed", "signed out here, but the provider didn't revoke the refresh token: "+oauth.AsError(revocation).Description)
	}
	open := options.Get("openUrl").Str()
	if open == "local" {
		return "", nil
	}
	l := oauth.Logout{ClientID: c.ClientID, IDTokenHint: hint}
	if id := options.Get("clientId"); id.Kind() != oauth.Missing {
		l.ClientID = id.Str() // null: leave it out
	}
	for w := options.Get("logoutParams").Walk(); w.Next(); {
		switch w.Name {
		case "returnTo":
			if l.ReturnTo = oauth.Destination(w.Value.Str(), c.Origin); l.ReturnTo == "" {
				return "", oauth.Fail(oauth.RedirectBlocked, "sign-out", "returnTo must be an https address or a path; signed out here only")
			}
		case "state":
			l.State = w.Value.Str()
		case "federated":
			l.Federated = w.Value.True()
		default:
			// A parameter twice, and the server chooses which it believes: returnTo's judgement would be for nothing.
			if oauth.HasScopes("id_token_hint client_id post_logout_redirect_uri", w.Name) {
				return "", config("logoutParams may not set " + w.Name + "; the SDK does")
			}
			l.Extra.Add(w.Name, paramText(w.Value))
		}
	}
	m, err := c.Vault.Metadata()
	if err != nil {
		return "", err
	}
	if l.State != "" && l.ReturnTo != "" && l.RPInitiated(m) {
		_ = storage.Put(c.Transactions, c.key(logoutPrefix), transactionVersion, l.State)
	}
	url := l.URL(m)
	if url == "" || open == "caller" {
		return url, nil
	}
	return url, c.Page.Navigate(url)
}

// signOut ends the session here before the network is asked, and lets nothing bring it back that was under way.
func (c *Client) signOut() error {
	c.mu.Lock()
	c.leaving = true
	c.mu.Unlock()
	c.take(&vault.Held{})
	err := c.Vault.SignOut()
	c.mu.Lock()
	c.leaving = false
	c.mu.Unlock()
	return err
}

// logoutPrefix is before the state that the application gave a sign-out. Where there is no store for it, a return can't be told from a forged one,
// and isn't believed.
const logoutPrefix = "postern:logout:"

// returned judges an address that is no answer to a login, as other says. It may be where the
// provider sends the user back to from a sign-out: then it has the state that went with them, once (RP-Initiated Logout 1.0 section 3). Nothing
// depends on it, since the user was signed out here before they left; but an application that says so to whoever comes with a link would say it to
// somebody who is still signed in.
func (c *Client) returned(url string, other error) error {
	state, ok := oauth.ReturnedState(url)
	if !ok {
		return other
	}
	if state != "" && c.key(state+" ") == c.Answers.cameBack {
		return nil // handed over twice, as React's StrictMode does
	}
	sent, ok, _ := storage.Take(c.Transactions, c.key(logoutPrefix), transactionVersion)
	switch {
	case !ok:
		return other
	case state != sent:
		return oauth.Fail(oauth.StateMismatch, "sign-out", "the user came back with another state than was sent, or none; signed out here all the same")
	}
	c.Answers.cameBack = c.key(state + " ")
	return nil
}
