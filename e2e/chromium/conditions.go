package chromium

import (
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Network is a connection as Chromium emulates one. Opening a connection costs nothing there: the latency is that of each request.
type Network struct {
	Latency time.Duration
	// Down and Up are in bits a second.
	Down, Up float64
}

// Slow gives the tab such a connection, from its next request on.
func (tab *Tab) Slow(n Network) {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{
			Latency: float64(n.Latency / time.Millisecond), DownloadThroughput: n.Down / 8, UploadThroughput: n.Up / 8,
		}},
	})
	require.NoError(tab, err)
}
