package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
	"github.com/postern-auth/postern/tools/serve/static"
)

// cdn serves a build from another site, as a public CDN does, and the pages that load it from there: each names the hash of what it loads.
type cdn struct {
	url    string // of the package
	hashes map[string]string
	pages  string
}

func startCDN(t *testing.T, dir string) cdn {
	t.Helper()
	site, err := static.New(map[string]string{"/postern@0/": dir})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c := cdn{server.URL + "/postern@0/", map[string]string{}, t.TempDir()}

	var info struct {
		Files map[string]struct{ Integrity string }
	}
	text, err := os.ReadFile(filepath.Join(dir, "build-info.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &info))
	for name, file := range info.Files {
		c.hashes[name] = file.Integrity
	}
	c.write(t, "classic.html", `<script src="`+c.url+`postern.global.js" integrity="`+c.hashes["postern.global.js"]+`" crossorigin></script>
		<script type="module" src="classic.js"></script>`)
	c.write(t, "classic.js", "if (globalThis.postern) await import('/e2e/page.js');\nglobalThis.done = true;")
	c.write(t, "module.html", `<script type="module" src="`+c.url+`postern.js" integrity="`+c.hashes["postern.js"]+`" crossorigin></script>
		<script type="module" src="module.js"></script>`)
	c.write(t, "module.js", "try {\nglobalThis.postern = await import('"+c.url+"postern.js');\nawait import('/e2e/page.js');\n} finally { globalThis.done = true; }")
	c.write(t, "worker.js", "import '"+c.url+"postern.worker.js';")
	return c
}

func (c cdn) write(t *testing.T, name, content string) {
	t.Helper()
	if strings.HasSuffix(name, ".html") {
		content = "<!doctype html>\n<html lang=\"en\">\n<title>Postern from a CDN</title>\n<link rel=\"icon\" href=\"data:,\">\n" + content
	}
	require.NoError(t, os.WriteFile(filepath.Join(c.pages, name), []byte(content), 0o600))
}

// start opens the tests' page under a policy that allows the CDN's scripts and module, and nothing inline.
func (c cdn) start(t *testing.T, b build) *app {
	t.Helper()
	origin := strings.TrimSuffix(c.url, "/postern@0/")
	return start(t, b, func(config *stack.Config) {
		config.Mounts["/cdn/"] = c.pages
		config.RedirectPaths = append(config.RedirectPaths, "/cdn/classic.html", "/cdn/module.html")
		config.CSP = "default-src 'none'; img-src data:; script-src 'self' " + origin + " 'wasm-unsafe-eval'; connect-src 'self' http://localhost:* " + origin
	})
}

// The script from another site with an integrity attribute, the module beside it by its hash, and the whole job.
func TestCDN(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for _, page := range []string{"classic", "module"} {
			t.Run(page, func(t *testing.T) {
				c := startCDN(t, b.Dir)
				a := c.start(t, b)
				a.open("/cdn/" + page + ".html")
				a.Eval("t.lib.preload({integrity: '" + c.hashes[coreModule] + " " + c.hashes[fullModule] + "'})")
				assert.Equal(t, c.url+coreModule, a.Text("performance.getEntriesByType('resource').map(e => e.name).filter(name => name.endsWith('.wasm')).join(' ')"))
				a.signIn("{ahead: 0}")
				assert.Equal(t, a.stack.AppURL()+"/cdn/"+page+".html", a.URL())
				a.Eval("t.ahead = 61000")
				a.greeted("demo|alice")
				a.open("/cdn/" + page + ".html")
				a.Eval("t.lib.preload({integrity: '" + c.hashes[coreModule] + " " + c.hashes[fullModule] + "'})")
				a.create("{ahead: 61000}")
				assert.Equal(t, "demo|alice", a.Text("t.client.fetchUserInfo().then(u => u.sub)"))
				assert.Equal(t, c.url+fullModule, a.Text("performance.getEntriesByType('resource').map(e => e.name).findLast(name => name.endsWith('.wasm'))"))
			})
		}
	})
}

// A browser starts no worker from another site, and one from a line of the page's own that imports it.
func TestCDNWorker(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for _, page := range []string{"classic", "module"} {
			t.Run(page, func(t *testing.T) {
				c := startCDN(t, b.Dir)
				a := c.start(t, b)
				a.open("/cdn/" + page + ".html")
				a.Allow("Worker")
				assert.Contains(t, a.fails("wasm_unavailable", "t.create({cacheLocation: 'memory'})").Message, "workerUrl")
				options := "{ahead: 0, backgroundRenewal: false, cacheLocation: 'memory', workerUrl: '/cdn/worker.js'}"
				a.signIn(options)
				assert.Equal(t, "worker", a.session().Storage)
				a.Eval("t.ahead = 61000")
				a.greeted("demo|alice")
				assert.Equal(t, 1, a.refreshes())
			})
		}
	})
}

// The module isn't the one that the page was written for: it is refused, and doesn't come in by the next call, which names no hash.
func TestCDNModuleTampered(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := copyOf(t, b)
		c := startCDN(t, dir)
		tamper(t, dir, "postern.wasm")
		a := c.start(t, b)
		a.open("/cdn/classic.html")
		a.Allow("integrity")
		integrity := "{integrity: '" + c.hashes["postern.wasm"] + "'}"
		for range 2 {
			assert.Contains(t, a.fails("wasm_unavailable", "t.lib.preload("+integrity+")").Description, "integrity")
			a.fails("wasm_unavailable", "t.create()")
		}
		restore(t, b, dir, "postern.wasm")
		a.create("")
		a.signIn("")
	})
}

// The worker of all tabs fetches its own module, which must have the same hash.
func TestCDNWorkerModuleTampered(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := copyOf(t, b)
		c := startCDN(t, dir)
		a := c.start(t, b)
		a.open("/cdn/module.html")
		a.Eval("t.lib.preload({integrity: '" + c.hashes["postern.wasm"] + "'})")
		tamper(t, dir, "postern.wasm")
		const options = "{cacheLocation: 'memory', workerUrl: '/cdn/worker.js'}"
		a.fails("wasm_unavailable", "t.create("+options+")")
		restore(t, b, dir, "postern.wasm")
		a.create(options)
	})
}

// A script that isn't what the page was written for doesn't run.
func TestCDNScriptTampered(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		for page, script := range map[string]string{"classic": "postern.global.js", "module": "postern.js"} {
			t.Run(page, func(t *testing.T) {
				dir := copyOf(t, b)
				c := startCDN(t, dir)
				tamper(t, dir, script)
				a := c.start(t, b)
				a.Allow("integrity")
				a.Allow("dynamically imported module")
				a.Goto(a.stack.AppURL() + "/cdn/" + page + ".html")
				a.WaitFor("window.done")
				assert.Equal(t, "undefined undefined", a.Text("`${typeof window.postern} ${typeof window.t}`"))
			})
		}
	})
}

// tamper changes a file without a change of what it does, so that nothing but its hash can refuse it.
func tamper(t *testing.T, dir, name string) {
	t.Helper()
	rewrite(t, filepath.Join(dir, name), func(content []byte) []byte {
		if strings.HasSuffix(name, ".js") {
			return append(content, ' ')
		}
		return append(content, 0, 2, 1, 'x') // a custom section, which means nothing
	})
}

// rewrite changes a file of the package, which is served uncompressed from then on.
func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, change(content), 0o600))
	for _, suffix := range []string{".br", ".gz"} {
		require.NoError(t, os.Remove(path+suffix))
	}
}

func restore(t *testing.T, b build, dir, name string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(b.Dir, name))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
}
