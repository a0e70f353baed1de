package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// finding is one check of a diagnosis.
type finding struct {
	Name, Detail, Hint string
	OK                 bool
}

type diagnosis struct {
	OK     bool
	Checks []finding
	Trace  []string
}

func (a *app) diagnose() (d diagnosis) {
	a.Helper()
	a.diagnosable()
	a.Eval("t.client.diagnose()", &d)
	for _, f := range d.Checks {
		assert.NotEmpty(a, f.Detail, f.Name)
		assert.True(a, f.OK || f.Hint != "", "%s: what is wrong has a hint", f.Name)
	}
	assert.Equal(a, len(d.wrong()) == 0, d.OK)
	return d
}

// diagnosable expects what a diagnosis leaves in the console: the token endpoint refuses what nobody can be granted.
func (a *app) diagnosable() { a.Allow("status of 400") }

// wrong are the names of the checks that failed.
func (d diagnosis) wrong() (names []string) {
	for _, f := range d.Checks {
		if !f.OK {
			names = append(names, f.Name)
		}
	}
	return names
}

// check returns a finding by name.
func (a *app) check(d diagnosis, name string) finding {
	a.Helper()
	i := slices.IndexFunc(d.Checks, func(f finding) bool { return f.Name == name })
	require.GreaterOrEqual(a, i, 0, "there is no check %s in %v", name, d.Checks)
	return d.Checks[i]
}

func TestDiagnoseAllIsWell(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		const diagnose = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/postern.diagnose.js')).length"
		a.create("")
		assert.True(t, a.Bool(diagnose+" == 0"), "nobody fetches what nobody has asked for")
		d := a.diagnose()
		assert.Empty(t, d.wrong(), "%v", d.Checks)
		assert.Contains(t, a.check(d, "refresh-tokens").Detail, "seen at a sign-in")

		a.signIn("")
		d = a.diagnose()
		assert.Empty(t, d.wrong(), "%v", d.Checks)
		var names []string
		for _, f := range d.Checks {
			names = append(names, f.Name)
		}
		assert.Equal(t, []string{
			"secure-context", "wasm", "csp", "discovery", "issuer", "token-endpoint", "keys", "clock", "session-storage", "local-storage",
			"indexeddb", "locks", "worker", "third-party-cookies", "refresh-tokens",
		}, names)
		assert.Contains(t, a.check(d, "refresh-tokens").Detail, "generation 1")
		assert.Contains(t, a.check(d, "clock").Detail, "agrees")
		trace := strings.Join(d.Trace, "\n")
		assert.Regexp(t, `\d+ ms: 0 callback: ok after \d+ ms`, trace)
		assert.Contains(t, trace, "0 told session signed-in")
		assert.Regexp(t, `POST `+a.stack.IssuerURL()+`/token: 200 after`, trace)
		assert.Len(t, a.stack.Ledger().Revocations(), 0)
		a.greeted("demo|alice")
		assert.True(t, a.Bool("t.stored().then((all) => !all.includes('postern:diagnose'))"), "what was written to be read goes")
	})
}

func TestDiagnoseFromTheClassicScript(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.open(home + "classic.html")
		a.create("")
		assert.Empty(t, a.diagnose().wrong())
	})
}

// The worker can be started where the policy lets it. Where it doesn't, that is wrong for those whose vault would be in it.
func TestDiagnoseWorker(t *testing.T) {
	for policy, starts := range map[string]bool{"worker-src 'self'": true, "worker-src 'none'": false} {
		t.Run(policy, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, func(c *stack.Config) {
					c.CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *; img-src data:; " + policy
				})
				a.Allow("worker-src")
				a.Allow("Content Security Policy")
				a.create("")
				d := a.diagnose()
				assert.Empty(t, d.wrong())
				assert.Equal(t, starts, a.check(d, "worker").Hint == "", a.check(d, "worker").Detail)
				a.Eval("t.construct({cacheLocation: 'memory'})")
				d = a.diagnose()
				assert.Equal(t, starts, len(d.wrong()) == 0)
				if !starts {
					assert.Equal(t, []string{"worker"}, d.wrong())
					assert.Contains(t, a.check(d, "worker").Hint, "worker-src 'self'")
				}
			})
		})
	}
}

// unreadable is a provider whose answers to some paths lack the headers that would let the page read them.
func unreadable(paths ...string) func(*stack.Config) {
	return func(c *stack.Config) {
		c.Front = func(issuer http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if slices.Contains(paths, r.URL.Path) {
					w = &withoutCORS{w}
				}
				issuer.ServeHTTP(w, r)
			})
		}
	}
}

type withoutCORS struct{ http.ResponseWriter }

func (w *withoutCORS) WriteHeader(status int) {
	w.Header().Del("Access-Control-Allow-Origin")
	w.ResponseWriter.WriteHeader(status)
}

func (w *withoutCORS) Write(p []byte) (int, error) {
	w.Header().Del("Access-Control-Allow-Origin")
	return w.ResponseWriter.Write(p)
}

func TestDiagnoseCORS(t *testing.T) {
	for name, path := range map[string]string{"discovery": "/.well-known/openid-configuration", "token-endpoint": "/token", "keys": "/jwks"} {
		t.Run(name, func(t *testing.T) {
			eachBuild(t, func(t *testing.T, b build) {
				a := start(t, b, unreadable(path))
				a.Allow("CORS policy")
				a.Allow("net::ERR_FAILED")
				a.Allow("status of") // the other address of the metadata, and a token endpoint that is asked by GET
				a.create("")
				d := a.diagnose()
				assert.Equal(t, []string{name}, d.wrong(), "%v", d.Checks)
				f := a.check(d, name)
				assert.Contains(t, f.Detail, "CORS")
				assert.Contains(t, f.Detail, a.stack.IssuerURL()+path)
				assert.Contains(t, f.Hint, a.stack.AppURL())
			})
		})
	}
}

