package speed

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// panels of the picture, in the order of reading.
var panels = []struct{ measure, title, unit string }{
	{"transfer", "To load, with brotli", "KB"},
	{"slow4g", "Ready over slow 4G", "ms"},
	{"cached", "A token that needs no renewal", "µs"},
	{"tabs", "Requests when 20 tabs renew", ""},
}

// Measures of the picture, in pixels.
const (
	chartWidth, margin  = 840, 16
	panelWidth, panelUp = 396, 196
	row, names          = 25, 104
	barHeight, barMost  = 13, 216
)

// style has the colours of a light and of a dark page. The text has a contrast of at least 4.5 to 1 on GitHub's own in both.
const style = `text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}.h{font-weight:600;font-size:14px}.ours{font-weight:600}` +
	`rect{fill:#8c959f}rect.ours{fill:#0969da}` +
	`@media (prefers-color-scheme:dark){text{fill:#e6edf3}rect{fill:#7d8590}rect.ours{fill:#58a6ff}}`

// chart draws the medians as bars, shorter being better in each panel. The same figures give the same bytes.
func chart(s *samples, names map[string]string) string {
	var body, words strings.Builder
	for i, p := range panels {
		x, y := margin+(i%2)*(panelWidth+margin), margin+(i/2)*panelUp
		fmt.Fprintf(&words, " %s%s:", p.title, unit(p.unit))
		panel(&body, &words, s, names, i, x, y)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" role="img" aria-labelledby="title desc">
<title id="title">What Postern and its peers cost</title>
<desc id="desc">Medians; less is better.%s</desc>
<style>%s</style>
%s</svg>
`, chartWidth, 2*panelUp, escaped(words.String()), style, body.String())
}

func panel(body, words *strings.Builder, s *samples, called map[string]string, i, x, y int) {
	p := panels[i]
	most := 0.0
	for _, v := range measured {
		f, _ := s.of(v.id, p.measure)
		most = max(most, f.median)
	}
	fmt.Fprintf(body, "<text class=\"h\" x=\"%d\" y=\"%d\">%s%s</text>\n", x, y+14, escaped(p.title), escaped(unit(p.unit)))
	for n, v := range measured {
		f, there := s.of(v.id, p.measure)
		class, line := "", y+row*(n+1)
		if n == 0 {
			class = ` class="ours"`
		}
		shown := "–"
		if there {
			shown = f.write(f.median)
		}
		fmt.Fprintf(body, "<text%s x=\"%d\" y=\"%d\">%s</text>", class, x, line+15, escaped(called[v.id]))
		fmt.Fprintf(body, "<rect%s x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>", class, x+names, line+4, max(1, f.median/max(most, 1e-9)*barMost), barHeight)
		fmt.Fprintf(body, "<text%s x=\"%.1f\" y=\"%d\">%s</text>\n", class, float64(x+names+6)+max(1, f.median/max(most, 1e-9)*barMost), line+15, shown)
		fmt.Fprintf(words, " %s %s%s", called[v.id], shown, map[bool]string{true: ";", false: "."}[n < len(measured)-1])
	}
}

func unit(name string) string {
	if name == "" {
		return ""
	}
	return ", " + name
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text))
	return b.String()
}

// invented has a value for everything that a report shows.
func invented() *samples {
	s := &samples{}
	for i, v := range append(measured, beside...) {
		for j, m := range measures {
			s.add(v.id, m.id, float64(10*(i+1)+j), float64(10*(i+1)+j+2))
		}
	}
	return s
}

func TestChart(t *testing.T) {
	called := map[string]string{"postern": "Postern", "auth0": "a < b & c"}
	first := chart(invented(), called)
	assert.Equal(t, first, chart(invented(), called), "the same figures, another picture")
	for decoder := xml.NewDecoder(strings.NewReader(first)); ; {
		_, err := decoder.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err, "no XML")
	}
	for _, part := range []string{"prefers-color-scheme:dark", `role="img"`, "<title ", "<desc ", "a &lt; b &amp; c"} {
		assert.Contains(t, first, part)
	}
}
