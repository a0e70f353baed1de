package demo

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/stack"
)

var write = flag.Bool("write", false, "write docs/demo.png and docs/demo-dark.png anew")

// What README.md shows: somebody signed in, an API that answered, a renewal that failed and one that didn't, by light and in the dark.
func TestPicture(t *testing.T) {
	if !*write {
		t.Skip("make screenshot runs it")
	}
	p := openWith(t, stack.Config{Dist: made[0].Dir})                     // as make demo starts it
	view := chromium.View{Width: 1180, Height: 900, Scale: 2, Calm: true} // calm, or the colours are still on their way from light to dark
	p.Show(view)
	p.signIn()
	p.Click("#fault-unavailable")
	p.shows("#armed", "503")
	p.Allow("status of 503")
	p.Click("#renew")
	p.shows("#problem-code", "token_endpoint_error")
	p.Eval("new Promise((over) => setTimeout(over, 1100))") // the second that the provider wants to be left alone for
	p.Click("#renew")
	p.shows("#generation", "2")
	p.Click("#call-api")
	p.shows("#api-status", "200 OK")
	p.WaitFor("document.querySelector('#problem').hidden")
	p.Eval("document.activeElement.blur()")

	var end float64
	p.Eval("document.querySelector('.log').getBoundingClientRect().bottom + scrollY", &end)
	view.Height = int64(end) + 16                                                   // within the gap to what comes next
	p.WaitFor("Number(document.querySelector('#token-seconds').textContent) <= 48") // a bar that has begun to drain
	for _, name := range []string{"demo.png", "demo-dark.png"} {
		view.Dark = name != "demo.png"
		p.Show(view)
		picture := p.Picture()
		assert.NotEmpty(t, picture)
		require.NoError(t, os.WriteFile(filepath.Join(root, "docs", name), picture, 0o644))
	}
}
