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
	kind string // js, jsx, ts or html
	code string
}

var fence = regexp.MustCompile("^ *```([A-Za-z]*)")

// snippets returns the JavaScript and TypeScript in a page, also what stands in script tags of HTML. A name of theirs that isn't checked, or a fence that nobody closed, is an error: what
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
			switch open.kind {
			case "js", "jsx", "ts":
				found = append(found, *open)
			case "html":
				inside, err := scripts(*open)
				if err != nil {
					return nil, err
				}
				found = append(found, inside...)
			}
			open = nil
		default:
			open = &snippet{page: page, line: i + 2, kind: m[1]}
			switch m[1] {
			case "javascript", "typescript", "tsx", "mjs", "htm", "HTML":
				return nil, fmt.Errorf("%s:%d: call it js, jsx, ts or html, which are checked", page, i+1)
			}
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s:%d: the fence has no end", page, open.line-1)
	}
	return found, nil
}

var script = regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`)

// scripts returns what stands between the script tags of a page.
func scripts(html snippet) (found []snippet, err error) {
	all := script.FindAllStringSubmatchIndex(html.code, -1)
	if strings.Count(html.code, "<script") != len(all) {
		return nil, fmt.Errorf("%s:%d: a script has no end", html.page, html.line-1)
	}
	for _, at := range all {
		code := html.code[at[2]:at[3]]
		if strings.TrimSpace(code) != "" {
			found = append(found, snippet{html.page, html.line + strings.Count(html.code[:at[2]], "\n"), "js", code})
		}
	}
	return found, nil
}

// around is what a fragment may take for granted: a client, what the script tag sets, and that its page has the elements it looks for.
var around = map[string]string{
	"around.d.ts": `declare const client: import('postern').Client;
declare const createClient: typeof import('postern').createClient;
interface ParentNode { querySelector(selectors: string): any }
`,
	"global.ts": "import type {} from 'postern/global';\n",
}

// checkSnippets compiles each snippet as a module of its own, beside an installed package that is the declarations in js alone.
func checkSnippets(ctx context.Context, node, js string, all []snippet) error {
	dir, err := os.MkdirTemp("", "postern-snippets-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	files := map[string]string{"node_modules/postern/package.json": `{"name":"postern","types":"./index.d.ts"}`}
	declarations, err := filepath.Glob(filepath.Join(js, "*.d.ts"))
	if err != nil {
		return err
	}
	for _, path := range declarations {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files["node_modules/postern/"+filepath.Base(path)] = string(text)
	}
	args := []string{"--jsx", "react-jsx"}
	for name, text := range around {
		files[name] = text
		args = append(args, name)
	}
	modules := filepath.Join(dir, "node_modules")
	if err := os.MkdirAll(modules, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join(node, "node_modules", "@types"), filepath.Join(modules, "@types")); err != nil {
		return err
	}
	return compile(ctx, node, dir, files, all, args...)
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
