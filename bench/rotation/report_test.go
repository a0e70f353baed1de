package rotation

import (
	"fmt"
	"os"
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
			if _, run := done[[2]string{c.id, a.id}]; c.rows(a) && !run {
				t.Fatalf("%s of %s wasn't run: leave -run out, so that the report is whole", c.id, a.id)
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
		r, run := done[[2]string{c.id, a.id}]
		if !run {
			continue
		}
		if text.Len() == 0 {
			fmt.Fprintf(&text, "| SDK | %s | at once again | a token's life later | requests | most uses | families revoked |\n"+
				"|---|---|---|---|---|---|---|\n", c.call)
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s | %s | %s |\n", a.name, r.call, r.next, r.later, r.requests, r.uses, r.revocation)
	}
	return text.String()
}
