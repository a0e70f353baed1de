//go:build !js

package bridge

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/pack/flags"
)

const scripts = "internal/bridge/boundary/"

// line is what report.mjs writes.
type line struct {
	Name, Fault, Note string
	End               bool
}

// node runs a script in the edition's Node.js, makes a test of every line it reports, and returns the lines by name.
func node(t *testing.T, edition string, args ...string) map[string]line {
	t.Helper()
	output, failure := run(t, nil, nodeFor(t, edition), args...)
	lines := map[string]line{}
	ended := false
	for text := range strings.Lines(output) {
		var l line
		if !assert.NoError(t, json.Unmarshal([]byte(text), &l), text) {
			continue
		}
		ended = ended || l.End
		if l.End {
			continue
		}
		lines[l.Name] = l
		t.Run(l.Name, func(t *testing.T) {
			t.Log(l.Note)
			assert.Empty(t, l.Fault)
		})
	}
	require.NoError(t, failure)
	require.True(t, ended, "the script stopped before its end")
	require.NotEmpty(t, lines)
	return lines
}

func boundary(t *testing.T, module, compiler, edition string) map[string]line {
	t.Helper()
	return node(t, edition, scripts+"boundary.mjs", filepath.Join(loader(t, compiler), "abi.js"), module, compiler, edition)
}

// TestBoundaryGo runs the checks of package boundary with Go's compiler.
func TestBoundaryGo(t *testing.T) {
	read(t, "internal/bridge", "js")
	boundary(t, compileGo(t, "./internal/bridge/boundary"), "go", "full")
}

// TestBoundaryTinyGo runs them with the release's compiler, and with a collector in place of the release's none: what is only right
// because nothing is ever freed would show. The core has no run with a collector, which couldn't see the stacks of those that wait.
func TestBoundaryTinyGo(t *testing.T) {
	read(t, "internal/bridge", "internal/lock", "js", "tools/pack/flags")
	tools := tinygo(t)
	const right = "0 of 2000 wrong"
	for _, test := range []struct {
		edition, gc string
		flags       flags.Edition
	}{{"core", "leaking", flags.Core}, {"full", "leaking", flags.Full}, {"full", "precise", flags.Full}} {
		t.Run(test.edition+" "+test.gc, func(t *testing.T) {
			nodeFor(t, test.edition)
			lines := boundary(t, compileTinyGo(t, tools, "./internal/bridge/boundary", test.gc, test.flags), "tinygo", test.edition)
			assert.Equal(t, right, lines["lookup/boundary_accessor"].Note)
			direct := lines["lookup/boundary_direct"].Note
			if test.gc == "leaking" {
				assert.Equal(t, right, direct)
				return
			}
			// Not asserted: a compiler that has mended it is welcome, and internal/layers keeps such lookups out until then.
			t.Logf("looking a function up in a map, deleting it and calling it: %s", direct)
		})
	}
}
