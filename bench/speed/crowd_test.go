package speed

import (
	"cmp"
	"fmt"
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

// crowd is twenty tabs whose token expires at one moment, and how many requests they make of the token endpoint then. The provider
// answers when each has sent its request or waits for another's.
func crowd(t *testing.T, v variant) int {
	front := &app.Front{}
	path := "/bench/?sdk=" + v.sdk
	s, err := stack.Start(t.Context(), stack.Config{
		Mounts: map[string]string{"/bench/": built}, CSP: csp, RedirectPaths: []string{path},
		AccessTokenLifetime: life, Front: front.Before,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	front.Audience = s.APIURL()

	create := fmt.Sprintf("t.create({...%s, ...%s})", v.options, cmp.Or(moved[v.sdk], "{}"))
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
	app.PassTogether(pages, life+time.Minute)
	app.EveryoneIn(pages, s.Ledger(), from, patience)
	gate.Release()
	for _, p := range pages {
		p.End("token")
	}
	return len(s.Ledger().Entries()) - from
}

// moved are the options by which an SDK goes by the clock that is moved, where it takes another into account.
var moved = map[string]string{"postern": "{nowProvider: () => Date.now()}"}
