package rotation

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

const (
	// life is that of an access token. Ten minutes leave room for what SDKs renew early: auth0-spa-js a minute, as does Postern.
	life = 10 * time.Minute
	// patience is how long the harness waits for a request that has to come. oidc-client-ts's timer alone takes up to five seconds.
	patience = 20 * time.Second
)

// csp lets every SDK do what it does by default: auth0-spa-js makes its worker from a blob, oidc-client-ts frames the provider.
const csp = "default-src 'self' http://localhost:*; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; img-src data:"

// world is one run: a provider of its own, a profile of its own, and the pages of one arrangement.
type world struct {
	*testing.T
	arrangement arrangement
	stack       *stack.Stack
	front       *app.Front
	pages       []*app.Page
	facts       *facts
}

func start(t *testing.T, a arrangement, overlap time.Duration) *world {
	t.Helper()
	w := &world{T: t, arrangement: a, front: &app.Front{}}
	s, err := stack.Start(t.Context(), stack.Config{
		Mounts:              mounts,
		CSP:                 csp,
		RedirectPaths:       []string{"/bench/?sdk=" + a.sdk},
		AccessTokenLifetime: life,
		RotationOverlap:     overlap,
		Front:               w.front.Before,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	w.stack = s
	w.front.Audience = s.APIURL()
	return w
}

func (w *world) home() string { return w.stack.AppURL() + "/bench/?sdk=" + w.arrangement.sdk }

// open opens n tabs with a session each can use, and begins to count.
func (w *world) open(n int) []*app.Page {
	w.Helper()
	first := w.newPage(browser.Open(w))
	first.Load()
	require.Nil(w, first.SignIn().Error, "the first tab's sign-in")
	for range n - 1 {
		p := w.newPage(first.Sibling())
		p.Load()
		if !w.arrangement.shared {
			require.Nil(w, p.SignIn().Error, "another tab's sign-in")
		}
	}
	w.count()
	return w.pages
}

// count begins to count: what has been sent so far was the sign-in.
func (w *world) count() { w.facts = newFacts(w.stack.Ledger()) }

// arrived waits until a held request is there.
func (w *world) arrived(b *fault.Barrier, n int) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	require.NoError(w, b.Arrived(ctx, n))
}

// expire lets the token's life pass in all pages, as one machine has one clock, and returns what they got instead, one after the other.
func expire(pages ...*app.Page) []app.Outcome {
	for _, p := range pages[1:] {
		p.Pass(passed)
	}
	pages[0].Later(passed)
	outcomes := ends(pages[:1])
	for _, p := range pages[1:] {
		outcomes = append(outcomes, p.Ask())
	}
	return outcomes
}

func ends(pages []*app.Page) (outcomes []app.Outcome) {
	for _, p := range pages {
		outcomes = append(outcomes, p.End("token"))
	}
	return outcomes
}

// afterwards is how each case goes on: the pages ask again, one after the other, at once and a token's life later.
func (w *world) afterwards(pages ...*app.Page) {
	w.Helper()
	for _, p := range pages {
		w.facts.next = append(w.facts.next, p.Ask())
	}
	w.facts.phase()
	w.facts.later = expire(pages...)
	w.facts.phase()
}
