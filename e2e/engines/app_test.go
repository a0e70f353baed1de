package engines

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/builds"
	"github.com/postern-auth/postern/e2e/chromium"
	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/stack"
)

var (
	wanted = flag.String("engines", "chromium,firefox,webkit", "test in these engines")
	chosen = flag.String("builds", "", builds.Usage)

	made    []builds.Build
	running = map[string]Engine{}
)

var starts = []struct {
	name  string
	start func(context.Context, io.Writer) (Engine, error)
}{{"chromium", Chromium}, {"firefox", Firefox}, {"webkit", WebKit}}

func TestMain(m *testing.M) { chromium.Main(m, "engines", run) }

func run(m *testing.M) (_ int, err error) {
	if made, err = builds.Choose("../..", *chosen, os.Stderr); err != nil {
		return 0, err
	}
	for _, s := range starts {
		if strings.Contains(","+*wanted+",", ","+s.name+",") {
			e, err := s.start(context.Background(), os.Stderr)
			if err != nil {
				return 0, err
			}
			defer e.Close()
			running[s.name] = e
		}
	}
	return m.Run(), nil
}

// each runs a test in every engine with TinyGo's build, and with Go's too where it is the main job. One after the other: the engines share
// the machine.
func each(t *testing.T, whole bool, test func(a *app), configure ...func(*stack.Config)) {
	for _, s := range starts {
		for _, b := range made {
			e := running[s.name]
			if e == nil || b.Compiler == "go" && !whole && len(made) > 1 {
				continue
			}
			t.Run(s.name+" "+b.Name, func(t *testing.T) { test(start(t, s.name, e, b, configure...)) })
		}
	}
}

const home = "/e2e/"

// app is the test page in a tab, and the servers that it talks to.
type app struct {
	*testing.T
	engine string
	tab    Tab
	stack  *stack.Stack
}

func start(t *testing.T, engine string, e Engine, b builds.Build, configure ...func(*stack.Config)) *app {
	t.Helper()
	pages, err := filepath.Abs("../pages")
	require.NoError(t, err)
	c := stack.Config{
		Dist: b.Dir, Mounts: map[string]string{home: pages}, RedirectPaths: []string{home},
		AccessTokenLifetime: life, IDTokenLifetime: 48 * time.Hour,
	}
	for _, change := range configure {
		change(&c)
	}
	s, err := stack.Start(context.WithoutCancel(t.Context()), c)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	tab, err := e.Open(t)
	require.NoError(t, err)
	a := &app{t, engine, tab, s}
	a.open()
	return a
}

const life = 5 * time.Minute

// sibling is the page in a second tab, with a client.
func (a *app) sibling(options string) *app {
	a.Helper()
	tab, err := a.tab.Sibling()
	require.NoError(a, err)
	a.Cleanup(func() { _ = tab.Close() })
	other := &app{a.T, a.engine, tab, a.stack}
	other.open()
	other.create(options)
	return other
}

func (a *app) open() {
	a.Helper()
	require.NoError(a, a.tab.Load(a.stack.AppURL()+home))
	a.waitFor("window.t && !t.client")
}

func (a *app) reload(options string) {
	a.Helper()
	a.eval("void setTimeout(() => location.reload())")
	a.waitFor("window.t && !t.client")
	a.create(options)
}

func (a *app) create(options string) {
	a.Helper()
	a.eval("t.create(" + options + ")")
}

func (a *app) eval(expression string, into ...any) {
	a.Helper()
	raw, err := a.tab.Eval(expression)
	require.NoError(a, err, "%s", expression)
	for _, p := range into {
		require.NoError(a, json.Unmarshal(raw, p), "%s is %s", expression, raw)
	}
}

func (a *app) text(expression string) (s string) {
	a.Helper()
	a.eval("(async () => String(await ("+expression+")))()", &s)
	return s
}

// waitFor looks until an expression is true, across page loads too.
func (a *app) waitFor(expression string) {
	a.Helper()
	last := "it was false"
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		raw, err := a.tab.Eval("(async () => !!(await (" + expression + ")))()")
		if string(raw) == "true" {
			return
		}
		if err != nil {
			last = err.Error()
		}
	}
	a.Fatalf("waited in vain for %s: %s", expression, last)
}

func (a *app) click(selector string) {
	a.Helper()
	a.waitFor("document.readyState == 'complete' && document.querySelector('" + selector + "')")
	// In a moment: the page may be gone before this answers.
	a.eval("void setTimeout(() => document.querySelector('" + selector + "').click())")
}

// authenticate fills in the provider's form as Alice, and consents.
func (a *app) authenticate() {
	a.Helper()
	a.waitFor("document.readyState == 'complete' && document.querySelector('#username')")
	a.eval("void (document.querySelector('#username').value = 'alice', document.querySelector('#password').value = 'wonderland')")
	a.click("#sign-in")
	a.click("#allow")
}

func (a *app) login() {
	a.Helper()
	a.eval("void setTimeout(() => t.begin('login', () => t.client.loginWithRedirect()))")
}

func (a *app) signIn(options string) {
	a.Helper()
	a.create(options)
	a.login()
	a.authenticate()
	a.waitFor("window.t && !t.client")
	a.create(options)
	a.eval("t.client.handleRedirectCallback()")
	require.Equal(a, "demo|alice", a.subject())
}

func (a *app) subject() string {
	a.Helper()
	return a.text("t.client.getUser().then(u => u?.sub ?? '')")
}

func (a *app) token() string {
	a.Helper()
	return a.text("t.client.getTokenSilently()")
}

func (a *app) age(others ...*app) {
	a.Helper()
	for _, tab := range append(others, a) {
		tab.eval(fmt.Sprintf("void (t.ahead += %d)", (life + time.Second).Milliseconds()))
	}
}

func (a *app) begin(name, expression string) {
	a.Helper()
	a.eval("void t.begin('" + name + "', () => " + expression + ")")
}

// end is what became of begin: its value, or "error: " and a code.
func (a *app) end(name string) string {
	a.Helper()
	a.waitFor("t.ended." + name)
	return a.text("t.ended." + name + ".error ? 'error: ' + t.ended." + name + ".error.code : t.ended." + name + ".value")
}

func (a *app) arrived(gate *fault.Barrier) {
	a.Helper()
	ctx, cancel := context.WithTimeout(a.Context(), patience)
	defer cancel()
	require.NoError(a, gate.Arrived(ctx, 1))
}

func (a *app) refreshes() int { return a.stack.Ledger().Requests("refresh_token") }
