package native

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/conformance/cases"
	"github.com/postern-auth/postern/conformance/hostile"
)

func TestConformance(t *testing.T) {
	for i := range cases.All {
		c := &cases.All[i]
		if c.Browser {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			run(t, c)
		})
	}
}

func run(t *testing.T, c *cases.Case) {
	p := hostile.Start(hostile.Fault{})
	defer p.Close()
	report, err := c.Run(p, newTab(t, c, p.Issuer()))
	require.NoError(t, err)
	c.Verdict(t, c.Judge(report))
}

// A name is what a report, and whoever reads it, knows a case by.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cases.All {
		assert.False(t, seen[c.Name], "two cases are called %s", c.Name)
		seen[c.Name] = true
		assert.NotEmpty(t, c.What, c.Name)
		assert.NotContains(t, c.Name, " ")
		assert.True(t, c.Want.Code == "" || c.Want.Stop != "" || c.When == cases.AtRenewal, "%s: a refusal says where all is over", c.Name)
		assert.Equal(t, strings.HasPrefix(c.Want.Code, "id_token_claim"), c.Want.Claim != "", "%s: the claim is named", c.Name)
	}
}
