package engines

import (
	"context"
	"encoding/json"
	"io"
	"testing"

	"github.com/postern-auth/postern/e2e/chromium"
)

type chrome struct{ *chromium.Browser }

// Chromium starts Chromium, which the other tests drive too.
func Chromium(ctx context.Context, log io.Writer) (Engine, error) {
	b, err := chromium.StartShell(ctx, log)
	return chrome{b}, err
}

func (c chrome) Open(t *testing.T) (Tab, error) { return newChromeTab(c.Browser.Open(t)), nil }

type chromeTab struct{ tab *chromium.Tab }

// newChromeTab lets the page complain: what it may say is another test's matter.
func newChromeTab(tab *chromium.Tab) Tab {
	tab.Allow("")
	return chromeTab{tab}
}

func (c chromeTab) Load(url string) error {
	c.tab.Goto(url)
	return nil
}

func (c chromeTab) Eval(expression string) (json.RawMessage, error) {
	raw, err := c.tab.Try(inPage(expression))
	var text string
	if err == nil {
		err = json.Unmarshal(raw, &text)
	}
	return json.RawMessage(text), err
}

func (c chromeTab) Sibling() (Tab, error) { return newChromeTab(c.tab.Sibling()), nil }

func (c chromeTab) Opened(expression string) (Tab, error) {
	tab := c.tab.Opened(expression)
	tab.Ends()
	return newChromeTab(tab), nil
}

func (c chromeTab) Close() error {
	c.tab.Close()
	return nil
}
