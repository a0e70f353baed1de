package storage

import (
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// Custom is a Store made of the application's own cache object: get, set and remove, each returning a promise.
type Custom struct{ cache js.Value }

// NewCustom takes over the handle of a cache object.
func NewCustom(cache js.Value) *Custom { return &Custom{cache} }

// Get implements Store.
func (c *Custom) Get(key string) (string, bool, error) {
	var s bridge.Scope
	defer s.Close()
	v, err := s.AwaitCall(c.cache, "get", key)
	if err != nil {
		return "", false, ErrUnavailable
	}
	text, ok := bridge.StringOf(v)
	if !ok && !v.IsUndefined() && !v.IsNull() {
		return "", false, ErrCorrupt
	}
	return text, ok, nil
}

// Set implements Store.
func (c *Custom) Set(key, text string) error { return c.do("set", key, text) }

// Remove implements Store.
func (c *Custom) Remove(key string) error { return c.do("remove", key) }

func (c *Custom) do(method string, args ...any) error {
	var s bridge.Scope
	defer s.Close()
	_, err := s.AwaitCall(c.cache, method, args...)
	return problem(err)
}

// Keys implements Store: it finds none, because not every application's cache can list them.
func (c *Custom) Keys(string) ([]string, error) { return nil, nil }
