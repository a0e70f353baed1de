package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// snippet is a fenced block of code in a page: what its reader will copy.
type snippet struct {
	page string
	line int    // of its first line, from 1
	kind string // js or ts
	code string
}

var fence = regexp.MustCompile("^ *```([A-Za-z]*)")

// snippets returns the JavaScript and TypeScript in a page. A name of theirs that isn't checked, or a fence that nobody closed, is an error: what
// it holds would go unread.
func snippets(page, text string) (found []snippet, err error) {
	var open *snippet
	for i, line := range strings.Split(text, "\n") {
		m := fence.FindStringSubmatch(line)
		switch {
		case m == nil && open != nil:
			open.code += line + "\n"
		case m == nil:
		case open != nil:
			if open.kind == "js" || open.kind == "ts" {
				found = append(found, *open)
			}
			open = nil
		default:
			open = &snippet{page: page, line: i + 2, kind: m[1]}
			switch m[1] {
			case "javascript", "typescript", "jsx", "tsx", "mjs":
				return nil, fmt.Errorf("%s:%d: call it js or ts, which are checked", page, i+1)
			}
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s:%d: the fence has no end", page, open.line-1)
	}
	return found, nil
}

// around is what a fragment may take for granted.
const around = `declare const client: import('postern').Client;
declare const createClient: typeof import('postern').createClient;
`

// checkSnippets compiles each snippet as a module of its own, beside an installed package that is index.d.ts and auth0.d.ts alone.
func checkSnippets(ctx context.Context, node, declarations, auth0 string, all []snippet) error {
	dir, err := os.MkdirTemp("", "postern-snippets-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return compile(ctx, node, dir, map[string]string{
		"node_modules/postern/package.json": `{"name":"postern","types":"./index.d.ts"}`,
		"node_modules/postern/index.d.ts":   declarations,
		"node_modules/postern/auth0.d.ts":   auth0,
		"around.d.ts":                       around,
	}, all, "around.d.ts")
}

// compile lays files and snippets out in dir, and runs tsc on the snippets.
func compile(ctx context.Context, node, dir string, files map[string]string, all []snippet, args ...string) error {
	args = append(args, "--allowJs", "--checkJs")
	for _, s := range all {
		name := fmt.Sprintf("%s.%d.%s", strings.ReplaceAll(s.page, "/", "-"), s.line, s.kind)
		// Blank lines before it, so that the lines that tsc names are the page's.
		files[name] = strings.Repeat("\n", s.line-1) + s.code + "export {};\n"
		args = append(args, name)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return tsc(ctx, node, dir, args...)
}

// pages lists what people copy from: the README of the repository and of the package, and the cookbook.
func pages(root string) ([]string, error) {
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	return append([]string{filepath.Join(root, "README.md"), filepath.Join(root, "npm", "README.md")}, docs...), err
}

// allSnippets reads every page.
func allSnippets(root string) (all []snippet, err error) {
	paths, err := pages(root)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		page, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		found, err := snippets(filepath.ToSlash(page), string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
