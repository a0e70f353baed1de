package storage

import "github.com/postern-auth/postern/internal/bridge"

// Kept is a Store that the loader keeps.
type Kept int

// Page is the page's memory: it outlives an instance of the module, which may be replaced.
func Page() Kept { return -1 }

// Custom is the application's own cache object for the client of this number: get, set and remove, each of which may answer later. The
// loader keeps a copy of the one record under key, so that nobody waits here; see js/mirror.js for when it is read and written.
func Custom(client int, key string) Kept {
	_, _, _ = bridge.Ask(client, "mirror", key)
	return Kept(client)
}

// Get implements Store.
func (k Kept) Get(key string) (text string, ok bool, err error) {
	text, ok, err = bridge.Ask(int(k), "getItem", key)
	return text, ok, problem(err)
}

// Set implements Store.
func (k Kept) Set(key, text string) error {
	_, _, err := bridge.Ask(int(k), "setItem", key, text)
	return problem(err)
}

// Remove implements Store.
func (k Kept) Remove(key string) error {
	_, _, err := bridge.Ask(int(k), "removeItem", key)
	return problem(err)
}

// Keys implements Store: it finds none, because not every application's cache can list them.
func (Kept) Keys(string) ([]string, error) { return nil, nil }
