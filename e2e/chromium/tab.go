package chromium

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Tab is a page in the browser. What goes wrong in its methods fails the test, and so does what its pages complain about, at the end.
type Tab struct {
	testing.TB
	Console

	ctx     context.Context
	browser context.Context // a tab may end before the tabs that it has opened
	profile cdp.BrowserContextID
	finish  func()
	ends    bool
	lost    lost
}

func newTab(t testing.TB, browser context.Context, profile cdp.BrowserContextID, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	tab := &Tab{TB: t, browser: browser, profile: profile}
	ctx, closeTab := chromedp.NewContext(browser, append(options, chromedp.WithListener(tab.hear), chromedp.WithListener(tab.paused))...)
	tab.ctx = ctx
	tab.finish = sync.OnceFunc(func() {
		defer closeTab()
		if t.Failed() {
			t.Logf("the tab was at %s\n%s", tab.lastURL(), tab.Transcript())
		}
		for _, complaint := range tab.complaints() {
			t.Errorf("the page complained, which nobody had allowed: %s", complaint)
		}
	})
	t.Cleanup(tab.finish)
	require.NoError(t, chromedp.Do(ctx))
	return tab
}

// Close closes the tab as its user does: the page gets no time to finish anything. Tabs that nobody closes end with the test.
func (tab *Tab) Close() { tab.finish() }

// Sibling opens another tab of the same profile.
func (tab *Tab) Sibling() *Tab {
	tab.Helper()
	return newTab(tab.TB, tab.browser, tab.profile, chromedp.WithExistingBrowserContext(tab.profile))
}

// Opened returns the tab that an expression opens.
func (tab *Tab) Opened(expression string) *Tab {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	self := chromedp.FromContext(tab.ctx).Target.TargetID
	// The browser tells every tab of every new one, those of other tests too.
	opened := chromedp.WaitNewTarget(ctx, func(info *target.Info) bool { return info.OpenerID == self })
	tab.Eval("void (" + expression + ")")
	select {
	case id := <-opened:
		tab.arrives(ctx, id)
		return newTab(tab.TB, tab.browser, tab.profile, chromedp.WithTargetID(id))
	case <-ctx.Done():
		tab.Fatalf("%s opened no tab", expression)
		return nil
	}
}

