package e2e

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

//go:embed pages/memory.js
var memoryScript string

// logged keeps warnings of the clock, which goes far from the provider's, away from the console, which forgets nothing.
const logged = "{ahead: 0, backgroundRenewal: false, cacheLocation: 'localstorage', logs: true}"

// step is between two renewals: ten thousand are a day.
const step = 24 * time.Hour / 10_000

// What a page may take, as long as it is open: TinyGo's module is replaced when it has grown beyond 8 MB, and by then it may be twice that.
const (
	mostModule = 20 << 20 // bytes, of all the module's instances that are left
	mostEach   = 1000     // bytes of scripts that a renewal, and what comes with it, leaves behind; the answer to one has three times as many
	// An instance that was replaced had 8 MB behind it. By this a renewal leaves so many bytes in the module at most, with its share of the logins.
	mostBehind = 100 << 10
)

// sample is what a page takes once its garbage is collected.
type sample struct {
	renewals, instances, entries int
	module, heap                 float64 // bytes
}

// day is a page that stays open, with all that may happen in it: renewals as time passes, logins, clients that come and go, and tabs beside it.
type day struct {
	*app
	renewals int
	sizes    []float64 // of the running module after each renewal
	samples  []sample
}

func newDay(t *testing.T, b build) *day {
	a := start(t, b, func(c *stack.Config) {
		c.AccessTokenLifetime = step + time.Second
		c.IDTokenLifetime, c.RefreshTokenLifetime = 1000*time.Hour, 1000*time.Hour // by the provider's own clock, which stands still beside the page's
		c.RedirectPaths = append(c.RedirectPaths, home+"empty.html")
	})
	handles, err := os.ReadFile("../internal/bridge/boundary/handles.mjs")
	require.NoError(t, err)
	a.BeforeScripts(strings.Replace(string(handles), "export class", "class", 1) + memoryScript)
	a.open(home)
	a.signIn(logged)
	return &day{app: a}
}

// round is so many renewals, a login for every ten of them, a client that comes and goes, and so does a tab.
func (d *day) round(renewals int) {
	d.Helper()
	var sizes []float64
	d.Eval(fmt.Sprintf("seen.renew(%d, %d)", renewals, step.Milliseconds()), &sizes)
	d.sizes = append(d.sizes, sizes...)
	d.Eval(fmt.Sprintf("seen.signIn(%d)", renewals/10))
	d.Eval("seen.mount(1)")
	tab := d.anotherTab()
	tab.create("{...(" + logged + "), ahead: " + fmt.Sprint(d.number("t.ahead")+float64(step.Milliseconds())) + "}")
	tab.token()
	tab.Close()
	d.renewals += renewals
	heap := d.Heap()
	d.samples = append(d.samples, sample{
		d.renewals, int(d.number("seen.instances")), int(d.number("seen.entries()")), d.number("seen.bytes()"), heap,
	})
}

// judge leaves out the first rounds, in which Chromium compiles what it runs often.
func (d *day) judge(first int) {
	from, to := d.samples[first], d.samples[len(d.samples)-1]
	for _, s := range d.samples {
		assert.LessOrEqual(d, s.module, float64(mostModule), "bytes of modules after %d renewals", s.renewals)
	}
	assert.LessOrEqual(d, (to.instances-1)*8<<20/to.renewals, mostBehind, "bytes of the module that a renewal leaves behind")
	assert.Equal(d, from.entries, to.entries, "values that the module has been given, and has not given back")
	assert.LessOrEqual(d, (to.heap-from.heap)/float64(to.renewals-from.renewals), float64(mostEach), "bytes of scripts that a renewal leaves behind")
	assert.GreaterOrEqual(d, d.refreshes(), to.renewals)
}

// A page takes no more the longer it is open. bench/soak.md has a day of it.
func TestMemory(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		d := newDay(t, b)
		for range 6 {
			d.round(50)
		}
		d.Logf("%+v", d.samples)
		d.judge(2)
	})
}
