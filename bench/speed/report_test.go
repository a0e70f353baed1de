package speed

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/app"
)

// measures are the rows of the main table.
var measures = []struct{ id, name string }{
	{"transfer", "to load, KB [1]"},
	{"cold", "ready, first visit, ms [2]"},
	{"warm", "ready, third visit, ms [2]"},
	{"fast4g", "ready, fast 4G, ms [3]"},
	{"slow4g", "ready, slow 4G, ms [3]"},
	{"login", "login URL, ms [4]"},
	{"callback", "callback, ms [5]"},
	{"cached", "cached token, µs [6]"},
	{"refresh", "renewal, ms [7]"},
	{"memory", "memory after 10,000 calls, KB [8]"},
	{"tabs", "token requests of 20 tabs [9]"},
}

// report shows or writes what was measured: the tables, the picture, and the README's own table.
func report(t *testing.T, s *samples) {
	t.Helper()
	text := results(s, subject)
	if *show {
		fmt.Print(text)
	}
	if !*write {
		return
	}
	require.NoError(t, os.WriteFile("../results.md", []byte(text), 0o644))
	require.NoError(t, os.WriteFile("../results.svg", []byte(chart(s, subject.names())), 0o644))
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	text, err = replaced(string(readme), s.shares(subject.names()))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("../../README.md", []byte(text), 0o644))
}

// names are what the variants are called.
func (m machine) names() map[string]string {
	names := map[string]string{}
	for _, sdk := range m.sdks {
		names[sdk.ID] = sdk.Name
	}
	return names
}

func results(s *samples, m machine) string {
	var versions strings.Builder
	for _, sdk := range m.sdks {
		fmt.Fprintf(&versions, "| %s | %s |\n", sdk.Name, sdk.Version)
	}
	names := m.names()
	var columns []column
	for _, v := range measured {
		columns = append(columns, column{v.id, names[v.id]})
	}
	return strings.NewReplacer(
		"''", "`",
		"{versions}", versions.String(), "{browser}", m.browser, "{system}", m.system, "{cpus}", m.cpus, "{rounds}", fmt.Sprint(*rounds), "{crowds}", fmt.Sprint(*crowds),
		"{calls}", fmt.Sprint(calls), "{batches}", fmt.Sprint(batches), "{renewals}", fmt.Sprint(renewals),
		"{targets}", s.targets(),
		"{main}", s.table(columns, "transfer", "cold", "warm", "fast4g", "slow4g", "login", "callback", "cached", "refresh", "memory", "tabs"),
		"{preload}", s.table([]column{{"postern", "without"}, {"preload", "with"}, {"none", "no SDK"}}, "transfer", "cold", "warm", "fast4g", "slow4g"),
		"{memory}", s.table([]column{{"page", "Postern, in the page"}, {"worker", "Postern, in a worker"}, {"auth0-memory", "auth0-spa-js, in a worker"}},
			"login", "callback", "cached", "refresh", "memory"),
		"{floor}", s.cell("none", "memory"),
	).Replace(preface)
}

type column struct{ variant, name string }

func (s *samples) table(columns []column, rows ...string) string {
	var text strings.Builder
	text.WriteString("| |")
	for _, c := range columns {
		fmt.Fprintf(&text, " %s |", c.name)
	}
	text.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, m := range measures {
		for _, id := range rows {
			if id != m.id {
				continue
			}
			fmt.Fprintf(&text, "| %s |", m.name)
			for _, c := range columns {
				fmt.Fprintf(&text, " %s |", s.cell(c.variant, id))
			}
			text.WriteString("\n")
		}
	}
	return text.String()
}

// cell is a figure, or a dash where an SDK has nothing of the kind.
func (s *samples) cell(variant, measure string) string {
	f, there := s.of(variant, measure)
	if !there {
		return "–"
	}
	return f.String()
}

func TestResults(t *testing.T) {
	m := machine{sdks: []app.SDK{{ID: "postern", Name: "Postern", Version: "1"}, {ID: "auth0", Name: "auth0-spa-js", Version: "2"}}, browser: "a browser"}
	text := results(invented(), m)
	assert.Equal(t, text, results(invented(), m), "the same figures, another report")
	assert.NotRegexp(t, `\{[a-z]+\}|''|NaN|Inf`, text, "something was left out")
	for _, row := range measures {
		assert.Contains(t, text, "| "+row.name+" |")
	}
}
