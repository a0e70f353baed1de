package chromium

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Browser is one running Chromium without a window.
type Browser struct {
	ctx  context.Context
	stop context.CancelFunc
}

// Start starts the Chromium at path.
func Start(path string) (*Browser, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		// Nothing but what the test asks for may use the network or the machine.
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		stopAllocator()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return &Browser{ctx, func() {
		stop()
		stopAllocator()
	}}, nil
}

// Close ends the browser and everything it wrote.
func (b *Browser) Close() { b.stop() }

// Open opens a tab in a profile of its own: no cookie and no record of another test is in it. The profile ends with the test, and not with
// the tab.
func (b *Browser) Open(t testing.TB) *Tab {
	t.Helper()
	keep := false
	profile, err := chromedp.CallBrowser(b.ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{DisposeOnDetach: &keep})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, _ = chromedp.CallBrowser(b.ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams(profile))
	})
	return newTab(t, b.ctx, profile.BrowserContextID, chromedp.WithExistingBrowserContext(profile.BrowserContextID))
}

// patience is how long anything may take before a test gives up on it. It is generous: on a busy machine compiling Go's module alone
// can take seconds.
const patience = 60 * time.Second
