package rotation

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const reportFile = "../rotation.md"

func report(t *testing.T) {
	t.Helper()
	if *show {
		fmt.Print(tables())
	}
	if !*write {
		return
	}
	for _, c := range cases {
		for _, a := range arrangements {
			if runs := len(done[[2]string{c.id, a.id}]); c.rows(a) && runs != c.times(a) {
				t.Fatalf("%s of %s was run %d times, not %d: leave -run out, so that the report is whole", c.id, a.id, runs, c.times(a))
			}
		}
	}
	require.NoError(t, os.WriteFile(reportFile, []byte(preface()+tables()), 0o644))
}

func tables() string {
	var text strings.Builder
	for _, c := range cases {
		rows := c.table()
		if rows == "" {
			continue
		}
		fmt.Fprintf(&text, "\n## %s\n\n%s\n\n*Required:* %s\n\n%s", c.title, c.what, c.required, rows)
	}
	return text.String()
}

func (c testCase) table() string {
	var text strings.Builder
	for _, a := range arrangements {
		runs := done[[2]string{c.id, a.id}]
		if len(runs) > 0 && text.Len() == 0 {
			fmt.Fprintf(&text, "| SDK | %s | at once again | a token's life later | requests | most uses | families revoked |\n"+
				"|---|---|---|---|---|---|---|\n", c.call)
		}
		for _, same := range alike(runs) {
			name := a.name
			if c.runs > 1 && a.shared {
				name += fmt.Sprintf(": %d of %d runs", same.times, len(runs))
			}
			fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s | %s |\n",
				name, same.call, same.next, same.later, same.requests, same.uses, same.revocation)
		}
	}
	return text.String()
}

// counted is a row and how many runs came out as it.
type counted struct {
	row
	times int
}

// alike puts equal rows together, what came out most often first.
func alike(runs []row) (list []counted) {
	for _, r := range runs {
		i := slices.IndexFunc(list, func(c counted) bool { return c.row == r })
		if i < 0 {
			list = append(list, counted{r, 1})
			continue
		}
		list[i].times++
	}
	slices.SortStableFunc(list, func(x, y counted) int { return y.times - x.times })
	return list
}
