package storage_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/storage"
)

func TestPutAndRead(t *testing.T) {
	for version := 1; version <= 9; version++ {
		for _, payload := range []string{"", " ", "{}", "a b  c", "postern/9 x", "\x00\u00e9\n", strings.Repeat("x", 1<<20)} {
			var s storage.Memory
			require.NoError(t, storage.Put(&s, "k", version, payload))
			for reader := version; reader <= 9; reader++ {
				got, ok, err := storage.Read(&s, "k", reader)
				require.NoError(t, err)
				assert.True(t, ok)
				assert.Equal(t, payload, got, "version %d reads version %d", reader, version)
			}
			for reader := 1; reader < version; reader++ {
				got, ok, err := storage.Read(&s, "k", reader)
				require.ErrorIs(t, err, storage.ErrNewer)
				assert.False(t, ok)
				assert.Empty(t, got)
			}
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "postern", "postern/", "postern/1", "postern/1{}", "postern/ {}", "postern/0 {}", "postern/10 {}", "postern/01 {}", "postern/-1 {}",
		"postern/+1 {}", "postern/1.0 {}", "postern/x {}", "postern/\u0661 {}", "Postern/1 {}", " postern/1 {}", "postern/1\t{}", "postern/1\u00a0{}",
		"{}", "null", "undefined", "postern/1postern/1 {}", "\ufeffpostern/1 {}", "xpostern/1 {}", "postern//1 {}", "postern/\x00 {}",
	} {
		var s storage.Memory
		require.NoError(t, s.Set("k", text))
		payload, ok, err := storage.Read(&s, "k", 1)
		require.ErrorIs(t, err, storage.ErrCorrupt, "%q", text)
		assert.False(t, ok)
		assert.Empty(t, payload)
		_, kept, _ := s.Get("k")
		assert.True(t, kept, "Read changes nothing")

		_, ok, err = storage.Take(&s, "k", 1)
		require.ErrorIs(t, err, storage.ErrCorrupt, "%q", text)
		assert.False(t, ok)
		_, kept, _ = s.Get("k")
		assert.False(t, kept, "Take removes what nobody can read")
	}
}

func TestTake(t *testing.T) {
	var s storage.Memory
	_, ok, err := storage.Take(&s, "k", 1)
	require.NoError(t, err)
	assert.False(t, ok)

	require.NoError(t, storage.Put(&s, "k", 2, "x"))
	_, ok, err = storage.Take(&s, "k", 1)
	require.ErrorIs(t, err, storage.ErrNewer)
	assert.False(t, ok)
	payload, ok, err := storage.Take(&s, "k", 2)
	require.NoError(t, err, "a newer version's record is left for it")
	assert.True(t, ok)
	assert.Equal(t, "x", payload)
	_, ok, err = storage.Take(&s, "k", 2)
	require.NoError(t, err)
	assert.False(t, ok, "once only")
}

// failing is a store of which one operation fails.
type failing struct {
	storage.Memory
	get, set, remove error
}

func (f *failing) Get(key string) (string, bool, error) {
	if f.get != nil {
		return "", false, f.get
	}
	return f.Memory.Get(key)
}

func (f *failing) Set(key, text string) error {
	if f.set != nil {
		return f.set
	}
	return f.Memory.Set(key, text)
}

func (f *failing) Remove(string) error { return f.remove }

func TestRecordsOfAFailingStore(t *testing.T) {
	require.ErrorIs(t, storage.Put(&failing{set: storage.ErrFull}, "k", 1, "x"), storage.ErrFull)
	_, ok, err := storage.Read(&failing{get: storage.ErrUnavailable}, "k", 1)
	require.ErrorIs(t, err, storage.ErrUnavailable)
	assert.False(t, ok)
	_, ok, err = storage.Take(&failing{get: storage.ErrUnavailable}, "k", 1)
	require.ErrorIs(t, err, storage.ErrUnavailable)
	assert.False(t, ok)

	s := &failing{remove: storage.ErrUnavailable}
	require.NoError(t, storage.Put(s, "k", 1, "secret"))
	payload, ok, err := storage.Take(s, "k", 1)
	require.ErrorIs(t, err, storage.ErrUnavailable)
	assert.False(t, ok)
	assert.Empty(t, payload, "what can't be removed isn't handed out: it could be used twice")
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "postern/1 {}", "postern/9 x", "postern/0 x", "postern/1", "postern/1 \x00", "\xff postern"} {
		f.Add(seed, 1)
	}
	f.Fuzz(func(t *testing.T, text string, version int) {
		version = 1 + (version&0xff)%9
		var s storage.Memory
		require.NoError(t, s.Set("k", text))
		payload, ok, err := storage.Read(&s, "k", version)
		switch {
		case err == nil:
			require.True(t, ok)
			require.True(t, strings.HasSuffix(text, " "+payload))
		case storage.ErrCorrupt.Is(err), storage.ErrNewer.Is(err):
			require.False(t, ok)
			require.Empty(t, payload)
		default:
			t.Fatalf("%v is no answer to %q", err, text)
		}
		require.NoError(t, storage.Put(&s, "k", version, text))
		payload, ok, err = storage.Read(&s, "k", version)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, text, payload)
	})
}
