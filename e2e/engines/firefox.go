package engines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/postern-auth/postern/e2e/chromium"
)

// firefox speaks WebDriver BiDi with Firefox itself: https://www.w3.org/TR/webdriver-bidi/.
type firefox struct {
	process *process
	profile string
	socket  *socket

	mu      sync.Mutex
	last    int
	waiting map[int]chan reply
}

type reply struct {
	ID             int
	Type           string
	Result         json.RawMessage
	Error, Message string
}

// Firefox starts Firefox.
func Firefox(ctx context.Context, log io.Writer) (Engine, error) {
	path, err := chromium.Program(ctx, log, "firefox-esr", "firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox")
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "postern-firefox-")
	if err != nil {
		return nil, err
	}
	f := &firefox{profile: profile, waiting: map[int]chan reply{}}
	// HOME may belong to somebody else, which Firefox refuses.
	p, _, stderr, err := launch([]string{"HOME=" + profile, "MOZ_CRASHREPORTER_DISABLE=1"}, path,
		"--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(profile))
	}
	f.process = p
	address, err := line(stderr, "WebDriver BiDi listening on ")
	if err == nil {
		f.socket, err = dial(address + "/session")
	}
	if err == nil {
		go f.listen()
		_, err = f.call("session.new", map[string]any{"capabilities": map[string]any{}})
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return f, nil
}

func (f *firefox) Close() {
	f.process.end()
	_ = os.RemoveAll(f.profile)
}

func (f *firefox) listen() {
	for {
		message, err := f.socket.read()
		if err != nil {
			return // whoever waits gives up in time
		}
		var r reply
		if json.Unmarshal(message, &r) != nil || r.ID == 0 { // an event
			continue
		}
		f.mu.Lock()
		if answer := f.waiting[r.ID]; answer != nil {
			answer <- r
		}
		f.mu.Unlock()
	}
}

func (f *firefox) call(method string, params map[string]any) (json.RawMessage, error) {
	answer := make(chan reply, 1)
	f.mu.Lock()
	f.last++
	id := f.last
	f.waiting[id] = answer
	message, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err == nil {
		err = f.socket.write(opText, message)
	}
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		delete(f.waiting, id)
		f.mu.Unlock()
	}()
	if err != nil {
		return nil, err
	}
	select {
	case r := <-answer:
		if r.Type == "error" {
			return nil, fmt.Errorf("%s: %s: %s", method, r.Error, r.Message)
		}
		return r.Result, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("%s: no answer", method)
	}
}

func (f *firefox) Open(t *testing.T) (Tab, error) {
	raw, err := f.call("browser.createUserContext", map[string]any{})
	var made struct{ UserContext string }
	if err == nil {
		err = json.Unmarshal(raw, &made)
	}
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _, _ = f.call("browser.removeUserContext", map[string]any{"userContext": made.UserContext}) })
	return (&firefoxTab{firefox: f, profile: made.UserContext}).Sibling()
}

type firefoxTab struct {
	*firefox
	profile, context string
}

func (tab *firefoxTab) Load(url string) error {
	_, err := tab.call("browsingContext.navigate", map[string]any{"context": tab.context, "url": url, "wait": "complete"})
	return err
}

func (tab *firefoxTab) Eval(expression string) (json.RawMessage, error) {
	raw, err := tab.call("script.evaluate", map[string]any{
		"expression": inPage(expression), "target": map[string]any{"context": tab.context}, "awaitPromise": true, "userActivation": true,
	})
	if err != nil {
		return nil, err
	}
	var done struct {
		Result           struct{ Value string }
		ExceptionDetails *struct{ Text string }
	}
	if err := json.Unmarshal(raw, &done); err != nil {
		return nil, err
	}
	if done.ExceptionDetails != nil {
		return nil, errors.New(done.ExceptionDetails.Text)
	}
	return json.RawMessage(done.Result.Value), nil
}

func (tab *firefoxTab) Sibling() (Tab, error) {
	raw, err := tab.call("browsingContext.create", map[string]any{"type": "tab", "userContext": tab.profile})
	var made struct{ Context string }
	if err == nil {
		err = json.Unmarshal(raw, &made)
	}
	return &firefoxTab{tab.firefox, tab.profile, made.Context}, err
}

func (tab *firefoxTab) Opened(expression string) (Tab, error) {
	before, err := tab.contexts()
	if err != nil {
		return nil, err
	}
	if _, err := tab.Eval("void (" + expression + ")"); err != nil {
		return nil, err
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		now, err := tab.contexts()
		if err != nil {
			return nil, err
		}
		for context := range now {
			if !before[context] {
				return &firefoxTab{tab.firefox, tab.profile, context}, nil
			}
		}
	}
	return nil, fmt.Errorf("%s opened no tab", expression)
}

// contexts are the tabs of the profile.
func (tab *firefoxTab) contexts() (map[string]bool, error) {
	raw, err := tab.call("browsingContext.getTree", map[string]any{"maxDepth": 0})
	if err != nil {
		return nil, err
	}
	var tree struct {
		Contexts []struct{ Context, UserContext string }
	}
	all := map[string]bool{}
	err = json.Unmarshal(raw, &tree)
	for _, c := range tree.Contexts {
		if c.UserContext == tab.profile {
			all[c.Context] = true
		}
	}
	return all, err
}

func (tab *firefoxTab) Close() error {
	_, err := tab.call("browsingContext.close", map[string]any{"context": tab.context})
	return err
}
