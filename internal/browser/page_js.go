package browser

import (
	"honnef.co/go/js/dom/v2"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// location is kept, since its handle would have to be given back. It stands outside of Client, so that the types of package dom aren't
// described in the module.
var location *dom.Location

func address() *dom.Location {
	if location == nil {
		location = dom.GetWindow().Location()
	}
	return location
}

// URL implements session.Page.
func (Client) URL() string {
	url, _, _ := bridge.Call(address().Value, "toString")
	return url
}

// Navigate implements session.Page. The loader has the browser's own parser judge the address first.
func (c Client) Navigate(url string) error {
	_, _, err := bridge.Ask(int(c), "judged", url)
	if err == nil {
		_, _, err = bridge.Call(address().Value, "assign", url)
	}
	if err != nil {
		return oauth.Fail(oauth.RedirectBlocked, "navigation", "the browser refused to leave the page")
	}
	return nil
}

// ReplaceURL implements session.Page.
func (c Client) ReplaceURL(url string) error {
	_, _, err := bridge.Ask(int(c), "replaceURL", url)
	return err
}

// Visible implements session.Page.
func (c Client) Visible() bool { return c.ask("hidden") == "" }
