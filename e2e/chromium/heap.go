package chromium

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Heap collects the page's garbage and returns the bytes that are left to its scripts. A module's memory isn't among them.
func (tab *Tab) Heap() float64 {
	tab.Helper()
	for range 2 { // what a finalizer of the first lets go
		_, err := chromedp.Call(tab.ctx, heapprofiler.CollectGarbage, cdp.Empty{})
		require.NoError(tab, err)
	}
	usage, err := chromedp.Call(tab.ctx, runtime.GetHeapUsage, cdp.Empty{})
	require.NoError(tab, err)
	return usage.UsedSize
}
