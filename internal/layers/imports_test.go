//go:build !js

package layers

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rule says what a package may import beside the standard library.
type rule struct {
	ours   []string // packages of this module
	others []string // other modules' packages
	js     bool     // syscall/js
}

const (
	safejs = "github.com/hack-pad/safejs"
	dom    = "honnef.co/go/js/dom/v2"
)

// rules is the architecture. Rules of the protocol (oauth, pkce) know no order, order (session, vault) knows no browser, and only what is
// named here touches JavaScript.
var rules = map[string]rule{
	"pkce":             {js: true},
	"internal/lock":    {},
	"internal/edition": {},
	"storage":          {js: true, ours: []string{"internal/bridge", "internal/lock"}},
	"internal/bridge":  {js: true, ours: []string{"internal/lock"}, others: []string{safejs}},
	"internal/oauth":   {ours: []string{"pkce"}},
	"internal/vault":   {ours: []string{"internal/oauth", "storage", "pkce", "internal/lock", "internal/edition"}},
	"internal/session": {ours: []string{"internal/oauth", "pkce", "storage", "internal/vault", "internal/lock", "internal/edition"}},
	"internal/browser": {js: true, others: []string{dom},
		ours: []string{"internal/bridge", "internal/session", "internal/vault", "internal/oauth", "storage", "internal/lock"}},
	"wasm": {js: true,
		ours: []string{"pkce", "storage", "internal/bridge", "internal/oauth", "internal/vault", "internal/session", "internal/browser",
			"internal/lock", "internal/edition"}},
	"internal/layers": {},
	// What bridge's tests run inside of each compiler's build.
	"internal/bridge/boundary": {js: true, ours: []string{"internal/bridge", "internal/lock"}},
}

// outside are the trees that stand beside the product: servers, tools and the tests that judge it. They share no code with it, so that a
// mistake can't hide by being on both sides.
var outside = []string{"tools", "e2e", "conformance", "bench", "demo", "npm"}

// drivers are those of them whose tests hold the product's own clients: to run the table of cases without a browser, and to count what a million clients
// ask of a provider. driven is what they may hold. They judge nothing: the table, the hostile provider and the peers' policies do, and import nothing of
// the product, tests included.
var drivers = []string{"conformance/native", "bench/load"}

var driven = []string{"internal/session", "internal/vault", "internal/oauth", "storage", "pkce"}

func isOutside(path string) bool {
	return slices.ContainsFunc(outside, func(tree string) bool { return path == tree || strings.HasPrefix(path, tree+"/") })
}

// breaches returns the imports of p that no rule allows.
func breaches(p Package) (bad []string) {
	name, _ := short(p.ImportPath)
	if isOutside(name) {
		for i, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			dep, own := short(path)
			drives := slices.Contains(drivers, name) && i >= len(p.Imports) && slices.Contains(driven, dep)
			if own && !isOutside(dep) && !drives {
				bad = append(bad, name+" imports "+dep+": what judges the product must not share its code")
			}
		}
		return bad
	}
	r, known := rules[name]
	if !known {
		return []string{name + " has no rule: add it to rules, and to ARCHITECTURE.md"}
	}
	for _, path := range p.Imports {
		dep, own := short(path)
		switch {
		case own && !slices.Contains(r.ours, dep):
			bad = append(bad, name+" imports "+dep+", which is not below it")
		case !own && strings.Contains(strings.Split(path, "/")[0], ".") && !slices.Contains(r.others, path):
			bad = append(bad, name+" imports "+path+", a module that has no business there")
		case path == "syscall/js" && !r.js:
			bad = append(bad, name+" imports syscall/js: it must run without a browser")
		}
	}
	return bad
}

func TestImports(t *testing.T) {
	for name, list := range ours {
		t.Run(name, func(t *testing.T) {
			packages, err := list()
			require.NoError(t, err)
			stale := maps.Clone(rules)
			for _, p := range packages {
				path, _ := short(p.ImportPath)
				delete(stale, path)
				assert.Nil(t, p.Error, "%s: %v", p.ImportPath, p.Error)
				for _, breach := range breaches(p) {
					t.Error(breach)
				}
			}
			if name != "native" { // where wasm doesn't exist
				assert.Empty(t, stale, "rules for packages that aren't there")
			}
		})
	}
}

// The rules order the packages: none may stand above another and below it.
func TestRulesHaveNoCycle(t *testing.T) {
	var above []string
	var visit func(name string)
	visit = func(name string) {
		require.NotContains(t, above, name, "a cycle through %v", above)
		require.Contains(t, rules, name)
		above = append(above, name)
		for _, dep := range rules[name].ours {
			visit(dep)
		}
		above = above[:len(above)-1]
	}
	for name := range rules {
		visit(name)
	}
}

func TestBreaches(t *testing.T) {
	own := func(names ...string) (paths []string) {
		for _, n := range names {
			paths = append(paths, module+"/"+n)
		}
		return paths
	}
	for name, test := range map[string]struct {
		p    Package
		want int
	}{
		"clean":                   {Package{ImportPath: module + "/internal/oauth", Imports: append(own("pkce"), "strings")}, 0},
		"pkce up":                 {Package{ImportPath: module + "/pkce", Imports: own("internal/oauth")}, 1},
		"oauth up":                {Package{ImportPath: module + "/internal/oauth", Imports: own("internal/session", "storage")}, 2},
		"vault to session":        {Package{ImportPath: module + "/internal/vault", Imports: own("internal/session")}, 1},
		"session to browser":      {Package{ImportPath: module + "/internal/session", Imports: own("internal/browser", "internal/bridge")}, 2},
		"session and JavaScript":  {Package{ImportPath: module + "/internal/session", Imports: []string{"syscall/js"}}, 1},
		"vault and dom":           {Package{ImportPath: module + "/internal/vault", Imports: []string{dom}}, 1},
		"pkce and a module":       {Package{ImportPath: module + "/pkce", Imports: []string{"golang.org/x/crypto/sha3"}}, 1},
		"bridge and oauth":        {Package{ImportPath: module + "/internal/bridge", Imports: append(own("internal/oauth"), safejs)}, 1},
		"a new package":           {Package{ImportPath: module + "/internal/helpful"}, 1},
		"tools among themselves":  {Package{ImportPath: module + "/tools/serve", Imports: append(own("tools/serve/api"), "github.com/x/y")}, 0},
		"tools and oauth":         {Package{ImportPath: module + "/tools/serve", Imports: own("internal/oauth")}, 1},
		"a tool's test and pkce":  {Package{ImportPath: module + "/tools/serve", XTestImports: own("pkce")}, 1},
		"e2e's tests and storage": {Package{ImportPath: module + "/e2e", TestImports: own("storage", "tools/serve")}, 1},
		"the driver's tests":      {Package{ImportPath: module + "/" + drivers[0], TestImports: own(driven...)}, 0},
		"the driver and session":  {Package{ImportPath: module + "/" + drivers[1], Imports: own("internal/session")}, 1},
		"the driver and browser":  {Package{ImportPath: module + "/" + drivers[0], XTestImports: own("internal/browser", "internal/lock")}, 2},
		"the hostile provider":    {Package{ImportPath: module + "/conformance/hostile", Imports: own("internal/oauth"), TestImports: own("pkce")}, 2},
		"the cases":               {Package{ImportPath: module + "/conformance/cases", TestImports: own("internal/vault", "conformance/hostile")}, 1},
		"bench and vault":         {Package{ImportPath: module + "/bench/peers", Imports: own("internal/vault")}, 1},
	} {
		assert.Len(t, breaches(test.p), test.want, name)
	}
}
