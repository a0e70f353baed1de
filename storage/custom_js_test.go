package storage_test

import (
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/storage"
)

// The application's cache, as the loader hands it over: each method returns a promise.
const cache = `() => {
	const map = new Map();
	return {
		get: async (key) => map.get(key),
		set: async (key, text) => { map.set(key, text); },
		remove: async (key) => { map.delete(key); },
	};
}`

func TestCustom(t *testing.T) {
	host(t)
	testStore(t, false, func() storage.Store { return storage.NewCustom(eval(cache).Invoke()) })
}

// An application's cache may hold anything, and may fail in any way.
func TestCustomGet(t *testing.T) {
	host(t)
	for source, want := range map[string]error{
		`async () => 'x'`:                    nil,
		`async () => undefined`:              nil,
		`async () => null`:                   nil,
		`async () => 5`:                      storage.ErrCorrupt,
		`async () => ({})`:                   storage.ErrCorrupt,
		`async () => ['x']`:                  storage.ErrCorrupt,
		`async () => true`:                   storage.ErrCorrupt,
		`async () => new String('x')`:        storage.ErrCorrupt,
		`async () => Symbol('x')`:            storage.ErrCorrupt,
		`async () => { throw new Error(); }`: storage.ErrUnavailable,
		`async () => { throw 'x'; }`:         storage.ErrUnavailable,
		`async () => { throw undefined; }`:   storage.ErrUnavailable,
		`() => { throw new Error(); }`:       storage.ErrUnavailable,
		`async () => { throw new DOMException('x', 'QuotaExceededError'); }`: storage.ErrUnavailable,
		`undefined`: storage.ErrUnavailable,
	} {
		s := storage.NewCustom(eval(`{ get: ` + source + ` }`))
		text, ok, err := s.Get("k")
		if want == nil {
			require.NoError(t, err, source)
			assert.Equal(t, ok, text == "x", source)
			continue
		}
		require.ErrorIs(t, err, want, source)
		assert.False(t, ok)
		assert.Empty(t, text)
	}
}

func TestCustomFails(t *testing.T) {
	host(t)
	for source, want := range map[string]error{
		`async () => {}`: nil,
		`async () => { throw new DOMException('x', 'QuotaExceededError'); }`: storage.ErrFull,
		`async () => { throw new Error('x'); }`:                              storage.ErrUnavailable,
		`() => { throw new Error('x'); }`:                                    storage.ErrUnavailable,
		`async () => { throw { get name() { throw 1; } }; }`:                 storage.ErrUnavailable,
		`async () => { throw null; }`:                                        storage.ErrUnavailable,
		`5`:                                                                  storage.ErrUnavailable,
	} {
		s := storage.NewCustom(eval(`{ set: ` + source + `, remove: ` + source + ` }`))
		for _, err := range []error{s.Set("k", "x"), s.Remove("k")} {
			if want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, want, source)
			}
		}
	}
	none := storage.NewCustom(js.Undefined())
	require.ErrorIs(t, none.Set("k", "x"), storage.ErrUnavailable)
	_, _, err := none.Get("k")
	require.ErrorIs(t, err, storage.ErrUnavailable)
}

// A full cache keeps what it had.
func TestCustomQuota(t *testing.T) {
	host(t)
	s := storage.NewCustom(eval(`((map) => ({
		get: async (key) => map.get(key),
		set: async (key, text) => { if (text.length > 4) throw new DOMException('x', 'QuotaExceededError'); map.set(key, text); },
	}))(new Map())`))
	require.NoError(t, s.Set("k", "four"))
	require.ErrorIs(t, s.Set("k", "and more"), storage.ErrFull)
	text, ok, err := s.Get("k")
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "four", text)
}
