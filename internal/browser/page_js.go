// Package browser makes the ports of session and vault out of a browser: the page and its address bar, fetch, WebCrypto, Web Locks. It
// decides nothing; what it can't do it reports as an error.
package browser

import (
	"honnef.co/go/js/dom/v2"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Page is the document this module runs in. It holds nothing, so that the types of package dom aren't described in the module.
type Page struct{}

var location *dom.Location

// NewPage finds the document.
func NewPage() Page {
	location = dom.GetWindow().Location()
	return Page{}
}

// URL implements session.Page.
func (Page) URL() string { return bridge.GetText(location.Value, "href") }

// Origin returns the page's origin.
func (Page) Origin() string { return bridge.GetText(location.Value, "origin") }

// Navigate implements session.Page. The loader has the browser's own parser judge the address first.
func (Page) Navigate(url string) error {
	err := bridge.Do(bridge.Host(), "judged", url)
	if err == nil {
		err = bridge.Do(location.Value, "assign", url)
	}
	if err != nil {
		return oauth.Fail(oauth.RedirectBlocked, "navigation", "the browser refused to leave the page")
	}
	return nil
}

// ReplaceURL implements session.Page. The entry's state object is the router's and stays.
func (Page) ReplaceURL(url string) error {
	var s bridge.Scope
	defer s.Close()
	history, err := s.Global("history")
	if err != nil {
		return err
	}
	state, err := s.Get(history, "state")
	if err != nil {
		return err
	}
	return bridge.Do(history, "replaceState", state, "", url)
}

// Visible implements session.Page.
func (Page) Visible() bool {
	var s bridge.Scope
	defer s.Close()
	document, err := s.Global("document")
	return err == nil && bridge.GetText(document, "visibilityState") != "hidden"
}

// Online implements session.Page.
func (Page) Online() bool { return HTTP{}.Online() }
