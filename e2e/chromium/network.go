package chromium

import (
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Offline takes the network away from the tab's pages, or gives it back. They hear of it as they would on a train: navigator.onLine, the
// events, and requests that fail.
func (tab *Tab) Offline(offline bool) {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: offline, DownloadThroughput: -1, UploadThroughput: -1}},
	})
	require.NoError(tab, err)
	_, err = chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
		Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
	})
	require.NoError(tab, err)
}
