package demo

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

var lighthouse = flag.Bool("lighthouse", false, "measure the demo with Lighthouse, which takes a minute and wants a machine that has nothing else to do")

// least is the score, of 100, below which the demo shows its visitors a worse page than it should.
const least = 95

func TestLighthouse(t *testing.T) {
	if !*lighthouse {
		t.Skip("make lighthouse runs it")
	}
	dir, err := setup.Lighthouse(t.Context(), root, os.Stderr)
	require.NoError(t, err)
	chrome, err := chromium.Find(t.Context(), os.Stderr)
	require.NoError(t, err)
	p := openWith(t, stack.Config{Dist: made[0].Dir})
	for name, device := range map[string][]string{"phone": nil, "desktop": {"--preset=desktop"}} {
		t.Run(name, func(t *testing.T) {
			// The median of three, as Lighthouse advises: one run tells as much of the machine as of the page.
			scores := map[string][]float64{}
			for range 3 {
				for category, score := range measure(t.Context(), t, dir, chrome, p.stack.AppURL()+"/", device...) {
					scores[category] = append(scores[category], score)
				}
			}
			assert.Len(t, scores, 3)
			for category, runs := range scores {
				slices.Sort(runs)
				t.Logf("%s, %s: %.0f (%.0f)", name, category, runs[1], runs)
				assert.GreaterOrEqual(t, runs[1], float64(least), category)
			}
		})
	}
}

// measure runs Lighthouse in a Chromium of its own, and returns what it says of each category.
func measure(ctx context.Context, t *testing.T, dir, chrome, url string, device ...string) map[string]float64 {
	t.Helper()
	report := filepath.Join(t.TempDir(), "report.json")
	args := append([]string{
		filepath.Join(dir, "node_modules", "lighthouse", "cli", "index.js"), url, "--quiet", "--output=json", "--output-path=" + report,
		"--only-categories=performance,accessibility,best-practices", "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
		"--no-enable-error-reporting",
	}, device...)
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Env = append(os.Environ(), "CHROME_PATH="+chrome)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	content, err := os.ReadFile(report)
	require.NoError(t, err)
	var result struct {
		Categories map[string]struct{ Score float64 }
		Audits     map[string]struct {
			Score        *float64
			DisplayValue string
		}
	}
	require.NoError(t, json.Unmarshal(content, &result))
	scores := map[string]float64{}
	for category, c := range result.Categories {
		scores[category] = c.Score * 100
	}
	for name, a := range result.Audits {
		if a.Score != nil && *a.Score < .9 {
			t.Logf("  %s: %.2f %s", name, *a.Score, a.DisplayValue)
		}
	}
	return scores
}
