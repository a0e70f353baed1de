package session

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// elsewhere begins the state of a login whose answer comes to another window than this page's: the page that gets it there hands it on.
const elsewhere = "~"

// Windows are where the provider can be asked while this page stays. Both open url and return the address with which the provider sent the user
// back for the login of this state. Their errors are *oauth.Error.
type Windows interface {
	// Frame is hidden.
	Frame(url, state string, timeout time.Duration) (string, error)
	// Popup is the window that the loader opened in the user's click.
	Popup(url, state string, timeout time.Duration) (string, error)
}

const popupNames = "authorizationParams timeoutInSeconds"

// Popup signs in in a window beside this page. options are PopupLoginOptions and PopupConfigOptions of index.d.ts, as far as they aren't the
// loader's.
func (c *Client) Popup(options oauth.Value) error {
	if err := c.begin(); err != nil {
		return err
	}
	if err := checkNames(options, popupNames); err != nil {
		return err
	}
	p := fields{in: options}
	timeout := p.seconds("timeoutInSeconds", 60)
	if p.err != nil {
		return p.err
	}
	url, state, err := c.prepare(options, elsewhere, c.PopupRedirectURI)
	if err != nil {
		return err
	}
	answer, err := c.Windows.Popup(url, state, timeout)
	return c.answered(answer, err, state, nil)
}

// answered finishes a login with the address that a window brought, or failed to. before is as in finish.
func (c *Client) answered(address string, err error, state string, before *unasked) error {
	if err == nil {
		var response *oauth.Response
		if response, err = oauth.ParseCallback(address); err == nil {
			_, err = c.finish(response, before)
		}
	}
	if err != nil {
		_ = c.Transactions.Remove(transactionPrefix + state)
	}
	return err
}