// arrives waits until a new tab has gone somewhere: one that is on its way can't be spoken to.
func (tab *Tab) arrives(ctx context.Context, id target.ID) {
	tab.Helper()
	for {
		result, err := chromedp.CallBrowser(ctx, target.GetTargets, target.GetTargetsParams{})
		require.NoError(tab, err, "the tab that was opened went nowhere")
		if slices.ContainsFunc(result.TargetInfos, func(info *target.Info) bool {
			return info.TargetID == id && info.URL != "" && info.URL != "about:blank"
		}) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Ends says that the page will close its tab by itself, which is no reason for complaint.
func (tab *Tab) Ends() { tab.ends = true }

// Goto loads a page.
func (tab *Tab) Goto(url string) {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	require.NoError(tab, chromedp.Do(ctx, chromedp.Navigate(url)), "load %s", url)
}

// Reload loads the page again, from the network as a user's reload does.
func (tab *Tab) Reload() {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	require.NoError(tab, chromedp.Do(ctx, chromedp.Reload()))
}

// Eval runs an expression in the page, waits for its promise and decodes its result, which must be JSON, into the given pointers.
func (tab *Tab) Eval(expression string, into ...any) {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
	require.NoError(tab, err, "%s", expression)
	for _, p := range into {
		if raw == nil { // undefined
			raw = []byte("null")
		}
		require.NoError(tab, json.Unmarshal(raw, p), "%s is %s", expression, raw)
	}
}

// Try is Eval where an expression may fail, as in a page on its way out.
func (tab *Tab) Try(expression string) (json.RawMessage, error) {
	ctx, cancel := tab.deadline()
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[[]byte](expression, chromedp.EvalAwaitPromise))
}

// truth waits for a promise first: as an object, every promise is true.
func truth(expression string) string { return "(async () => !!(await (" + expression + ")))()" }

// Text returns an expression's string.
func (tab *Tab) Text(expression string) (s string) {
	tab.Helper()
	tab.Eval(expression, &s)
	return s
}

// Bool returns an expression's truth.
func (tab *Tab) Bool(expression string) (b bool) {
	tab.Helper()
	tab.Eval(truth(expression), &b)
	return b
}

// URL is what the address bar shows.
func (tab *Tab) URL() string {
	tab.Helper()
	return tab.Text("location.href")
}

// WaitFor waits until an expression is true, across page loads too. It looks from outside, every few milliseconds: a promise inside the
// page would end with the page.
func (tab *Tab) WaitFor(expression string) {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	last := "it was false"
	for {
		raw, err := chromedp.Run(ctx, chromedp.Evaluate[[]byte](truth(expression), chromedp.EvalAwaitPromise))
		switch {
		case bytes.Equal(raw, []byte("true")):
			return
		case err != nil && ctx.Err() == nil: // a page on its way out, or one that isn't all there yet
			last = err.Error()
		}
		select {
		case <-ctx.Done():
			tab.Fatalf("waited in vain for %s: %s", expression, last)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Click presses a button, as soon as there is one. It doesn't aim with the mouse: a page that is still being laid out moves away under it.
func (tab *Tab) Click(selector string) {
	tab.Helper()
	element := "document.querySelector(" + Quote(selector) + ")"
	tab.WaitFor("document.readyState == 'complete' && " + element)
	tab.Eval(element + ".click()")
}

// Fill replaces what a field holds.
func (tab *Tab) Fill(selector, text string) {
	tab.Helper()
	element := "document.querySelector(" + Quote(selector) + ")"
	tab.WaitFor(element)
	tab.Eval(element + ".value = " + Quote(text))
}

// BeforeScripts runs a script in every page that is loaded from now on, before the page's own.
func (tab *Tab) BeforeScripts(script string) {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	require.NoError(tab, err)
}

// History returns the addresses that the back button goes through, oldest first, and the position in them.
func (tab *Tab) History() (urls []string, at int) {
	tab.Helper()
	result, err := chromedp.Run(tab.ctx, chromedp.NavigationEntries())
	require.NoError(tab, err)
	for _, entry := range result.Entries {
		urls = append(urls, entry.URL)
	}
	return urls, int(result.CurrentIndex)
}

// Back presses the back button so often, or forward where steps is negative.
func (tab *Tab) Back(steps int) {
	tab.Helper()
	urls, at := tab.History()
	require.True(tab, at-steps >= 0 && at-steps < len(urls), "%d steps back from %d in %v", steps, at, urls)
	result, err := chromedp.Run(tab.ctx, chromedp.NavigationEntries())
	require.NoError(tab, err)
	// Not chromedp's own: a page that comes out of the back/forward cache has no load event to wait for.
	_, err = chromedp.Call(tab.ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: result.Entries[at-steps].ID})
	require.NoError(tab, err)
	tab.WaitFor("location.href == " + Quote(urls[at-steps]))
}

// Quote makes a JavaScript string.
func Quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

func (tab *Tab) deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(tab.ctx, patience)
}

func (tab *Tab) lastURL() string {
	ctx, cancel := context.WithTimeout(tab.ctx, time.Second)
	defer cancel()
	url, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return url
}

// complaints returns what nobody had allowed. The command before makes sure that everything the page has said so far has arrived.
func (tab *Tab) complaints() []string {
	if err := chromedp.Do(tab.ctx, chromedp.Evaluate[chromedp.Void]("0")); err != nil && !tab.ends && !errors.Is(err, context.Canceled) {
		return []string{"the tab is gone: " + err.Error()}
	}
	return slices.Clone(tab.unexpected())
}
