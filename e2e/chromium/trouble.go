package chromium

import (
	"strings"
	"sync"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Freeze hides the page and stops it, as a browser stops a tab that nobody has looked at for long: no timer, no answer and no promise goes on
// in it. Only what Eval can do at once still works.
func (tab *Tab) Freeze() {
	tab.Helper()
	tab.focus(false)
	tab.lifecycle(page.SetWebLifecycleStateStateFrozen)
}

// Thaw lets it go on, and shows it again. The page hears resume and visibilitychange.
func (tab *Tab) Thaw() {
	tab.Helper()
	tab.lifecycle(page.SetWebLifecycleStateStateActive)
	tab.focus(true)
	tab.WaitFor("document.visibilityState == 'visible'")
}

func (tab *Tab) lifecycle(state page.SetWebLifecycleStateState) {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state})
	require.NoError(tab, err)
}

// focus is the only way to show a page that freezing has hidden: without a window, bringing it to the front doesn't.
func (tab *Tab) focus(on bool) {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: on})
	require.NoError(tab, err)
}

// Offline takes the tab off the network, or puts it back. The page hears it, and navigator.onLine says so.
func (tab *Tab) Offline(offline bool) {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
		Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
	})
	require.NoError(tab, err)
	conditions := []*network.Conditions{}
	if offline {
		conditions = append(conditions, &network.Conditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
	}
	_, err = chromedp.Call(tab.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: conditions})
	require.NoError(tab, err)
	tab.WaitFor("navigator.onLine == " + map[bool]string{true: "false", false: "true"}[offline])
}

// ForgetSite deletes everything that the page's origin has stored, as a user does in the browser's settings.
func (tab *Tab) ForgetSite() {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: tab.Text("location.origin"), StorageTypes: "all"})
	require.NoError(tab, err)
	tab.Eval("sessionStorage.clear()") // belongs to the tab and is left out
}

// lost counts the requests that shall be lost before they are sent.
type lost struct {
	mu     sync.Mutex
	suffix string
	left   int
}

// Lose makes the next n requests whose address ends in suffix fail inside the browser: no server hears of them, and the page can't know.
func (tab *Tab) Lose(suffix string, n int) {
	tab.Helper()
	tab.lost.mu.Lock()
	tab.lost.suffix, tab.lost.left = suffix, n
	tab.lost.mu.Unlock()
	_, err := chromedp.Call(tab.ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*" + suffix}}})
	require.NoError(tab, err)
}

// paused decides about a request that Lose stops. Commands can't be sent from inside the loop that reads the browser's events.
func (tab *Tab) paused(event any) {
	e, ok := event.(*fetch.EventRequestPaused)
	if !ok {
		return
	}
	tab.lost.mu.Lock()
	lose := tab.lost.left > 0 && strings.HasSuffix(e.Request.URL, tab.lost.suffix)
	if lose {
		tab.lost.left--
	}
	tab.lost.mu.Unlock()
	go func() {
		if lose {
			_, _ = chromedp.Call(tab.ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: e.RequestID, ErrorReason: network.ErrorReasonConnectionReset})
		} else {
			_, _ = chromedp.Call(tab.ctx, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: e.RequestID})
		}
	}()
}

// BlockThirdPartyCookies makes the browser hide a site's cookies from its frames in pages of another site, from the next page on.
func (tab *Tab) BlockThirdPartyCookies() {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, network.SetCookieControls, network.SetCookieControlsParams{EnableThirdPartyCookieRestriction: true})
	require.NoError(tab, err)
}
