package load

import (
	"fmt"
	"slices"
	"time"

	"github.com/postern-auth/postern/bench/chart"
)

// shown are the charts' columns: a scenario, what is seen of it, and the step in which the busiest second is drawn.
var shown = []struct {
	scenario       int
	title          string
	from, to, step time.Duration
	tick           time.Duration
}{
	{0, "all start within a minute", 0, end, time.Minute, time.Hour},
	{2, "503s, a call every ten seconds", 110 * time.Minute, 150 * time.Minute, 10 * time.Second, 10 * time.Minute},
	{4, "503s as all the tokens end", 45 * time.Minute, 85 * time.Minute, 10 * time.Second, 10 * time.Minute},
}

func draw(results [][]*result) string {
	requests := chart.Axis{Min: 10, Max: 100_000, Log: true, Ticks: []chart.Tick{{At: 10, Text: "10/s"}, {At: 1000, Text: "1 000"}, {At: 100_000, Text: "100 000"}}}
	var panels []chart.Panel
	for j, sub := range subjects {
		for _, c := range shown {
			r := results[c.scenario][j]
			p := chart.Panel{Title: sub.name, X: chart.Axis{Min: c.from.Minutes(), Max: c.to.Minutes()}, Y: requests}
			if j == 0 {
				p.Title += ": " + c.title
			}
			for at := c.from; at <= c.to; at += c.tick {
				p.X.Ticks = append(p.X.Ticks, chart.Tick{At: at.Minutes(), Text: fmt.Sprintf("%d:%02d", at/time.Hour, at/time.Minute%60)})
			}
			if r.trouble != tokens {
				p.Bands = [][2]float64{{r.from.Minutes(), r.to.Minutes()}}
			}
			line := chart.Line{Bright: j == 0}
			for at := c.from; at < c.to; at += c.step {
				line.Points = append(line.Points, [2]float64{at.Minutes(), float64(slices.Max(r.seconds[r.second(at):r.second(at+c.step)]))})
			}
			p.Lines = []chart.Line{line}
			panels = append(panels, p)
		}
	}
	return chart.SVG("Requests per second that a provider gets of a million clients, for each SDK",
		"Three cases, one a column; the axes are logarithmic, and the shaded time is the outage. What is seen in each is in numbers in load.md.", len(shown), panels)
}
