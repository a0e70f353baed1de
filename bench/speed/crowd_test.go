package speed

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

const (
	tabs = 20
	// life is that of an access token. Ten minutes leave room for what SDKs renew early: up to five.
	life     = 10 * time.Minute
	patience = 20 * time.Second
)

// swift is how soon the provider must have answered: auth0-spa-js's lock gives up after five seconds, and requests after ten.
const swift = 4 * time.Second

// crowd is twenty tabs whose token expires at one moment, and how many requests they make of the token endpoint then. A run on a machine that
// was too busy says nothing, and is repeated.
func crowd(t *testing.T, v variant) int {
	for range 5 {
		if n, took := together(t, v); took < swift {
			return n
		}
	}
	t.Fatal("this machine is too busy for twenty tabs")
	return 0
}

// together is one run, and how long the provider took to answer the first request: it waits until each tab has sent its request or waits for another's.
func together(t *testing.T, v variant) (requests int, took time.Duration) {
	front := &app.Front{}
	path := "/bench/?sdk=" + v.sdk
	s, err := stack.Start(t.Context(), stack.Config{
		Mounts: map[string]string{"/bench/": built}, CSP: csp, RedirectPaths: []string{path},
		AccessTokenLifetime: life, Front: front.Before,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	front.Audience = s.APIURL()

	create := "t.create(" + v.options + ")"
	first := app.NewPage(browser.Open(t), s.AppURL()+path, create)
	first.Load()
	require.Nil(t, first.SignIn().Error, "the first tab's sign-in")
	pages := []*app.Page{first}
	for range tabs - 1 {
		p := app.NewPage(first.Sibling(), first.Home, create)
		p.Load()
		if v.sdk == "keycloak" { // its tokens stand in the page alone
			require.Nil(t, p.SignIn().Error, "another tab's sign-in")
		}
		pages = append(pages, p)
	}

	from := len(s.Ledger().Entries())
	gate := s.Faults().Hold(fault.BeforeCommit, tabs)
	app.LaterTogether(pages, life+time.Minute)
	app.EveryoneIn(pages, s.Ledger(), from, patience)
	gate.Release()
	if sent := s.Ledger().Entries()[from:]; len(sent) > 0 {
		took = time.Since(sent[0].Time)
	}
	for _, p := range pages {
		p.End("token")
		defer p.Close()
	}
	return len(s.Ledger().Entries()) - from, took
}
