package storage

import (
	"strings"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// Web is a Store in the browser's Web Storage.
type Web string

// Session is the tab's sessionStorage: it survives a reload and ends with the tab.
func Session() Web { return "sessionStorage" }

// Local is the origin's localStorage: it survives the browser and is shared by all tabs.
func Local() Web { return "localStorage" }

// call calls a method of the storage object. Reading window.localStorage itself throws where cookies are blocked, so it is read each time:
// the user may block or allow it while the page is open.
func (w Web) call(method string, args ...string) (text string, isText bool, err error) {
	area := bridge.Get(js.Global(), string(w))
	text, isText, err = bridge.Call(area, method, args...)
	bridge.Release(area)
	return text, isText, problem(err)
}

// problem says what an exception of a store means.
func problem(err error) error {
	if bridge.Named(err) == "QuotaExceededError" {
		return ErrFull
	}
	if err != nil {
		return ErrUnavailable
	}
	return nil
}

// Get implements Store.
func (w Web) Get(key string) (text string, ok bool, err error) { return w.call("getItem", key) }

// Set implements Store.
func (w Web) Set(key, text string) error {
	_, _, err := w.call("setItem", key, text)
	return err
}

// Remove implements Store.
func (w Web) Remove(key string) error {
	_, _, err := w.call("removeItem", key)
	return err
}

// Keys implements Store.
func (w Web) Keys(prefix string) (keys []string, err error) {
	const most = 10_000 // a page may have put its own object in the storage's place
	for i := range int64(most) {
		key, ok, err := w.call("key", bridge.Decimal(i))
		if !ok { // null, past the end
			return keys, err
		}
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
