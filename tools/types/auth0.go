package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

const (
	auth0Name = "@auth0/auth0-spa-js"
	auth0Page = "docs/from-auth0-spa-js.md"
)

// auth0 checks js/auth0.d.ts against the package that it stands in for: its types fit, its documented examples compile, and of its names each is here
// or in the table of those that aren't.
func auth0(ctx context.Context, root, node string) error {
	installed, err := setup.Auth0(ctx, root, os.Stderr)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "postern-auth0-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ours, err := auth0Files(root)
	if err != nil {
		return err
	}
	fit := filepath.Join(dir, "fit")
	if err := os.Mkdir(fit, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join(installed, "node_modules"), filepath.Join(fit, "node_modules")); err != nil {
		return err
	}
	// What the other package says of itself isn't ours to check.
	if err := compile(ctx, node, fit, ours, nil, "auth0_types_test.ts", "--skipLibCheck", "true"); err != nil {
		return err
	}

	theirs := filepath.Join(installed, "node_modules", filepath.FromSlash(auth0Name))
	all, left, err := auth0Snippets(theirs)
	if err != nil {
		return err
	}
	if err := checkAuth0Snippets(ctx, node, filepath.Join(dir, "examples"), ours, all); err != nil {
		return err
	}

	declared, err := os.ReadFile(filepath.Join(theirs, "dist", "typings", "index.d.ts"))
	if err != nil {
		return err
	}
	page, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(auth0Page)))
	if err != nil {
		return err
	}
	names := auth0Names(string(declared))
	if unsaid := unspoken(names, publicNames(ours["auth0.d.ts"]), string(page)); len(unsaid) > 0 {
		return fmt.Errorf("%s exports %v: give them to js/auth0.d.ts, or say in %s why not", auth0Name, unsaid, auth0Page)
	}
	fmt.Printf("types: auth0.d.ts fits %s, of whose examples %d compile and %d are of what isn't here; %d names are here or accounted for\n", auth0Name, len(all), left, len(names))
	return nil
}

// auth0Files are the declarations of both entries, and the cases.
func auth0Files(root string) (map[string]string, error) {
	files := map[string]string{}
	for _, name := range []string{"index.d.ts", "auth0.d.ts", "auth0_types_test.ts"} {
		text, err := os.ReadFile(filepath.Join(root, "js", name))
		if err != nil {
			return nil, err
		}
		files[name] = string(text)
	}
	return files, nil
}

var (
	// exportList is what one of their export statements names.
	exportList = regexp.MustCompile(`(?s)export (?:type )?\{(.*?)\}`)
	quoted     = regexp.MustCompile("`([^`\n]+)`")
	word       = regexp.MustCompile(`\w+`)
	// comment is the start of each line of a documentation comment.
	comment = regexp.MustCompile(`(?m)^ *\* ?`)
	// again is where one example says how else to do the same, with the same names.
	again = regexp.MustCompile(`(?m)^//or`)
	// notHere are the names by which an example shows that it is of something that isn't here.
	notHere = regexp.MustCompile(`\b(mfa|passkey|myAccount|anonymous\w*|Online|loginWithCustomTokenExchange|exchangeToken|connectAccount\w*|createAnonymous\w*|sessionTransfer\w*|isFederatedDomain)\b`)
	// notReal are examples of their own that never compiled: of what is private there.
	notReal = regexp.MustCompile(`buildLogoutUrl`)
)

// auth0Names are what their entry exports by name.
func auth0Names(declarations string) (names []string) {
	for _, m := range exportList.FindAllStringSubmatch(declarations, -1) {
		names = append(names, word.FindAllString(m[1], -1)...)
	}
	return names
}

// unspoken returns the names that are neither ours nor in the page, where Passkey… stands for all that begin so, and …Options for all that end so.
func unspoken(names, ours []string, page string) []string {
	said := map[string]bool{}
	for _, m := range quoted.FindAllStringSubmatch(page, -1) {
		said[m[1]] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		if slices.Contains(ours, name) || said[name] {
			return true
		}
		for n := 4; n <= len(name); n++ {
			if said[name[:n]+"…"] || said["…"+name[len(name)-n:]] {
				return true
			}
		}
		return false
	})
}

// auth0Snippets are the examples in their README and in the comments of their declarations; left is how many are of what isn't here.
func auth0Snippets(theirs string) (all []snippet, left int, err error) {
	for _, page := range []string{"README.md", "dist/typings/Auth0Client.d.ts", "dist/typings/global.d.ts"} {
		text, err := os.ReadFile(filepath.Join(theirs, filepath.FromSlash(page)))
		if err != nil {
			return nil, 0, err
		}
		prose := string(text)
		if strings.HasSuffix(page, ".d.ts") {
			prose = strings.ReplaceAll(comment.ReplaceAllString(prose, ""), "```typescript", "```ts")
		}
		page = strings.TrimSuffix(page, ".d.ts") // else its examples would be taken for declarations
		found, err := snippets(page, prose)
		if err != nil {
			return nil, 0, err
		}
		for _, s := range found {
			if notHere.MatchString(s.code) || notReal.MatchString(s.code) {
				left++
				continue
			}
			for i, code := range again.Split(s.code, -1) {
				if i > 0 {
					code = "//" + code
				}
				all = append(all, snippet{page, s.line, s.kind, code})
				s.line += strings.Count(code, "\n")
			}
		}
	}
	if len(all) < 10 {
		return nil, 0, fmt.Errorf("%s has only %d examples: they are elsewhere now", auth0Name, len(all))
	}
	return all, left, nil
}

// aroundAuth0 is what their examples take for granted.
const aroundAuth0 = `type Names = typeof import('@auth0/auth0-spa-js');
declare const auth0: import('@auth0/auth0-spa-js').Auth0Client;
declare const Auth0Client: Names['Auth0Client'];
declare const createAuth0Client: Names['createAuth0Client'];
declare const PopupCancelledError: Names['PopupCancelledError'];
declare const options: any, config: any;
`

// checkAuth0Snippets compiles their examples where their name leads to our declarations.
func checkAuth0Snippets(ctx context.Context, node, dir string, ours map[string]string, all []snippet) error {
	at := "node_modules/" + auth0Name + "/"
	return compile(ctx, node, dir, map[string]string{
		at + "package.json": `{"name":"` + auth0Name + `","types":"./auth0.d.ts"}`,
		at + "auth0.d.ts":   ours["auth0.d.ts"],
		at + "index.d.ts":   ours["index.d.ts"],
		"around.d.ts":       aroundAuth0,
	}, all, "around.d.ts", "--useUnknownInCatchVariables", "false", "--strictNullChecks", "false") // as loose as the examples are
}
