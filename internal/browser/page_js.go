// Package browser makes the ports of session and vault out of a browser: the page and its address bar, fetch, WebCrypto, Web Locks. It
// decides nothing; what it can't do it reports as an error.
package browser

import (
	"honnef.co/go/js/dom/v2"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Page is the document this module runs in.
type Page struct{ location *dom.Location }

// NewPage finds the document.
func NewPage() *Page { return &Page{dom.GetWindow().Location()} }

// URL implements session.Page.
func (p *Page) URL() string { return bridge.GetText(p.location.Value, "href") }

// Origin returns the page's origin.
func (p *Page) Origin() string { return bridge.GetText(p.location.Value, "origin") }

// Navigate implements session.Page.
func (p *Page) Navigate(url string) error {
	if err := bridge.Do(p.location.Value, "assign", url); err != nil {
		return oauth.Fail(oauth.RedirectBlocked, "navigation", "the browser refused to leave the page")
	}
	return nil
}

// ReplaceURL implements session.Page. The entry's state object is the router's and stays.
func (p *Page) ReplaceURL(url string) error {
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
func (p *Page) Visible() bool {
	var s bridge.Scope
	defer s.Close()
	document, err := s.Global("document")
	return err == nil && bridge.GetText(document, "visibilityState") != "hidden"
}

// Online implements session.Page.
func (p *Page) Online() bool { return HTTP{}.Online() }
