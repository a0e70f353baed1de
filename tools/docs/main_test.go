package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

func TestReference(t *testing.T) {
	root, err := setup.Root(".")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(setup.Dir(root), "docs")); err != nil {
		t.Skip("run `make docs` first")
	}
	out := t.TempDir()
	require.NoError(t, write(t.Context(), root, filepath.Join(root, "js"), out))
	for page, says := range map[string]string{
		"classes/index.Client.html":           "only the user can continue, by a login",
		"interfaces/index.ClientOptions.html": "Binds tokens to a key",
		"types/index.ErrorCode.html":          "login_required",
		"functions/react.usePostern.html":     "The component renders again whenever the session changes",
	} {
		text, err := os.ReadFile(filepath.Join(out, page))
		require.NoError(t, err)
		assert.Contains(t, string(text), says, page)
	}

	js := t.TempDir()
	for name, text := range map[string]string{
		"react.d.ts": "export function f(): void;\n",
		"index.d.ts": "/** As {@link nothing} does. */\nexport function g(): void;\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(js, name), []byte(text), 0o644))
	}
	assert.ErrorContains(t, write(t.Context(), root, js, t.TempDir()), "nothing", "a link to what isn't there")
}
