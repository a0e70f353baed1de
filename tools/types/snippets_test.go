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

func TestSnippets(t *testing.T) {
	found, err := snippets("a.md", "# A\n```js\none();\n\ntwo();\n```\n```sh\nmake\n```\n- item\n  ```ts\n  three();\n  ```\n")
	require.NoError(t, err)
	assert.Equal(t, []snippet{
		{"a.md", 3, "js", "one();\n\ntwo();\n"},
		{"a.md", 12, "ts", "  three();\n"},
	}, found)

	found, err = snippets("a.md", "```html\n<script src=\"a.js\"></script>\n<script type=\"module\">\n  one();\n</script>\n<script>two();</script>\n```\n")
	require.NoError(t, err)
	assert.Equal(t, []snippet{{"a.md", 3, "js", "\n  one();\n"}, {"a.md", 6, "js", "two();"}}, found)

	for text, want := range map[string]string{
		"```js\none();\n":                 "a.md:1: the fence has no end",
		"x\n```javascript\none();\n```\n": "a.md:2: call it js, jsx, ts or html",
		"```tsx\none();\n```\n":           "a.md:1: call it js, jsx, ts or html",
		"```html\n<script>one();\n```\n":  "a.md:1: a script has no end",
	} {
		_, err := snippets("a.md", text)
		assert.ErrorContains(t, err, want)
	}
}

// TestEveryProviderHasASnippet keeps the pages from being skipped, by a fence of another kind or by being elsewhere.
func TestEveryProviderHasASnippet(t *testing.T) {
	root := filepath.Join("..", "..")
	all, err := allSnippets(root)
	require.NoError(t, err)
	has := map[string]bool{}
	for _, s := range all {
		has[s.page] = true
	}
	paths, err := pages(root)
	require.NoError(t, err)
	require.Greater(t, len(paths), 8)
	for _, path := range paths {
		page := strings.TrimPrefix(filepath.ToSlash(path), "../../")
		assert.True(t, has[page] || page == "docs/README.md", page)
	}
}

// TestSnippetsThatLie runs tsc on snippets that the package's declarations don't bear out; it needs the installed toolchain.
func TestSnippetsThatLie(t *testing.T) {
	node, err := filepath.Abs("../../.toolchain/node")
	require.NoError(t, err)
	if _, err := os.Stat(node); err != nil {
		t.Skip("run `go run ./tools/toolchain` first")
	}
	check := func(kind, code string) error {
		all, err := snippets("docs/a.md", "```"+kind+"\n"+code+"```\n")
		require.NoError(t, err)
		require.Len(t, all, 1)
		return checkSnippets(context.Background(), node, filepath.Join("..", "..", "js"), all)
	}
	good := "import { createClient } from 'postern';\nconst client = await createClient({ issuer: 'https://login.example.com', clientId: 'id' });\nawait client.getUser();\n"
	page := "<p id=\"in\"></p>\n<script src=\"/postern.global.js\"></script>\n<script type=\"module\">\n  const client = await postern.createClient({ domain: 'a.example', clientId: 'id' });\n" +
		"  document.querySelector('#in').onclick = () => client.loginWithRedirect();\n</script>\n"
	component := "import { PosternProvider, usePostern } from 'postern/react';\nconst Who = () => <p>{usePostern().user?.name}</p>;\n" +
		"export const App = () => <PosternProvider client={client}><Who /></PosternProvider>;\n"
	for kind, code := range map[string]string{
		"js": good, "ts": "const user: { sub?: string } | undefined = await client.getUser();\n", "html": page, "jsx": component,
	} {
		require.NoError(t, check(kind, code))
	}
	option := strings.Replace(good, "clientId: 'id'", "clientId: 'id', refreshTokenRotation: true", 1)
	for name, lie := range map[string]struct{ kind, code string }{
		"an option that isn't there":     {"js", option},
		"the same in TypeScript":         {"ts", option},
		"an option inside another":       {"js", "await createClient({ domain: 'a.example', clientId: 'id', refreshTokenLifetime: { maximumSeconds: 1 } });\n"},
		"a value that isn't there":       {"js", "await createClient({ domain: 'a.example', clientId: 'id', cacheLocation: 'cookie' });\n"},
		"a method that isn't there":      {"js", "await client.getTokenQuietly();\n"},
		"an import that isn't there":     {"ts", "import { UserManager } from 'postern';\nvoid UserManager;\n"},
		"a method in a page":             {"html", strings.Replace(page, "loginWithRedirect", "login", 1)},
		"an option in a page":            {"html", strings.Replace(page, "domain:", "tenant:", 1)},
		"a member in a component":        {"jsx", strings.Replace(component, "user?.name", "profile?.name", 1)},
		"a property of a component":      {"jsx", strings.Replace(component, "client={client}", "options={{}}", 1)},
		"a package that isn't installed": {"js", "import 'oidc-client-ts';\n"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, check(lie.kind, lie.code), "tsc found")
		})
	}
}
