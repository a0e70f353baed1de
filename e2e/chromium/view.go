package chromium

import (
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// View is how a page is shown: in a window of this size, in CSS pixels, to somebody whose system has these settings.
type View struct {
	Width, Height int64
	Dark          bool
	Calm          bool // prefers-reduced-motion
	Forced        bool // forced-colors, as in a high-contrast theme
	// Scale is how many pixels of the screen a CSS pixel has in each direction; 0 is one.
	Scale float64
}

// Show shows the tab so from now on, to every page that is loaded in it.
func (tab *Tab) Show(v View) {
	tab.Helper()
	_, err := chromedp.Call(tab.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: v.Width, Height: v.Height, DeviceScaleFactor: max(v.Scale, 1),
	})
	require.NoError(tab, err)
	either := map[bool][]string{true: {"dark", "reduce", "active"}, false: {"light", "no-preference", "none"}}
	_, err = chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: either[v.Dark][0]},
		{Name: "prefers-reduced-motion", Value: either[v.Calm][1]},
		{Name: "forced-colors", Value: either[v.Forced][2]},
	}})
	require.NoError(tab, err)
	tab.Eval("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))")
}

// Picture is a PNG of what the window shows.
func (tab *Tab) Picture() []byte {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	require.NoError(tab, err)
	return picture
}

// Press types on the keyboard. kb.Tab and its kin are keys that have no letter.
func (tab *Tab) Press(keys string) {
	tab.Helper()
	ctx, cancel := tab.deadline()
	defer cancel()
	require.NoError(tab, chromedp.Do(ctx, chromedp.KeyEvent(keys)))
}
