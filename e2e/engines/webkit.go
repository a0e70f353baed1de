package engines

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/postern-auth/postern/e2e/chromium"
)

// webkit speaks WebDriver with WebKitGTK's driver: https://www.w3.org/TR/webdriver2/. It wants a display, which nobody looks at, and has
// one session at a time.
type webkit struct {
	display, driver *process
	url, browser    string
}

// WebKit starts what starts WebKitGTK.
func WebKit(ctx context.Context, log io.Writer) (Engine, error) {
	driver, err := chromium.Program(ctx, log, "webkit2gtk-driver", "WebKitWebDriver")
	if err != nil {
		return nil, err
	}
	xvfb, err := chromium.Program(ctx, log, "xvfb", "Xvfb")
	if err != nil {
		return nil, err
	}
	browsers, _ := filepath.Glob("/usr/lib*/*/webkit2gtk-4.*/MiniBrowser")
	if len(browsers) == 0 {
		return nil, errors.New("there is a WebKitWebDriver, but no MiniBrowser")
	}
	w := &webkit{browser: browsers[0]}
	display, stdout, _, err := launch(nil, xvfb, "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	if err != nil {
		return nil, err
	}
	w.display = display
	number, err := line(stdout, "")
	if err == nil {
		err = w.drive(driver, number)
	}
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("start %s: %w", driver, err)
	}
	return w, nil
}

// drive starts the driver on a port that is free. It doesn't say when it listens.
func (w *webkit) drive(driver, display string) error {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := strconv.Itoa(free.Addr().(*net.TCPAddr).Port)
	if err := free.Close(); err != nil {
		return err
	}
	w.url = "http://127.0.0.1:" + port
	if w.driver, _, _, err = launch([]string{"DISPLAY=:" + display, "GDK_BACKEND=x11"}, driver, "--port="+port, "--host=127.0.0.1"); err != nil {
		return err
	}
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if _, err = w.call(http.MethodGet, "/status", nil); err == nil || time.Now().After(end) {
			return err
		}
	}
}

func (w *webkit) Close() {
	if w.driver != nil {
		w.driver.end()
	}
	w.display.end()
}

var client = &http.Client{Timeout: patience}

func (w *webkit) call(method, path string, params any) (json.RawMessage, error) {
	var body bytes.Buffer
	if params != nil {
		if err := json.NewEncoder(&body).Encode(params); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequest(method, w.url+path, &body)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var r struct{ Value json.RawMessage }
	if err := json.NewDecoder(response.Body).Decode(&r); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s %s: %s", method, path, r.Value)
	}
	return r.Value, nil
}

func (w *webkit) Open(t *testing.T) (Tab, error) {
	raw, err := w.call(http.MethodPost, "/session", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": w.browser, "args": []string{"--automation"}},
		"timeouts":                 map[string]any{"script": patience.Milliseconds() / 2, "pageLoad": patience.Milliseconds() / 2},
	}}})
	var made struct{ SessionID string }
	if err == nil {
		err = json.Unmarshal(raw, &made)
	}
	if err != nil {
		return nil, err
	}
	s := &webkitSession{webkit: w, path: "/session/" + made.SessionID}
	t.Cleanup(func() { _, _ = w.call(http.MethodDelete, s.path, nil) })
	handle, err := s.text(http.MethodGet, "/window")
	return &webkitTab{s, handle}, err
}

// webkitSession has one tab at a time that commands go to.
type webkitSession struct {
	*webkit
	path string
	mu   sync.Mutex
}

func (s *webkitSession) do(method, command string, params any, into any) error {
	raw, err := s.call(method, s.path+command, params)
	if err != nil || into == nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

func (s *webkitSession) text(method, command string) (text string, err error) {
	err = s.do(method, command, nil, &text)
	return text, err
}

type webkitTab struct {
	*webkitSession
	handle string
}

// in sends a command to this tab.
func (tab *webkitTab) in(method, command string, params any, into any) error {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	if err := tab.do(http.MethodPost, "/window", map[string]any{"handle": tab.handle}, nil); err != nil {
		return err
	}
	return tab.do(method, command, params, into)
}

func (tab *webkitTab) Load(url string) error {
	return tab.in(http.MethodPost, "/url", map[string]any{"url": url}, nil)
}

func (tab *webkitTab) Eval(expression string) (json.RawMessage, error) {
	var done struct{ Value, Error string }
	err := tab.in(http.MethodPost, "/execute/async", map[string]any{
		"script": "const done = arguments[0]; " + inPage(expression) + ".then((value) => done({value}), (e) => done({error: e + ' ' + e?.stack}))",
		"args":   []any{},
	}, &done)
	if err == nil && done.Error != "" {
		err = errors.New(done.Error)
	}
	return json.RawMessage(done.Value), err
}

func (tab *webkitTab) Sibling() (Tab, error) {
	var made struct{ Handle string }
	err := tab.in(http.MethodPost, "/window/new", map[string]any{"type": "tab"}, &made)
	return &webkitTab{tab.webkitSession, made.Handle}, err
}

func (tab *webkitTab) Opened(expression string) (Tab, error) {
	var before, now []string
	if err := tab.do(http.MethodGet, "/window/handles", nil, &before); err != nil {
		return nil, err
	}
	if err := tab.click(expression); err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err := tab.do(http.MethodGet, "/window/handles", nil, &now); err != nil {
			return nil, err
		}
		for _, handle := range now {
			if !slices.Contains(before, handle) {
				return &webkitTab{tab.webkitSession, handle}, nil
			}
		}
	}
	return nil, fmt.Errorf("%s opened no tab", expression)
}

// click runs an expression in a click of the user's, without which this engine opens no window.
func (tab *webkitTab) click(expression string) error {
	if _, err := tab.Eval("void addEventListener('click', () => void (" + expression + "), {once: true, capture: true})"); err != nil {
		return err
	}
	var element map[string]string // its one name is the standard's, its value what commands call it
	if err := tab.in(http.MethodPost, "/element", map[string]any{"using": "css selector", "value": "html"}, &element); err != nil {
		return err
	}
	for _, id := range element {
		return tab.in(http.MethodPost, "/element/"+id+"/click", map[string]any{}, nil)
	}
	return errors.New("the page has no element")
}

func (tab *webkitTab) Close() error { return tab.in(http.MethodDelete, "/window", nil, nil) }
