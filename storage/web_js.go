package storage

import (
	"strings"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// Web is a Store in the browser's Web Storage, or in the loader's memory, which has the same methods.
type Web struct{ name string }

// Session is the tab's sessionStorage: it survives a reload and ends with the tab.
func Session() *Web { return &Web{"sessionStorage"} }

// Local is the origin's localStorage: it survives the browser and is shared by all tabs.
func Local() *Web { return &Web{"localStorage"} }

// Page is the page's memory, kept by the loader: it outlives an instance of the module, which may be replaced.
func Page() *Web { return &Web{"memory"} }

// with runs use on the storage object. Reading window.localStorage itself throws where cookies are blocked, so it is read each time: the
// user may block or allow it while the page is open.
func (w *Web) with(use func(s *bridge.Scope, area js.Value) error) error {
	var s bridge.Scope
	defer s.Close()
	owner := js.Global()
	if w.name == "memory" {
		owner = bridge.Host()
	}
	area, err := s.Get(owner, w.name)
	if err != nil || area.Type() != js.TypeObject {
		return ErrUnavailable
	}
	return webError(use(&s, area))
}

func webError(err error) error {
	switch {
	case err == nil:
		return nil
	case bridge.Named(err) == "QuotaExceededError":
		return ErrFull
	}
	return ErrUnavailable
}

// Get implements Store.
func (w *Web) Get(key string) (text string, ok bool, err error) {
	err = w.with(func(_ *bridge.Scope, area js.Value) error {
		text, ok, err = bridge.Text(area, "getItem", key)
		return err
	})
	return text, ok, err
}

// Set implements Store.
func (w *Web) Set(key, text string) error {
	return w.with(func(_ *bridge.Scope, area js.Value) error {
		return bridge.Do(area, "setItem", key, text)
	})
}

// Remove implements Store.
func (w *Web) Remove(key string) error {
	return w.with(func(_ *bridge.Scope, area js.Value) error {
		return bridge.Do(area, "removeItem", key)
	})
}

// Keys implements Store.
func (w *Web) Keys(prefix string) (keys []string, err error) {
	err = w.with(func(_ *bridge.Scope, area js.Value) error {
		for i := range bridge.GetInt(area, "length") {
			key, _, err := bridge.Text(area, "key", i)
			if err != nil {
				return err
			}
			if strings.HasPrefix(key, prefix) {
				keys = append(keys, key)
			}
		}
		return nil
	})
	return keys, err
}
