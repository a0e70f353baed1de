package rotation

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	front       *front
	pages       []*page
	facts       *facts
}

func start(t *testing.T, a arrangement, overlap time.Duration) *world {
	t.Helper()
	w := &world{T: t, arrangement: a, front: &front{}}
	s, err := stack.Start(t.Context(), stack.Config{
		Mounts:              mounts,
		CSP:                 csp,
		RedirectPaths:       []string{"/bench/?sdk=" + a.sdk},
		AccessTokenLifetime: life,
		RotationOverlap:     overlap,
		Front:               w.front.before,
	})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	w.stack = s
	return w
}

func (w *world) home() string { return w.stack.AppURL() + "/bench/?sdk=" + w.arrangement.sdk }

// open opens n tabs with a session each can use, and begins to count.
func (w *world) open(n int) []*page {
	w.Helper()
	first := w.newPage(browser.Open(w))
	first.load()
	require.Nil(w, first.signIn().Error, "the first tab's sign-in")
	for range n - 1 {
		p := w.newPage(first.Sibling())
		p.load()
		if !w.arrangement.shared {
			require.Nil(w, p.signIn().Error, "another tab's sign-in")
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

// connections is how many Chromium opens to one origin. Further requests wait in the browser.
const connections = 6

// everyoneIn waits until each page has either sent a request, or waits for a lock that another holds, or has its answer; or until no
// further request can come. Only then nothing more is coming, whether or not the SDK lets its tabs wait for each other.
func (w *world) everyoneIn(pages []*page) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	for {
		var in int
		pages[0].Eval("navigator.locks.query().then((l) => l.pending.length)", &in)
		sent := len(w.stack.Ledger().Entries()) - w.facts.from
		if in += sent; in >= len(pages) || sent >= connections {
			return
		}
		for _, p := range pages {
			if p.Bool("t.ended.token") {
				in++
			}
		}
		if in >= len(pages) {
			return
		}
		select {
		case <-ctx.Done():
			w.Fatalf("%d of %d pages sent a request, wait for a lock or have an answer", in, len(pages))
		case <-time.After(20 * time.Millisecond): // the next look
		}
	}
}

// expire lets the token's life pass in all pages, as one machine has one clock, and returns what they got instead, one after the other.
func expire(pages ...*page) []outcome {
	for _, p := range pages[1:] {
		p.pass()
	}
	pages[0].expire()
	outcomes := ends(pages[:1])
	for _, p := range pages[1:] {
		outcomes = append(outcomes, p.ask())
	}
	return outcomes
}

func ends(pages []*page) (outcomes []outcome) {
	for _, p := range pages {
		outcomes = append(outcomes, p.end("token"))
	}
	return outcomes
}

// afterwards is how each case goes on: the pages ask again, one after the other, at once and a token's life later.
func (w *world) afterwards(pages ...*page) {
	w.Helper()
	for _, p := range pages {
		w.facts.next = append(w.facts.next, p.ask())
	}
	w.facts.phase()
	w.facts.later = expire(pages...)
	w.facts.phase()
}
