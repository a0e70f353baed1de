// Package storage keeps records under keys: in memory, in sessionStorage or localStorage, or in a store of the application's own. It
// knows nothing of tokens. A store that is blocked, full or damaged is an error here, never a panic, and the caller decides what to do.
package storage

import (
	"strings"

	"github.com/postern-auth/postern/internal/lock"
)

// Store keeps text under keys. Calls never wait, and are safe for concurrent use.
type Store interface {
	// Get returns the text under key and whether there is any.
	Get(key string) (text string, ok bool, err error)
	// Set writes: when it returns nil, a page that starts now finds the text.
	Set(key, text string) error
	// Remove forgets key; a key that isn't there is no error.
	Remove(key string) error
	// Keys lists the keys that begin with prefix, in any order.
	Keys(prefix string) ([]string, error)
}

// Problem is the error of every Store: one of the constants below, to be told apart with Is.
type Problem byte

// The problems.
const (
	// ErrUnavailable says that the browser denies the store (blocked cookies, sandboxed frame) or that the application's own failed.
	ErrUnavailable Problem = iota
	// ErrFull says that the store's quota is used up. What was stored before is still there.
	ErrFull
	// ErrCorrupt says that a record isn't one: truncated, edited, or somebody else's.
	ErrCorrupt
	// ErrNewer says that a later version of the SDK wrote the record: it may be read by that version alone and must not be overwritten.
	ErrNewer
)

func (p Problem) Error() string {
	switch p {
	case ErrFull:
		return "storage: the quota is used up"
	case ErrCorrupt:
		return "storage: the record is damaged"
	case ErrNewer:
		return "storage: the record was written by a newer version"
	}
	return "storage: the store is blocked or failed"
}

// Is reports whether err is this problem. Comparing two interfaces, as errors.Is does, would link reflection into the module.
func (p Problem) Is(err error) bool {
	q, ok := err.(Problem)
	return ok && p == q
}

// Memory is a Store that lives as long as the page. Its zero value is ready.
type Memory struct {
	mu      lock.Mutex
	entries []entry // a slice: the few records of a page, and TinyGo doesn't keep what a map lookup returned alive
}

type entry struct{ key, text string }

// Get implements Store.
func (m *Memory) Get(key string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		return m.entries[i].text, true, nil
	}
	return "", false, nil
}

// Set implements Store.
func (m *Memory) Set(key, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		m.entries[i].text = text
	} else {
		m.entries = append(m.entries, entry{key, text})
	}
	return nil
}

// Remove implements Store.
func (m *Memory) Remove(key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		last := len(m.entries) - 1
		m.entries[i], m.entries[last] = m.entries[last], entry{}
		m.entries = m.entries[:last]
	}
	return nil
}

// Keys implements Store.
func (m *Memory) Keys(prefix string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keys []string
	for _, e := range m.entries {
		if strings.HasPrefix(e.key, prefix) {
			keys = append(keys, e.key)
		}
	}
	return keys, nil
}

func (m *Memory) find(key string) int {
	for i, e := range m.entries {
		if e.key == key {
			return i
		}
	}
	return -1
}
