package builds_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/builds"
)

func TestChoose(t *testing.T) {
	root := t.TempDir()
	var log strings.Builder
	_, err := builds.Choose(root, "", &log)
	assert.ErrorContains(t, err, "nothing to test")

	require.NoError(t, os.Mkdir(filepath.Join(root, "dist-go"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "dist-go", "build-info.json"), nil, 0o600))
	log.Reset()
	made, err := builds.Choose(root, "", &log)
	require.NoError(t, err)
	require.Len(t, made, 1)
	assert.Equal(t, "Go", made[0].Name)
	assert.Contains(t, log.String(), "TinyGo's build isn't tested")

	_, err = builds.Choose(root, "tinygo,go", &log)
	assert.ErrorContains(t, err, "there is no dist: run", "what was asked for is never left out silently")
	made, err = builds.Choose(root, "go", &log)
	require.NoError(t, err)
	assert.Len(t, made, 1)
	_, err = builds.Choose(root, "rust", &log)
	assert.Error(t, err)
}
