package e2e

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// What the cases F1 to F17 have in common. Their clients don't renew by themselves, so that every request is one that the test has asked for,
// and tokens live for longer than any case takes: they end when the test moves the page's clock.

const (
	alone  = "{ahead: 0, backgroundRenewal: false}"                                // each tab has a store of its own
	shared = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage'}" // all tabs have one
	custom = "{ahead: 0, backgroundRenewal: false, ownCache: true}"                // the application's, which answers later
	brief  = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage', httpTimeoutInSeconds: 1}"
)

// With a worker each tab's session is in that worker's memory and ends with its page. So of the cases F1 to F17 it has
//
//	F1   in one tab alone: what is asked for at once
//	F2   a page that goes takes its session along: what is left is no lock and no harm; a worker that goes is F10
//	F3 to F7, F10, F11, F13, F15, F17   as in the page
//	F8   in one tab alone, where a page that sleeps is F5's: no other waits for its lock
//	F9   a store that is cleared or full, and is none of its own: nobody notices
//	F12, F14, F16   not: no other tab, no other version and no copy of a tab has what is in a worker's memory
const (
	inWorker      = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory'}"
	briefInWorker = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', httpTimeoutInSeconds: 1}"
	awakeInWorker = "{ahead: 0, cacheLocation: 'memory'}" // with background renewal
)

// inMemory says that sessions end with their pages.
func inMemory(options string) bool { return strings.Contains(options, "'memory'") }

// each runs a case with each of these options and every build.
func each(t *testing.T, all map[string]string, test func(t *testing.T, b build, options string)) {
	t.Helper()
	for name, options := range all {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) { test(t, b, options) })
		})
	}
}

// eachVault runs a case with the vault in the page and in a worker, and with every build.
func eachVault(t *testing.T, test func(t *testing.T, b build, options string)) {
	t.Helper()
	each(t, map[string]string{"in the page": alone, "in a worker": inWorker}, test)
}

const life = 5 * time.Minute

// calm is the provider that the cases want.
func calm(c *stack.Config) {
	c.AccessTokenLifetime = life
	c.IDTokenLifetime = 48 * time.Hour
}

// overlapping accepts the last refresh token once more, as a provider must for an answer that was lost not to cost the session.
func overlapping(c *stack.Config) {
	calm(c)
	c.RotationOverlap = time.Hour
}

// age lets every token of these tabs end.
func age(tabs ...*app) {
	for _, tab := range tabs {
		tab.Helper()
		tab.Eval("t.ahead += " + strconv.FormatInt((life+time.Second).Milliseconds(), 10))
	}
}

// renew asks each tab for a token and doesn't wait.
func renew(tabs ...*app) {
	for _, tab := range tabs {
		tab.Helper()
		tab.begin("token", "t.client.getTokenSilently()")
	}
}

// held starts a renewal in each tab and returns when one request has come to the point.
func held(t *testing.T, at fault.Point, tabs ...*app) *fault.Barrier {
	t.Helper()
	gate := tabs[0].stack.Faults().Hold(at, 1)
	renew(tabs...)
	arrived(t, gate)
	return gate
}

// arrived waits for a request at the gate.
func arrived(t *testing.T, gate *fault.Barrier) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, gate.Arrived(ctx, 1))
}

func itoa(n int) string { return strconv.Itoa(n) }

// points are where a token request can be stopped; lostPoints those after which the provider has rotated, and the browser doesn't send again.
var (
	points     = []fault.Point{fault.BeforeCommit, fault.AfterCommit, fault.AfterHeaders, fault.MidBody}
	lostPoints = []fault.Point{fault.AfterHeaders, fault.MidBody}
)

// kept says that no refresh token was used more often than that, and that families have ended for these reasons and no others.
func (a *app) kept(uses int, ended ...ledger.Reason) {
	a.Helper()
	assert.LessOrEqual(a, a.stack.Ledger().MaxUses(), uses, "a refresh token was used too often")
	reasons := []ledger.Reason{}
	for _, r := range a.stack.Ledger().Revocations() {
		reasons = append(reasons, r.Reason)
	}
	if len(ended) == 0 {
		assert.Empty(a, reasons, "a family was lost")
	} else {
		assert.Equal(a, ended, reasons)
	}
}

// endedOnce says that the application was told once, and once only, that the session is over: it prompts its user once.
func (a *app) endedOnce() {
	a.Helper()
	told := a.values("t.told('session').map(s => s.status)")
	assert.Equal(a, []string{"signed-out"}, told[max(0, len(told)-1):], "%v", told)
	assert.Len(a, slices.DeleteFunc(slices.Clone(told), func(s string) bool { return s != "signed-out" }), 1, "%v", told)
	assert.Equal(a, "", a.subject())
	a.fails("login_required", "t.client.getTokenSilently()")
	a.fails("login_required", "t.client.getTokenSilently()")
}

// atRest waits until no page holds a lock: one that did could not go into the back/forward cache.
func (a *app) atRest() {
	a.Helper()
	a.WaitFor("navigator.locks.query().then(l => l.held.length + l.pending.length == 0)")
}

// lockedOut waits until so many tabs wait for the lock of another.
func (a *app) lockedOut(n int) {
	a.Helper()
	a.WaitFor("navigator.locks.query().then(l => l.held.length >= 1 && l.pending.length >= " + itoa(n) + ")")
}

// warned are the codes of all warnings so far.
func (a *app) warned() []string {
	a.Helper()
	return a.values("t.told('warning').map(w => w.code)")
}

// forgetSends starts the count of t.sends() anew.
func (a *app) forgetSends() {
	a.Helper()
	a.Eval("performance.clearResourceTimings()")
}

// becomes waits until the page has been told of a state that it didn't ask for.
func (a *app) becomes(condition string) {
	a.Helper()
	a.WaitFor("(s => " + condition + ")(t.client.session())")
}

// tabs opens n more tabs of the app with a client each.
func (a *app) tabs(n int, options string) (all []*app) {
	a.Helper()
	for range n {
		tab := a.anotherTab()
		tab.create(options)
		all = append(all, tab)
	}
	return all
}

// lossy allows what the browser says to the console about requests that were lost.
func (a *app) lossy() {
	a.Allow("net::ERR_")
	a.Allow("the server responded with a status of")
}

// outlives has another tab die in the middle of a renewal. This one finds the attempt, and replays it.
func (a *app) outlives(t *testing.T, other *app) {
	t.Helper()
	age(a, other)
	gate := held(t, fault.AfterCommit, other)
	other.Close()
	gate.Release()
	a.token()
	assert.Equal(t, 2, a.refreshes())
	age(a)
	a.token()
	a.kept(2)
	a.greeted("demo|alice")
}

// text is the string that a promise came to.
func (a *app) text(name string) (s string) {
	a.Helper()
	o := a.end(name)
	require.Nil(a, o.Error, "%+v", o.Error)
	require.NoError(a, json.Unmarshal(o.Value, &s))
	return s
}

// same compares tokens without printing them whole.
func same(t *testing.T, want, got string, message ...any) {
	t.Helper()
	tail := func(token string) string { return token[max(0, len(token)-8):] }
	assert.Equal(t, tail(want), tail(got), message...)
}

// at are the same options with a clock that is so many lives of a token ahead.
func at(options string, lives int) string {
	return "{..." + options + ", ahead: " + itoa(lives*int((life+time.Second).Milliseconds())) + "}"
}
