package storage_test

import (
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/storage"
)

// host stands in for the loader's: its stores have one entry for each key, or fail as get and set, which are JavaScript, do.
func host(t *testing.T, get, set string) js.Value {
	t.Helper()
	h := eval(`((stores, area) => ({
		opened: [],
		mirror(id, key) { this.opened.push(id + ' ' + key); },
		getItem: (id, key) => area(stores[id] ??= new Map()).getItem(key),
		setItem: (id, key, text) => area(stores[id] ??= new Map()).setItem(key, text),
		removeItem: (id, key) => area(stores[id] ??= new Map()).removeItem(key),
	}))({}, (map) => ({ getItem: (key) => map.get(key) ?? null, setItem: (key, text) => { map.set(key, text); }, removeItem: (key) => { map.delete(key); } }))`)
	if get != "" {
		h.Set("getItem", eval(get))
	}
	if set != "" {
		h.Set("setItem", eval(set))
		h.Set("removeItem", eval(set))
	}
	js.Global().Set("postern:host", h)
	bridge.Start()
	return h
}

func TestKept(t *testing.T) {
	h := host(t, "", "")
	n := 0
	testStore(t, false, func() storage.Store {
		n++
		return storage.Custom(n, "k")
	})
	assert.Equal(t, "1 k", h.Get("opened").Index(0).String(), "the loader knows the record's key")
	storesApart(t, storage.Custom(1001, "k"), storage.Custom(1002, "k"))
	storesApart(t, storage.Page(), storage.Custom(1003, "k"))
	storesApart(t, storage.Page(), storage.Session())
}

// A store of the loader's fails where the application's own cache has failed.
func TestKeptFails(t *testing.T) {
	for source, want := range map[string]error{
		`() => { throw new DOMException('x', 'QuotaExceededError'); }`: storage.ErrFull,
		`() => { throw new Error('x'); }`:                              storage.ErrUnavailable,
		`() => { throw { get name() { throw 1; } }; }`:                 storage.ErrUnavailable,
		`() => { throw null; }`:                                        storage.ErrUnavailable,
		`5`:                                                            storage.ErrUnavailable,
	} {
		host(t, source, source)
		s := storage.Custom(1, "k")
		text, ok, err := s.Get("k")
		require.ErrorIs(t, err, want, source)
		assert.False(t, ok)
		assert.Empty(t, text)
		require.ErrorIs(t, s.Set("k", "x"), want, source)
		require.ErrorIs(t, s.Remove("k"), want, source)
	}
}

func TestPageWithoutAHost(t *testing.T) {
	js.Global().Set("postern:host", js.Undefined())
	bridge.Start()
	refuses(t, storage.Page())
	host(t, "", "")
	require.NoError(t, storage.Page().Set("k", "x"))
}
