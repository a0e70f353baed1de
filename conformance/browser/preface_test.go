package browser

import (
	"fmt"
	"strings"

	"github.com/postern-auth/postern/conformance/cases"
)

// preface is the head of the report: what this is, how to run it, what was run, and how to read it.
func preface(results []map[string]verdict) string {
	var versions, tallies strings.Builder
	for i, s := range subjects {
		fmt.Fprintf(&versions, "| %s | %s |\n", s.name, s.version)
		fmt.Fprintf(&tallies, "| %s | %s |\n", s.name, tally(results[i]))
	}
	return strings.NewReplacer("''", "`", "{versions}", versions.String(), "{machine}", machine, "{tallies}", tallies.String(),
		"{count}", fmt.Sprint(len(cases.All))).Replace(`# Conformance

What a client makes of an OpenID Provider that lies. ''hostile/'' is that provider: by itself an honest one with real keys, of which each case changes
one thing. ''cases/'' is the table of {count} cases: the lie, the error that the client must end in, where it must stop, and whether the refresh token it
was given must be revoked. ''native/'' runs the table against Postern's Go code, in some seconds; ''browser/'' runs it in Chromium, through the
module as each compiler builds it. A case has the name of the OpenID Foundation's conformance suite's module where one fits, here without
''oidcc-client-test-'' and ''fapi2-security-profile-final-client-test-''; H1 to H44 are the project's own numbers.

''''''sh
make conformance                                                         # natively, and in Chromium with both builds
go test ./conformance/native -run 'TestConformance/kid-unknown'          # one case
go test ./conformance/browser -run 'TestConformance/TinyGo/kid-unknown'  # the same in Chromium
make conformance-matrix                                                  # writes this file
''''''

This file is written by ''make conformance-matrix'', which builds Postern, fetches the peers from npm and runs every case with each of them in the
same browser, against the same provider; don't edit it.

| | |
|---|---|
{versions}| browser | {machine} |

## How to read the tables

The question is whether the user got in, or stayed in, and not which error told them: that is asked of Postern alone, by the tests. An error's own
words stand beside it, cut short. What isn't as required is set in bold, unless a specification leaves it open; a letter then says which. "n/a" is a case
that doesn't arise, as where an SDK never asks for the keys; "not yet" is what Postern lacks, and is marked in the table of cases as well. "went there" is
an SDK that followed to where it was lured; "hung" is a call that had come to nothing after 20 seconds, though a limit of two was set for each request.

| | as required | not | not, as a specification allows | n/a or not yet |
|---|---|---|---|---|
{tallies}
**Postern**: TinyGo's build, configured as each case says.

**auth0-spa-js**: ''useRefreshTokens: true''. It asks no metadata and goes to Auth0's paths, at which the provider answers too. ''domain'' is the
provider's origin: one with a scheme is taken as it is. The ''iss'' that it then expects ends in a slash, which the provider's doesn't, and its option
''issuer'' takes no http; so the field ''tokenIssuer'' of the client is set to the provider's issuer. It takes RS256 alone.

**oidc-client-ts**: as it is, with ''automaticSilentRenew: false'', so that a renewal is one that the case asks for, and ''revokeTokensOnSignout: true''.
`)
}