func TestDiagnoseWithoutProvider(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Allow("ERR_CONNECTION_REFUSED")
		require.NoError(t, a.stack.StopIssuer())
		a.create("")
		d := a.diagnose()
		assert.Equal(t, []string{"discovery"}, d.wrong())
		f := a.check(d, "discovery")
		assert.Contains(t, f.Detail, "can't be reached")
		assert.NotContains(t, f.Detail, "CORS")
	})
}

// A policy that forbids WebAssembly and the provider: the module can't start, and the diagnosis is there all the same.
func TestDiagnosePolicy(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) {
			c.CSP = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; worker-src 'self'"
		})
		a.Allow("WebAssembly")
		a.Allow("wasm-unsafe-eval")
		a.Allow("Content Security Policy")
		a.Eval("t.construct()")
		a.fails("wasm_unavailable", "t.client.checkSession()")
		d := a.diagnose()
		assert.Equal(t, []string{"wasm", "csp", "discovery"}, d.wrong(), "%v", d.Checks)
		assert.Contains(t, a.check(d, "wasm").Hint, "'wasm-unsafe-eval'")
		assert.Contains(t, a.check(d, "discovery").Hint, "Add "+a.stack.IssuerURL()+" to connect-src")
		assert.Contains(t, a.check(d, "csp").Detail, "connect-src blocked "+a.stack.IssuerURL())
		assert.Contains(t, strings.Join(d.Trace, "\n"), "check: wasm_unavailable after")
	})
}

func TestDiagnoseIssuer(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("{issuer: t.settings.issuer + '/'}")
		d := a.diagnose()
		assert.Equal(t, []string{"issuer"}, d.wrong())
		assert.Contains(t, a.check(d, "issuer").Hint, "slash")
	})
}

// Nobody is asked for the provider's sake to be well-formed: what can't be read is said to be, and the rest is checked all the same.
func TestDiagnoseNonsense(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) {
			c.Front = func(issuer http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/.well-known/") {
						w.Header().Set("Access-Control-Allow-Origin", "*")
						_, _ = w.Write([]byte(`{"issuer": "` + strings.Repeat("x", 5000) + `", "token_endpoint": 7, "jwks_uri": "keys"}`))
						return
					}
					issuer.ServeHTTP(w, r)
				})
			}
		})
		a.Eval("t.construct()")
		d := a.diagnose()
		assert.Equal(t, []string{"issuer", "token-endpoint", "keys"}, d.wrong())
		assert.Less(t, len(a.check(d, "issuer").Detail), 500)

		a.Eval("t.construct({issuer: 'nonsense'})")
		assert.Equal(t, []string{"discovery"}, a.diagnose().wrong())
	})
}

func TestDiagnoseStorage(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.BeforeScripts(`
			for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(globalThis, name, {get() { throw new DOMException('blocked', 'SecurityError'); }});
			Object.defineProperty(globalThis, 'indexedDB', {value: undefined});
			Object.defineProperty(navigator, 'locks', {value: undefined});
		`)
		a.open(home)
		a.create("{logs: true}")
		d := a.diagnose()
		assert.Equal(t, []string{"session-storage", "indexeddb", "locks"}, d.wrong(), "localStorage isn't where this client keeps anything")
		assert.Contains(t, a.check(d, "session-storage").Detail, "SecurityError")
		a.create("{logs: true, cacheLocation: 'localstorage'}")
		d = a.diagnose()
		assert.Contains(t, d.wrong(), "local-storage")
	})
}

func TestDiagnoseSession(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.signIn("{ahead: -300000}")
		d := a.diagnose()
		assert.Equal(t, []string{"clock"}, d.wrong(), "%v", d.Checks)
		assert.Regexp(t, `about (29\d|30\d) seconds behind`, a.check(d, "clock").Detail)

		a.Eval("t.client.revokeRefreshToken()")
		d = a.diagnose()
		assert.Equal(t, []string{"clock", "refresh-tokens"}, d.wrong())
		assert.Contains(t, a.check(d, "refresh-tokens").Hint, "offline_access")
	})
}

// The file may have been forgotten when the package was copied.
func TestDiagnoseMissing(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := copyOf(t, b)
		for _, suffix := range []string{"", ".br", ".gz"} {
			require.NoError(t, os.Remove(filepath.Join(dir, "postern.diagnose.js"+suffix)))
		}
		a := start(t, b, func(c *stack.Config) { c.Dist = dir })
		a.Allow("status of 404")
		a.create("")
		e := a.fails("wasm_unavailable", "t.client.diagnose()")
		assert.Contains(t, e.Description, "postern.diagnose.js")
	})
}

// The trace of a page that is open for weeks is no longer than any other.
func TestTraceIsBounded(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		a.Eval("(async () => { for (let i = 0; i < 150; i++) await t.client.logout({openUrl: false}); })()")
		d := a.diagnose()
		assert.Len(t, d.Trace, 101, "a hundred, and a line about the page")
		assert.Contains(t, d.Trace[100], "logout: ok")
	})
}
