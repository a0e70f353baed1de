package peers

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func archive(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	w := tar.NewWriter(zipped)
	for name, content := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}))
		_, err := w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	return packed.Bytes()
}

func TestUnpack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it")
	require.NoError(t, unpack(archive(t, map[string]string{"package/a.js": "a", "package/dist/b.js": "b"}), dir))
	for name, want := range map[string]string{"a.js": "a", "dist/b.js": "b"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func TestUnpackStaysInside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it")
	assert.Error(t, unpack(archive(t, map[string]string{"package/../../b.js": "b"}), dir))
	assert.NoFileExists(t, filepath.Join(filepath.Dir(dir), "b.js"))
	assert.Error(t, unpack([]byte("no archive"), filepath.Join(t.TempDir(), "it")))
}
