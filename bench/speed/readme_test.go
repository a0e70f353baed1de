package speed

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What stands between these two in the README is written by the run.
const begins, ends = "<!-- make bench writes this -->\n", "<!-- to here -->\n"

// inReadme are the rows there.
var inReadme = []string{"transfer", "cold", "slow4g", "cached", "callback", "refresh", "memory", "tabs"}

// shares says what Postern takes of what each peer does.
func (s *samples) shares(names map[string]string) string {
	var text strings.Builder
	text.WriteString("| Postern, as a share of |")
	for _, v := range measured[1:] {
		fmt.Fprintf(&text, " %s |", names[v.id])
	}
	text.WriteString("\n|---|" + strings.Repeat("---|", len(measured)-1) + "\n")
	for _, id := range inReadme {
		for _, m := range measures {
			if m.id != id {
				continue
			}
			name, _, _ := strings.Cut(m.name, " [")
			for _, unit := range []string{", KB", ", ms", ", µs"} {
				name = strings.TrimSuffix(name, unit)
			}
			fmt.Fprintf(&text, "| %s |", name)
			for _, v := range measured[1:] {
				fmt.Fprintf(&text, " %s |", share(s.ratio(measured[0].id, v.id, id)))
			}
			text.WriteString("\n")
		}
	}
	return text.String()
}

// share has two digits behind the point, and two that say something where it is smaller.
func share(ratio float64) string {
	if ratio < 0.1 {
		return fmt.Sprintf("%.2g", ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}

// replaced puts text where the README has it.
func replaced(readme, text string) (string, error) {
	before, rest, found := strings.Cut(readme, begins)
	_, after, closed := strings.Cut(rest, ends)
	if !found || !closed {
		return "", errors.New("README.md has no place for the table: the lines " + begins + ends)
	}
	return before + begins + text + ends + after, nil
}

func TestReplaced(t *testing.T) {
	readme, err := replaced("a\n"+begins+"old\n"+ends+"b\n", "new\n")
	require.NoError(t, err)
	assert.Equal(t, "a\n"+begins+"new\n"+ends+"b\n", readme)
	_, err = replaced("a\n"+begins+"b\n", "new\n")
	assert.Error(t, err)
	assert.Contains(t, invented().shares(map[string]string{"auth0": "auth0-spa-js"}), "| Postern, as a share of | auth0-spa-js |")
	assert.Contains(t, invented().shares(nil), "\n| to load | 0.52 |")
	assert.Equal(t, "0.0039", share(0.00393))
	assert.Equal(t, "3.76", share(3.7625))
}
