package chromium

import (
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
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

// Heap is how many bytes the page's script holds, after its garbage is gone: objects, and what the browser keeps for them, buffers and
// the memory of WebAssembly among it. Workers aren't counted.
func (tab *Tab) Heap() float64 {
	tab.Helper()
	for range 2 { // what the first finds dead may have kept something else alive
		_, err := chromedp.Call(tab.ctx, heapprofiler.CollectGarbage, cdp.Empty{})
		require.NoError(tab, err)
	}
	used, err := chromedp.Call(tab.ctx, runtime.GetHeapUsage, cdp.Empty{})
	require.NoError(tab, err)
	return used.UsedSize + used.EmbedderHeapUsedSize + used.BackingStorageSize
}
