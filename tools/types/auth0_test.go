package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAuth0Names(t *testing.T) {
	names := auth0Names("export { Here };\nexport type { PasskeyOptions,\n  Other } from './x';\nexport * from './y';\nexport { CardOptions, Lost };\n")
	assert.Equal(t, []string{"Here", "PasskeyOptions", "Other", "CardOptions", "Lost"}, names)
	page := "| `Passkey…`, `…CardOptions`, `Other` | no |\n```js\nLost();\n```\n"
	assert.Equal(t, []string{"Lost"}, unspoken(names, []string{"Here"}, page))
}

// TestAuth0SnippetsThatLie runs tsc on examples of auth0-spa-js that the declarations don't bear out; it needs the installed toolchain.
func TestAuth0SnippetsThatLie(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	node := filepath.Join(root, ".toolchain", "node")
	if _, err := os.Stat(node); err != nil {
		t.Skip("run `go run ./tools/toolchain` first")
	}
	ours, err := auth0Files(root)
	require.NoError(t, err)
	check := func(code string) error {
		return checkAuth0Snippets(context.Background(), node, t.TempDir(), ours, []snippet{{"README", 7, "js", code}})
	}
	good := "import { createAuth0Client } from '@auth0/auth0-spa-js';\nconst a = await createAuth0Client({ domain: 'a.example', clientId: 'id' });\nawait a.getUser();\n"
	require.NoError(t, check(good))
	for name, lie := range map[string]string{
		"an option that isn't there": strings.Replace(good, "clientId: 'id'", "clientId: 'id', useCookies: true", 1),
		"a method that isn't there":  "await auth0.getTokenLoudly();\n",
		"an import that isn't there": "import { MfaApiClient } from '@auth0/auth0-spa-js';\nvoid MfaApiClient;\n",
	} {
		t.Run(name, func(t *testing.T) { assert.ErrorContains(t, check(lie), "tsc found") })
	}
}
