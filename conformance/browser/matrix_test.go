package browser

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/bench/peers"
	"github.com/postern-auth/postern/conformance/cases"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// subject is an SDK that is run.
type subject struct{ sdk, name, version string }

// gather fetches the peers, mounts them, and says exactly what there is.
func gather(ctx context.Context, mounts map[string]string) (all []subject, browser string, err error) {
	whole, err := setup.Root(root)
	if err != nil {
		return nil, "", err
	}
	postern, err := peers.Postern(ctx, whole)
	if err != nil {
		return nil, "", err
	}
	all = append(all, subject{made[0].Compiler, "Postern", postern})
	for _, p := range []struct {
		sdk, name, dir string
		peer           peers.Peer
	}{
		{"auth0", "auth0-spa-js", "dist", peers.Auth0},
		{"oidc", "oidc-client-ts", "dist/browser", peers.OIDCClient},
	} {
		dir, err := peers.Fetch(ctx, whole, p.peer, os.Stderr)
		if err != nil {
			return nil, "", err
		}
		mounts["/peers/"+p.sdk+"/"] = filepath.Join(dir, p.dir)
		all = append(all, subject{p.sdk, p.name, p.peer.String()})
	}
	path, err := chromium.FindShell(ctx, os.Stderr)
	if err != nil {
		return nil, "", err
	}
	browser, err = peers.Browser(ctx, path)
	return all, browser + " without a window, " + peers.System(), err
}

// TestMatrix runs every case with every SDK and writes the report. Nothing that an SDK does fails it.
func TestMatrix(t *testing.T) {
	if !*matrix {
		t.Skip("it takes the peers, and is run by make conformance-matrix")
	}
	results := make([]map[string]verdict, len(subjects))
	t.Run("sdk", func(t *testing.T) {
		for i, s := range subjects {
			t.Run(s.sdk, func(t *testing.T) {
				t.Parallel()
				results[i] = everyCase(t, s.sdk)
			})
		}
	})
	if !t.Failed() {
		require.NoError(t, os.WriteFile("../README.md", []byte(report(results)), 0o644))
	}
}

func everyCase(t *testing.T, sdk string) map[string]verdict {
	p := open(t, sdk)
	p.Allow("") // what an SDK says to the console is no part of the matrix
	verdicts := map[string]verdict{}
	for i := range cases.All {
		c := &cases.All[i]
		if unconfigurable(c, sdk) {
			verdicts[c.Name] = verdict{did: "n/a", none: true, why: "has no such option"}
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			before := len(p.Transcript())
			r := p.meets(t, c)
			v := judge(c, r, p.Transcript()[before:])
			if sdk == subjects[0].sdk {
				_, v.why, _ = strings.Cut(v.why, ": ") // the code stands in another column
			}
			if c.NotYet != "" && sdk == subjects[0].sdk {
				v = verdict{did: "not yet", none: true, why: c.NotYet}
			}
			verdicts[c.Name] = v
		})
	}
	return verdicts
}
