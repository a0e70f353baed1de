package storage_test

import (
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/storage"
)

// eval runs JavaScript and returns its value.
func eval(source string) js.Value { return js.Global().Call("eval", "("+source+")") }

// area is a Storage as browsers have it. Its quota is in characters.
const area = `(quota = Infinity) => {
	const map = new Map();
	return {
		get length() { return map.size; },
		key: (i) => [...map.keys()][i] ?? null,
		getItem: (key) => map.get(String(key)) ?? null,
		setItem: (key, text) => {
			if (String(text).length > quota) throw new DOMException('no room', 'QuotaExceededError');
			map.set(String(key), String(text));
		},
		removeItem: (key) => { map.delete(String(key)); },
	};
}`

// define makes a property of the global object, until the test ends.
func define(t *testing.T, name string, descriptor js.Value) {
	t.Helper()
	object, global := js.Global().Get("Object"), js.Global()
	before := object.Call("getOwnPropertyDescriptor", global, name)
	t.Cleanup(func() {
		if before.IsUndefined() {
			global.Delete(name)
		} else {
			object.Call("defineProperty", global, name, before)
		}
	})
	descriptor.Set("configurable", true)
	object.Call("defineProperty", global, name, descriptor)
}

func put(t *testing.T, name string, value any) {
	t.Helper()
	define(t, name, js.ValueOf(map[string]any{"value": value}))
}

func webStores() map[string]storage.Web {
	return map[string]storage.Web{"sessionStorage": storage.Session(), "localStorage": storage.Local()}
}

func TestWeb(t *testing.T) {
	for name, s := range webStores() {
		t.Run(name, func(t *testing.T) {
			testStore(t, true, func() storage.Store {
				put(t, name, eval(area).Invoke())
				return s
			})
		})
	}
}

func TestSessionAndLocalAreTwo(t *testing.T) {
	storesApart(t, storage.Session(), storage.Local())
}

func storesApart(t *testing.T, one, other storage.Store) {
	put(t, "sessionStorage", eval(area).Invoke())
	put(t, "localStorage", eval(area).Invoke())
	require.NoError(t, one.Set("k", "x"))
	_, ok, err := other.Get("k")
	require.NoError(t, err)
	assert.False(t, ok)
}

func TestQuota(t *testing.T) {
	for name, s := range webStores() {
		put(t, name, eval(area).Invoke(4))
		require.NoError(t, s.Set("k", "four"))
		require.ErrorIs(t, s.Set("k", "and more"), storage.ErrFull)
		text, ok, err := s.Get("k")
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, "four", text, "what was there before is still there")
	}
}

// refuses wants every call to fail with ErrUnavailable, and none to panic.
func refuses(t *testing.T, s storage.Store) {
	t.Helper()
	text, ok, err := s.Get("k")
	require.ErrorIs(t, err, storage.ErrUnavailable)
	assert.False(t, ok)
	assert.Empty(t, text)
	require.ErrorIs(t, s.Set("k", "x"), storage.ErrUnavailable)
	require.ErrorIs(t, s.Remove("k"), storage.ErrUnavailable)
	keys, _ := s.Keys("")
	assert.Empty(t, keys)
}

// Where cookies are blocked, reading window.localStorage itself throws. The user may allow it while the page is open.
func TestBlocked(t *testing.T) {
	for name, s := range webStores() {
		for how, descriptor := range map[string]string{
			"the getter throws":       `{ get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } }`,
			"it throws no error":      `{ get() { throw undefined; } }`,
			"null":                    `{ value: null }`,
			"undefined":               `{ value: undefined }`,
			"a text":                  `{ value: 'x' }`,
			"an empty object":         `{ value: {} }`,
			"methods that throw":      `{ value: new Proxy({}, { get() { return () => { throw new TypeError('x'); }; } }) }`,
			"properties that throw":   `{ value: new Proxy({}, { get() { throw new TypeError('x'); } }) }`,
			"a revoked proxy":         `{ value: (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {})) }`,
			"methods that throw null": `{ value: new Proxy({}, { get() { return () => { throw null; }; } }) }`,
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				define(t, name, eval(descriptor))
				refuses(t, s)
				put(t, name, eval(area).Invoke())
				require.NoError(t, s.Set("k", "x"), "allowed now")
			})
		}
	}
}
