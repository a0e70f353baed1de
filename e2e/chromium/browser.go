package chromium

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Browser is one running Chromium without a window.
type Browser struct {
	ctx  context.Context
	stop context.CancelFunc
}

// oldest is the first major version of Chromium that may do. 150 keeps a page with a shared worker out of the back/forward cache, and 148 has another idea
// of how a test takes it offline.
const oldest = 151

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
	b := &Browser{ctx, func() {
		stop()
		stopAllocator()
	}}
	version, err := chromedp.CallBrowser(ctx, browser.GetVersion, cdp.Empty{})
	if err == nil {
		err = fresh(version.Product)
	}
	if err != nil {
		b.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return b, nil
}

// fresh judges what a browser says that it is, such as "HeadlessChrome/156.0.8078.108".
func fresh(product string) error {
	_, version, _ := strings.Cut(product, "/")
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err == nil && n < oldest {
		return fmt.Errorf("the tests want Chromium %d or newer, and this is %s: update it (Debian: apt-get update && apt-get install chromium chromium-headless-shell), "+
			"or let CHROME_PATH name a newer one", oldest, version)
	}
	return nil
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
