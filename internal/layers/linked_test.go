//go:build !js

package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// banned are packages that the shipped module must not link, with what each adds to it: bytes after brotli, measured in a TinyGo build.
var banned = map[string]string{
	"fmt":           "65 KB",
	"encoding/json": "83 KB; internal/oauth has a strict reader and a writer",
	"net/url":       "54 KB; the browser's own parser must have the last word anyway",
	"net/http":      "more than net/url's 54 KB; internal/browser calls fetch",
	"regexp":        "57 KB",
	"context":       "10 to 14 KB",
	"crypto/sha256": "29 KB; WebCrypto hashes",
	"crypto/sha512": "more than 29 KB; WebCrypto hashes",
	"crypto/rsa":    "more than 29 KB; WebCrypto verifies",
	"crypto/ecdsa":  "more than 29 KB; WebCrypto verifies",
	"reflect":       "the type table of everything",
	"log":           "fmt's 65 KB",
	"log/slog":      "fmt's 65 KB",
	"text/template": "fmt's 65 KB and reflect",
	"html/template": "fmt's 65 KB and reflect",
	safejs:          "30 KB, and protects nothing under TinyGo, which has no recover",
	"github.com/go-json-experiment/json/jsontext": "17 KB",
}

// dear are single functions of packages that are cheap without them.
var dear = map[string]string{
	"strconv.Atoi": "5 KB", "strconv.ParseInt": "5 KB", "strconv.ParseUint": "5 KB", "strconv.ParseFloat": "24 KB",
	"strconv.FormatFloat": "24 KB", "strconv.AppendFloat": "24 KB", "strconv.Quote": "24 KB", "strconv.Unquote": "24 KB",
	"errors.Is": "4.3 KB", "errors.As": "more than 4.3 KB, for reflection", "errors.AsType": "more than 4.3 KB, for reflection",
	"strings.ToLower": "4.6 KB", "strings.ToUpper": "4.6 KB", "strings.ReplaceAll": "4.6 KB", "strings.EqualFold": "Unicode's tables",
	"strings.Map": "Unicode's tables", "strings.Fields": "Unicode's tables", "strings.Title": "Unicode's tables",
	"sync.Map": "5.2 KB", "sync.WaitGroup": "5.2 KB",
}

// linkedModules are the other modules' packages that the shipped module may link.
var linkedModules = map[string]bool{dom: true}

// overweight returns what p imports though it is banned.
func overweight(p Package) (bad []string) {
	for _, dep := range p.Imports {
		if price, is := banned[dep]; is {
			bad = append(bad, p.ImportPath+" imports "+dep+", which adds "+price)
		}
	}
	return bad
}

func TestShippedModuleLinksNothingBanned(t *testing.T) {
	for _, p := range shippedPackages(t) {
		if p.Standard { // TinyGo has its own
			continue
		}
		_, own := short(p.ImportPath)
		assert.True(t, own || linkedModules[p.ImportPath], "%s is linked, and nobody has weighed it", p.ImportPath)
		for _, breach := range overweight(p) {
			t.Error(breach)
		}
	}
}

// place is where a node stands, from the root.
func place(fset *token.FileSet, n ast.Node) string {
	return strings.TrimPrefix(fset.Position(n.Pos()).String(), root+string(filepath.Separator))
}

// dearUses returns where a file uses one of the dear functions.
func dearUses(fset *token.FileSet, file *ast.File) (bad []string) {
	imported := make(map[string]string)
	for _, spec := range file.Imports {
		from, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(from)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = from
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok && imported[x.Name] != "" {
				name := imported[x.Name] + "." + selector.Sel.Name
				if price, is := dear[name]; is {
					bad = append(bad, place(fset, selector)+": "+name+" adds "+price)
				}
			}
		}
		return true
	})
	return bad
}

func TestShippedModuleCallsNothingDear(t *testing.T) {
	for _, p := range shippedPackages(t) {
		if _, own := short(p.ImportPath); !own {
			continue
		}
		fset := token.NewFileSet()
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, use := range dearUses(fset, file) {
				t.Error(use)
			}
		}
	}
}

func TestOverweightAndDearUses(t *testing.T) {
	assert.Empty(t, overweight(Package{Imports: []string{"strings", "strconv", "errors", "time", "syscall/js", "encoding/base64"}}))
	assert.Len(t, overweight(Package{Imports: []string{"fmt", "strings", "net/url", safejs}}), 3)

	const src = `package x
import ("errors"; convert "strconv"; "strings")
var a, _ = convert.Atoi("1")
var b = errors.New(strings.TrimSpace("x"))
func f(err error) bool { return errors.Is(err, b) && strings.HasPrefix("a", "b") }`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "x.go", src, 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"x.go:3:12: strconv.Atoi adds 5 KB", "x.go:5:33: errors.Is adds 4.3 KB"}, dearUses(fset, file))
}
