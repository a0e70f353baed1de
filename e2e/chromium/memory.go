package chromium

import (
	"encoding/json"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Heap is how many bytes the page's scripts hold, after their garbage is gone. A module's memory isn't among them.
func (tab *Tab) Heap() float64 {
	tab.Helper()
	return tab.collected().UsedSize
}

// Memory is how many bytes the page's script holds, after its garbage is gone: objects, what the browser keeps for them, buffers, and the
// memory of WebAssembly, which the browser's own count leaves out. Workers aren't in it.
func (tab *Tab) Memory() float64 {
	tab.Helper()
	used := tab.collected()
	return used.UsedSize + used.EmbedderHeapUsedSize + used.BackingStorageSize + tab.moduleMemory()
}

// moduleMemory finds the memory of all modules among the page's objects: no script hands theirs out.
func (tab *Tab) moduleMemory() (bytes float64) {
	tab.Helper()
	prototype, err := chromedp.Call(tab.ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "WebAssembly.Memory.prototype"})
	require.NoError(tab, err)
	found, err := chromedp.Call(tab.ctx, runtime.QueryObjects, runtime.QueryObjectsParams{PrototypeObjectID: prototype.Result.ObjectID})
	require.NoError(tab, err)
	value := true
	sum, err := chromedp.Call(tab.ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		ObjectID: found.Objects.ObjectID, ReturnByValue: &value,
		FunctionDeclaration: "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }",
	})
	require.NoError(tab, err)
	require.NoError(tab, json.Unmarshal(sum.Result.Value, &bytes))
	return bytes
}

// collected is what is in use when the page's garbage is gone.
func (tab *Tab) collected() runtime.GetHeapUsageResult {
	tab.Helper()
	for range 2 { // what the first finds dead, or lets a finalizer let go, may have kept something else alive
		_, err := chromedp.Call(tab.ctx, heapprofiler.CollectGarbage, cdp.Empty{})
		require.NoError(tab, err)
	}
	used, err := chromedp.Call(tab.ctx, runtime.GetHeapUsage, cdp.Empty{})
	require.NoError(tab, err)
	return used
}
