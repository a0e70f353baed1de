// Package chart draws what benches measure: small panels of lines, as an SVG that is read in light and in dark.
package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Panel is one diagram.
type Panel struct {
	Title string
	X, Y  Axis
	Lines []Line
	Bands [][2]float64 // of X, shaded
}

// Axis goes from Min to Max. Log axes count in powers of ten, and what is below Min is drawn at it.
type Axis struct {
	Min, Max float64
	Log      bool
	Ticks    []Tick
}

// Tick is a mark beside an axis.
type Tick struct {
	At   float64
	Text string
}

// Line joins points. A bright one is what the reader is here for. Its name is written at its end.
type Line struct {
	Name   string
	Bright bool
	Points [][2]float64
}

const (
	width, height         = 300, 96 // of a panel's inside
	left, right, top, low = 62, 20, 30, 26
)

const style = `
text { font: 11px system-ui, sans-serif; fill: #57606a }
.title { font-weight: 600; fill: #1f2328 }
.grid { stroke: #d0d7de; stroke-width: 1 }
.band { fill: #cf222e; fill-opacity: .13 }
.line { fill: none; stroke: #6e7781; stroke-width: 1.5; stroke-linejoin: round }
.bright { stroke: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 }
  .title { fill: #f0f6fc }
  .grid { stroke: #3d444d }
  .band { fill: #ff7b72; fill-opacity: .2 }
  .line { stroke: #9198a1 }
  .bright { stroke: #4493f8 }
}
`

// SVG draws panels in so many columns, row by row. title and desc say to whoever doesn't see it what it is and shows.
func SVG(title, desc string, columns int, panels []Panel) string {
	const cellWidth, cellHeight = left + width + right, top + height + low
	rows := (len(panels) + columns - 1) / columns
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc">`+"\n",
		columns*cellWidth, rows*cellHeight)
	fmt.Fprintf(&b, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n<style>%s</style>\n", html.EscapeString(title), html.EscapeString(desc), style)
	for i, p := range panels {
		fmt.Fprintf(&b, `<g transform="translate(%d %d)">`+"\n", i%columns*cellWidth+left, i/columns*cellHeight+top)
		p.draw(&b)
		b.WriteString("</g>\n")
	}
	return b.String() + "</svg>\n"
}

func (p Panel) draw(b *strings.Builder) {
	fmt.Fprintf(b, `<text class="title" y="-12">%s</text>`+"\n", html.EscapeString(p.Title))
	for _, band := range p.Bands {
		fmt.Fprintf(b, `<rect class="band" x="%.1f" width="%.1f" height="%d"/>`+"\n", p.x(band[0]), p.x(band[1])-p.x(band[0]), height)
	}
	for _, t := range p.Y.Ticks {
		fmt.Fprintf(b, `<path class="grid" d="M0 %.1fH%d"/><text x="-6" y="%.1f" text-anchor="end">%s</text>`+"\n",
			p.y(t.At), width, p.y(t.At)+4, html.EscapeString(t.Text))
	}
	for _, t := range p.X.Ticks {
		fmt.Fprintf(b, `<path class="grid" d="M%.1f %dv4"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n",
			p.x(t.At), height, p.x(t.At), height+17, html.EscapeString(t.Text))
	}
	for _, l := range p.Lines {
		class := "line"
		if l.Bright {
			class += " bright"
		}
		fmt.Fprintf(b, `<path class="%s" d="`, class)
		for i, at := range l.Points {
			fmt.Fprintf(b, "%c%.1f %.1f", "ML"[min(i, 1)], p.x(at[0]), p.y(at[1]))
		}
		b.WriteString(`"/>` + "\n")
		if l.Name != "" && len(l.Points) > 0 {
			end := l.Points[len(l.Points)-1]
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="end">%s</text>`+"\n", p.x(end[0]), p.y(end[1])-5, html.EscapeString(l.Name))
		}
	}
}

func (p Panel) x(v float64) float64 { return p.X.part(v) * width }
func (p Panel) y(v float64) float64 { return (1 - p.Y.part(v)) * height }

// part is where v is on the way from Min to Max.
func (a Axis) part(v float64) float64 {
	v = min(max(v, a.Min), a.Max)
	if a.Log {
		return math.Log(v/a.Min) / math.Log(a.Max/a.Min)
	}
	return (v - a.Min) / (a.Max - a.Min)
}
