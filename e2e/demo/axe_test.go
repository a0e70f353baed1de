package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// views are those in which every state is judged. Calm, since a colour that is still changing has no contrast to be measured.
var views = map[string]chromium.View{
	"wide, light":   {Width: 1280, Height: 900, Calm: true},
	"wide, dark":    {Width: 1280, Height: 900, Calm: true, Dark: true},
	"narrow, light": {Width: 390, Height: 844, Calm: true},
	"narrow, dark":  {Width: 390, Height: 844, Calm: true, Dark: true},
}

// judge is axe's judgement of the page as it is shown. axe is there only while it judges: the page must not come to depend on it.
func (p *page) judge(axe string) (violations []string) {
	p.Helper()
	if !p.Bool("window.axe") {
		p.Eval(axe + "; void 0")
	}
	var found []struct {
		ID, Help string
		Nodes    []struct {
			Target         []any
			FailureSummary string
		}
	}
	// Without the style sheets read a second time: the provider's policy forbids to fetch anything.
	p.Eval("axe.run({resultTypes: ['violations'], preload: false}).then((result) => result.violations)", &found)
	for _, v := range found {
		for _, n := range v.Nodes {
			violations = append(violations, fmt.Sprintf("%s (%s) at %v: %s", v.ID, v.Help, n.Target, n.FailureSummary))
		}
	}
	return violations
}

func axeSource(t *testing.T) string {
	t.Helper()
	dir, err := setup.Axe(t.Context(), root, os.Stderr)
	require.NoError(t, err)
	source, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	require.NoError(t, err)
	return string(source)
}

func TestAxe(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	p := open(t, made[0])
	p.through(func(state string) {
		for name, view := range views {
			p.Show(view)
			assert.Empty(t, strings.Join(p.judge(axe), "\n"), "%s, %s", state, name)
		}
		p.Show(views["wide, light"])
	})

	// It can say no, or its silence would mean nothing.
	p.Eval("document.querySelector('h1').style.color = '#eee'")
	require.Len(t, p.judge(axe), 1)
	assert.Contains(t, p.judge(axe)[0], "color-contrast")
}

// Where the SDK can't be loaded, the page says so to everybody.
func TestAxeWithoutSDK(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	p := open(t, builds.Build{})
	p.Allow("404")
	p.is("unavailable")
	p.shows("#problem-code", "wasm_unavailable")
	for name, view := range views {
		p.Show(view)
		assert.Empty(t, strings.Join(p.judge(axe), "\n"), name)
	}
}
