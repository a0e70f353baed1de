package storage_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/storage"
)

// testStore is what every Store must do. open returns one that is empty; lists says whether it can list its keys.
func testStore(t *testing.T, lists bool, open func() storage.Store) {
	get := func(t *testing.T, s storage.Store, key string) string {
		t.Helper()
		text, ok, err := s.Get(key)
		require.NoError(t, err)
		require.True(t, ok, "%q is missing", key)
		return text
	}
	missing := func(t *testing.T, s storage.Store, key string) {
		t.Helper()
		text, ok, err := s.Get(key)
		require.NoError(t, err)
		assert.False(t, ok)
		assert.Empty(t, text)
	}
	t.Run("missing", func(t *testing.T) {
		s := open()
		missing(t, s, "k")
		require.NoError(t, s.Remove("k"), "a key that isn't there is no error")
	})
	t.Run("set, overwrite, remove", func(t *testing.T) {
		s := open()
		require.NoError(t, s.Set("k", "one"))
		require.NoError(t, s.Set("other", "x"))
		assert.Equal(t, "one", get(t, s, "k"))
		require.NoError(t, s.Set("k", "two"))
		assert.Equal(t, "two", get(t, s, "k"))
		require.NoError(t, s.Remove("k"))
		missing(t, s, "k")
		assert.Equal(t, "x", get(t, s, "other"))
		require.NoError(t, s.Set("k", "three"))
		assert.Equal(t, "three", get(t, s, "k"))
	})
	t.Run("texts are kept as they are", func(t *testing.T) {
		s := open()
		texts := []string{"", " ", "\x00\n\r\t", `"\`, "null", "undefined", "[object Object]", "\u00e9\u4e16\U0001f511\u202e\ufeff", "{}", strings.Repeat("long\u00e9 ", 20_000)}
		for _, text := range texts {
			require.NoError(t, s.Set("text", text))
			assert.Equal(t, text, get(t, s, "text"))
		}
		for i, name := range texts {
			require.NoError(t, s.Set("key:"+name, texts[len(texts)-1-i]))
		}
		for i, name := range texts {
			assert.Equal(t, texts[len(texts)-1-i], get(t, s, "key:"+name))
		}
	})
	t.Run("unusual keys", func(t *testing.T) {
		s := open()
		keys := []string{"", "__proto__", "constructor", "length", "key", "getItem", "hasOwnProperty", "toString", "a b", "A", "a", "\u00e9", "e\u0301"}
		for _, key := range keys {
			missing(t, s, key)
			require.NoError(t, s.Set(key, "of "+key))
		}
		for _, key := range keys {
			assert.Equal(t, "of "+key, get(t, s, key))
		}
		for _, key := range keys {
			require.NoError(t, s.Remove(key))
			missing(t, s, key)
		}
	})
	t.Run("keys by prefix", func(t *testing.T) {
		s := open()
		list := func(prefix string, want ...string) {
			t.Helper()
			keys, err := s.Keys(prefix)
			require.NoError(t, err)
			if !lists {
				want = nil
			}
			assert.ElementsMatch(t, want, keys)
		}
		list("")
		for _, key := range []string{"postern:a", "postern:b", "postern", "Postern:c", "x:postern:d", "postern:a:1"} {
			require.NoError(t, s.Set(key, "x"))
		}
		list("postern:", "postern:a", "postern:b", "postern:a:1")
		list("postern:a", "postern:a", "postern:a:1")
		list("nothing")
		list("", "postern:a", "postern:b", "postern", "Postern:c", "x:postern:d", "postern:a:1")
		require.NoError(t, s.Remove("postern:a"))
		require.NoError(t, s.Set("postern:b", "y"))
		list("postern:", "postern:b", "postern:a:1")
	})
	t.Run("at once", func(t *testing.T) {
		s := open()
		var all sync.WaitGroup
		for i := range 10 {
			key := string(rune('a' + i))
			all.Go(func() {
				for range 20 {
					assert.NoError(t, s.Set(key, key))
					text, ok, err := s.Get(key)
					assert.NoError(t, err)
					assert.True(t, ok)
					assert.Equal(t, key, text)
					_, err = s.Keys("")
					assert.NoError(t, err)
					assert.NoError(t, s.Remove(key))
				}
			})
		}
		all.Wait()
	})
	t.Run("records", func(t *testing.T) {
		s := open()
		require.NoError(t, storage.Put(s, "k", 1, `{"a":1}`))
		payload, ok, err := storage.Take(s, "k", 1)
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, `{"a":1}`, payload)
		missing(t, s, "k")
	})
}

func TestMemory(t *testing.T) {
	testStore(t, true, func() storage.Store { return &storage.Memory{} })
}

func TestProblems(t *testing.T) {
	all := []storage.Problem{storage.ErrUnavailable, storage.ErrFull, storage.ErrCorrupt, storage.ErrNewer}
	for i, p := range all {
		assert.Contains(t, p.Error(), "storage: ")
		for j, q := range all {
			assert.Equal(t, i == j, p.Is(q))
		}
		assert.False(t, p.Is(nil))
		assert.False(t, p.Is(assert.AnError))
	}
}
