package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExplainSource(t *testing.T) {
	const root = "/home/me/src/postern"
	for file, want := range map[string]source{
		"/home/me/src/postern/internal/oauth/par.go":                        {"internal/oauth", "par.go"},
		"/home/me/src/postern/.toolchain/tinygo-1.2/src/runtime/hashmap.go": {elsewhere, "runtime"},
		"/usr/local/go/src/internal/stringslite/strings.go":                 {elsewhere, "internal/stringslite"},
		"/home/me/go/pkg/mod/example.org/a/b@v1.2.3/b.go":                   {elsewhere, "example.org/a/b"},
		"<Go interface method>":                                             {elsewhere, "<Go interface method>"},
	} {
		assert.Equal(t, want, tinygoCompiler{}.source(root, file))
	}
}

func TestExplainParts(t *testing.T) {
	root := product(t)
	bytes, err := parts(root, scripts[0], tinygoCompiler{})
	require.NoError(t, err)
	assert.Positive(t, bytes["js/module.js"])
	assert.Positive(t, bytes["js/abi.js"])
	assert.Len(t, bytes, 2, "another file is fetched later")
}

func TestExplainTable(t *testing.T) {
	sources := map[source]share{}
	in := func(room string) func(string) source {
		return func(file string) source { return source{room, file} }
	}
	divide(sources, coreName, map[string]int{"small.go": 100, "large.go": 300}, 200, in("a"))
	divide(sources, fullName, map[string]int{"small.go": 100, "large.go": 300, "more.go": 100}, 250, in("a"))
	divide(sources, "postern.js", map[string]int{"loader.js": 10}, 900, in("js"))
	var out strings.Builder
	require.NoError(t, table(&out, sources))
	var rows [][]string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.Fields(line))
	}
	assert.Equal(t, [][]string{
		{coreName, fullName, "postern.js", "postern.more.js"},
		{"900", "js"},
		{"900", "loader.js"},
		{"200", "250", "a"},
		{"150", "150", "large.go"},
		{"50", "more.go"},
		{"50", "50", "small.go"},
	}, rows[len(rows)-7:])
}
