package storage

import (
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// Custom is a Store made of the application's own cache object: get, set, remove and perhaps allKeys, each returning a promise.
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
	switch v.Type() {
	case js.TypeString:
		return v.String(), true, nil
	case js.TypeUndefined, js.TypeNull:
		return "", false, nil
	}
	return "", false, ErrCorrupt
}

// Set implements Store.
func (c *Custom) Set(key, text string) error { return c.do("set", key, text) }

// Remove implements Store.
func (c *Custom) Remove(key string) error { return c.do("remove", key) }

func (c *Custom) do(method string, args ...any) error {
	var s bridge.Scope
	defer s.Close()
	_, err := s.AwaitCall(c.cache, method, args...)
	if bridge.Named(err) == "QuotaExceededError" {
		return ErrFull
	}
	if err != nil {
		return ErrUnavailable
	}
	return nil
}

// Keys implements Store.
func (c *Custom) Keys(prefix string) ([]string, error) {
	var s bridge.Scope
	defer s.Close()
	list, err := s.AwaitCall(c.cache, "allKeys", prefix)
	if err != nil {
		return nil, ErrUnavailable
	}
	var keys []string
	for i := range bridge.GetInt(list, "length") {
		key, _, err := bridge.Text(list, "at", i)
		if err != nil {
			return nil, ErrUnavailable
		}
		keys = append(keys, key)
	}
	return keys, nil
}
