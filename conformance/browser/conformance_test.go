package browser

import (
	"testing"

	"github.com/postern-auth/postern/conformance/cases"
	"github.com/postern-auth/postern/e2e/builds"
)

func TestConformance(t *testing.T) {
	builds.Each(t, made, func(t *testing.T, b builds.Build) {
		p := open(t, b.Compiler)
		for i := range cases.All {
			c := &cases.All[i]
			t.Run(c.Name, func(t *testing.T) { c.Verdict(t, c.Judge(p.meets(t, c))) })
		}
	})
}
