package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/chart"
	"github.com/postern-auth/postern/bench/peers"
	"github.com/postern-auth/postern/e2e/chromium"
)

var dayRounds = flag.Int("day", 0, "rounds of 100 renewals, written to ../bench/soak.md and ../bench/soak.svg")

const soakFile = "../bench/soak"

// TestDay is a day of a page in 100 rounds.
//
//	go test ./e2e -run TestDay -v -day 100
func TestDay(t *testing.T) {
	if *dayRounds == 0 {
		t.Skip("make bench-soak runs it")
	}
	var mu sync.Mutex
	days := map[string]*day{}
	t.Run("builds", func(t *testing.T) { // which returns when they have ended
		t.Run("each", func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				d := newDay(t, b)
				for range *dayRounds {
					d.round(100)
				}
				d.judge(*dayRounds / 10)
				mu.Lock()
				days[b.Name] = d
				mu.Unlock()
			})
		})
	})
	require.Len(t, days, len(made), "a build didn't get through its day")
	require.NoError(t, os.WriteFile(soakFile+".md", []byte(reportOf(t, days)), 0o644))
	require.NoError(t, os.WriteFile(soakFile+".svg", []byte(drawingOf(days)), 0o644))
}

const soakPreface = `# A page that is open for a day

What one page takes while %s renewals, %s logins and %d clients come and go in it, and %d tabs beside it that renew the same session once each: a day, if tokens lived for
eight seconds. Every renewal is a request to the demo's provider; the page's clock is moved, the provider's isn't. ` + "`make bench-soak`" + ` runs it and writes this file and
[soak.svg](soak.svg) anew. ` + "`TestMemory` in [e2e/](../e2e/memory_test.go)" + ` is the same for a few hundred renewals, and fails where any of it grows.

This run: Postern %s; %s; %s.

![Memory of the module and of the scripts over the renewals](soak.svg)

| | after | memory of the module, of all instances that are left | scripts' memory | instances so far | values lent to the module, at most |
|---|---|---|---|---|---|
`

const soakNotes = `
Measured after each hundred renewals, with the garbage collected before.

- **TinyGo's build**, which ships, has no garbage collector. A renewal leaves some 80 KB behind in the module's memory, a login some 55 KB; when the memory has grown beyond
  8 MB and the module has nothing to do, the loader replaces the instance, and the browser frees the old one. TinyGo's memory doubles when it is full, so that an instance may
  have 16 MB for a moment. The chart's last panel shows the first of them come and go. With tokens of one hour that is every four days; here it is every 90 renewals or so.
- **Go's build** collects its own garbage, and has one instance.
- **The scripts'** memory is V8's heap, the page's own included. It grows while V8 compiles what runs often. A client that was closed stays with 1.5 KB, as long as its page.
- **Values** are entries of the table through which TinyGo's module holds JavaScript's values: none stays that isn't given back.
`

func reportOf(t *testing.T, days map[string]*day) string {
	path, err := chromium.FindShell(context.Background(), os.Stderr)
	require.NoError(t, err)
	version, err := peers.Browser(context.Background(), path)
	require.NoError(t, err)
	postern, err := peers.Postern(context.Background(), "..")
	require.NoError(t, err)
	total := *dayRounds * 100
	var b strings.Builder
	fmt.Fprintf(&b, soakPreface, thousands(total), thousands(total/10), *dayRounds, *dayRounds, postern, version, peers.System())
	for _, build := range made {
		for _, at := range []int{0, *dayRounds/10 - 1, *dayRounds/2 - 1, *dayRounds - 1} {
			s := days[build.Name].samples[max(at, 0)]
			entries := fmt.Sprint(s.entries)
			if s.entries == 0 {
				entries = "–"
			}
			fmt.Fprintf(&b, "| %s's build | %s | %.1f MB | %.2f MB | %d | %s |\n", build.Name, thousands(s.renewals), s.module/(1<<20), s.heap/(1<<20), s.instances, entries)
		}
	}
	return b.String() + soakNotes
}

func drawingOf(days map[string]*day) string {
	megabytes := func(most float64) chart.Axis {
		return chart.Axis{Max: most, Ticks: []chart.Tick{{Text: "0"}, {At: most / 2, Text: fmt.Sprintf("%.0f MB", most/2)}, {At: most, Text: fmt.Sprintf("%.0f MB", most)}}}
	}
	renewals := func(most int) chart.Axis {
		return chart.Axis{Max: float64(most), Ticks: []chart.Tick{{Text: "0"}, {At: float64(most) / 2, Text: thousands(most/2) + " renewals"}, {At: float64(most), Text: thousands(most)}}}
	}
	var panels []chart.Panel
	for _, build := range made {
		d := days[build.Name]
		over := func(value func(sample) float64) []chart.Line {
			line := chart.Line{Bright: true}
			for _, s := range d.samples {
				line.Points = append(line.Points, [2]float64{float64(s.renewals), value(s)})
			}
			return []chart.Line{line}
		}
		running := chart.Line{Bright: true}
		few := d.sizes[:min(len(d.sizes), 200)]
		for i, size := range few {
			running.Points = append(running.Points, [2]float64{float64(i + 1), size / (1 << 20)})
		}
		panels = append(panels,
			chart.Panel{Title: build.Name + "'s build: module, all instances that are left", X: renewals(d.renewals), Y: megabytes(32),
				Lines: over(func(s sample) float64 { return s.module / (1 << 20) })},
			chart.Panel{Title: build.Name + "'s build: the scripts", X: renewals(d.renewals), Y: megabytes(4),
				Lines: over(func(s sample) float64 { return s.heap / (1 << 20) })},
			chart.Panel{Title: build.Name + "'s build: the running instance, at first", X: renewals(len(few)), Y: megabytes(32), Lines: []chart.Line{running}})
	}
	last := days[made[0].Name].samples[*dayRounds-1]
	return chart.SVG("Memory of a page that is open for a day",
		fmt.Sprintf("For each compiler's build over %s renewals: the memory of all instances of the module, the memory of the scripts, and the running instance during the "+
			"first 200 renewals, which TinyGo's build replaces when it has grown. At the end %s's modules take %.0f MB, and the scripts %.1f MB.",
			thousands(last.renewals), made[0].Name, last.module/(1<<20), last.heap/(1<<20)), 3, panels)
}

func thousands(n int) string {
	if n < 10_000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d %03d", n/1000, n%1000)
}
