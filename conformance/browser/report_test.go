package browser

import (
	"fmt"
	"strings"

	"github.com/postern-auth/postern/conformance/cases"
)

// report is the README.
func report(results []map[string]verdict) string {
	var text strings.Builder
	text.WriteString(preface(results))
	notes := lenient()
	for _, g := range cases.Groups {
		fmt.Fprintf(&text, "\n## %s\n\n| case | | what the provider does | required |", g.Title)
		for _, s := range subjects {
			text.WriteString(" " + s.name + " |")
		}
		text.WriteString("\n|---|---|---|---|" + strings.Repeat("---|", len(subjects)) + "\n")
		for i := range g.Cases {
			c := &g.Cases[i]
			fmt.Fprintf(&text, "| %s | %s | %s | %s |", title(c), c.Number, c.What, required(c))
			for _, verdicts := range results {
				text.WriteString(" " + cell(verdicts[c.Name], notes.letter(c.Lenient)) + " |")
			}
			text.WriteString("\n")
		}
	}
	text.WriteString("\n## Notes\n\n")
	for i, why := range notes {
		fmt.Fprintf(&text, "- (%c) %s.\n", 'a'+i, why)
	}
	text.WriteString("\n## Beside\n\nOther tests ask for these:\n\n")
	for _, l := range cases.Beside {
		text.WriteString("- " + l + "\n")
	}
	return text.String()
}

// title is what the suite's plans call a case.
func title(c *cases.Case) string {
	also := cases.Case{Name: c.Also}
	switch t := also.Title(); {
	case c.Also == "" || t == c.Title():
		return c.Title()
	default:
		return c.Title() + ", " + t
	}
}

// leniencies are the reasons for which an SDK may do otherwise, each with a letter.
type leniencies []string

func lenient() (all leniencies) {
	for i := range cases.All {
		if why := cases.All[i].Lenient; why != "" && all.letter(why) == "" {
			all = append(all, why)
		}
	}
	return all
}

func (l leniencies) letter(why string) string {
	for i, known := range l {
		if known == why {
			return string(rune('a' + i))
		}
	}
	return ""
}

// tally counts the verdicts on the cases that no specification leaves open.
func tally(verdicts map[string]verdict) string {
	var right, wrong, none, open int
	for i := range cases.All {
		switch v := verdicts[cases.All[i].Name]; {
		case v.none:
			none++
		case v.right:
			right++
		case cases.All[i].Lenient != "":
			open++
		default:
			wrong++
		}
	}
	return fmt.Sprintf("%d | %d | %d | %d", right, wrong, open, none)
}
