package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// copyOf copies a build, so that a test can take a file out of it, or serve it by another name.
func copyOf(t *testing.T, b build) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(b.Dir)))
	return dir
}

func TestClassicScript(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.open(home + "classic.html")
		assert.True(t, a.Bool("t.lib === window.postern"))
		assert.Equal(t, "AuthError Client createClient preload", a.Text("Object.keys(postern).sort().join(' ')"))
		a.signIn("{ahead: 0}")
		assert.Equal(t, a.stack.AppURL()+home+"classic.html", a.URL())
		a.Eval("t.ahead = 61000")
		a.greeted("demo|alice")
	})
}

// What a page finds on its global object is what it put there.
func TestNoGlobals(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Goto(a.stack.AppURL() + home + "empty.html")
		var left []string
		a.Eval(`(async () => {
			const keys = () => Reflect.ownKeys(globalThis).map(String);
			const before = new Set(keys());
			const lib = await import('/postern/postern.js');
			const client = await lib.createClient({issuer: (await (await fetch('/config.json')).json()).issuer, clientId: 'x'});
			await client.loginWithRedirect({openUrl: () => {}});
			return keys().filter((key) => !before.has(key));
		})()`, &left)
		if b.Compiler == "go" {
			// Go's own wasm_exec.js makes stand-ins for Node's. They hold nothing of ours.
			assert.Subset(t, []string{"fs", "process", "path"}, left)
		} else {
			assert.Empty(t, left)
		}
	})
}

// A server that doesn't know .wasm sends another type. Streaming compilation refuses that; the loader does without.
func TestWrongType(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := copyOf(t, b)
		require.NoError(t, os.Rename(filepath.Join(dir, "postern.wasm"), filepath.Join(dir, "postern.bin")))
		a := start(t, b, func(c *stack.Config) { c.Mounts["/renamed/"] = dir })
		assert.Equal(t, "application/octet-stream", a.Text("fetch('/renamed/postern.bin').then(r => r.headers.get('content-type'))"))
		a.create("{wasmUrl: '/renamed/postern.bin'}")
		assert.Equal(t, "", a.subject())
		assert.True(t, a.Bool("!performance.getEntriesByName(location.origin + '/postern/postern.wasm').length"))
	})
}

// The module isn't there, and then it is: a failure isn't kept.
func TestModuleMissing(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := copyOf(t, b)
		for _, suffix := range []string{"", ".br", ".gz"} {
			require.NoError(t, os.Rename(filepath.Join(dir, "postern.wasm"+suffix), filepath.Join(dir, "later"+suffix)))
		}
		a := start(t, b, func(c *stack.Config) { c.Dist = dir })
		a.Allow("status of 404")
		a.Eval("t.construct()")
		for range 2 {
			e := a.fails("wasm_unavailable", "t.client.checkSession()")
			assert.Contains(t, e.Description, "404")
		}
		a.fails("wasm_unavailable", "t.lib.preload()")
		for _, suffix := range []string{"", ".br", ".gz"} {
			require.NoError(t, os.Rename(filepath.Join(dir, "later"+suffix), filepath.Join(dir, "postern.wasm"+suffix)))
		}
		a.Eval("t.client.checkSession()")
		assert.Equal(t, "", a.subject())
		a.signIn("")
	})
}

// What isn't a module doesn't spoil the next try.
func TestModuleDamaged(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		dir := t.TempDir()
		whole, err := os.ReadFile(filepath.Join(b.Dir, "postern.wasm"))
		require.NoError(t, err)
		for name, content := range map[string][]byte{"half.wasm": whole[:len(whole)/2], "text.wasm": []byte("<!doctype html>")} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), content, 0o600))
		}
		a := start(t, b, func(c *stack.Config) { c.Mounts["/damaged/"] = dir })
		for _, name := range []string{"half.wasm", "text.wasm"} {
			a.fails("wasm_unavailable", "t.create({wasmUrl: '/damaged/"+name+"'})")
		}
		// Many servers have the app's own page for every address they don't know.
		assert.Contains(t, a.fails("wasm_unavailable", "t.create({wasmUrl: '/e2e/empty.html'})").Description, "is not at")
		a.create("")
		assert.Equal(t, "", a.subject())
	})
}

// A page whose policy forbids WebAssembly is told which word is missing.
func TestPolicyForbids(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b, func(c *stack.Config) { c.CSP = "default-src 'none'; script-src 'self'; connect-src *; img-src data:" })
		a.Allow("WebAssembly")
		a.Allow("wasm-unsafe-eval")
		e := a.fails("wasm_unavailable", "t.create()")
		assert.Contains(t, e.Description, "'wasm-unsafe-eval'")
	})
}

func TestPreload(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		const fetched = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.wasm')).length"
		a := start(t, b)
		a.Eval("Promise.all([t.lib.preload(), t.lib.preload()])")
		a.create("")
		a.create("")
		assert.InDelta(t, 1, a.number(fetched), 0, "fetched once")

		a.open(home)
		a.Allow("integrity")
		a.fails("wasm_unavailable", "t.lib.preload({integrity: 'sha384-AAAA' + 'A'.repeat(60)})")
		a.Eval(`(async () => {
			const info = await (await fetch('/postern/build-info.json')).json();
			await t.lib.preload({integrity: info.files['postern.wasm'].integrity});
		})()`)
		a.create("")
	})
}

// The application may bring the compiled module itself.
func TestOwnModule(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.Eval("WebAssembly.compileStreaming(fetch('/postern/postern.wasm')).then(m => { t.module = m; })")
		a.create("{wasmUrl: t.module}")
		a.login("")
	})
}

// Imported where there is no page, as by a server that renders one, the package does nothing and throws nothing; only a call is refused.
func TestOnServer(t *testing.T) {
	node, err := exec.LookPath("node")
	require.NoError(t, err, "this test needs Node.js")
	eachBuild(t, func(t *testing.T, b build) {
		dir, err := filepath.Abs(b.Dir)
		require.NoError(t, err)
		run := func(script string) string {
			cmd := exec.CommandContext(t.Context(), node, "--input-type=module", "--unhandled-rejections=strict", "--eval", script)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			return string(out)
		}
		assert.Equal(t, "AuthError Client createClient preload\n", run(`
			const before = Reflect.ownKeys(globalThis).length;
			const lib = await import('./postern.js');
			console.log(Object.keys(lib).sort().join(' '));
			if (Reflect.ownKeys(globalThis).length !== before) throw new Error('something is left on the global object');
		`))
		assert.Equal(t, "undefined\n", run(`
			const { createRequire } = await import('node:module');
			createRequire(process.cwd() + '/x.js')('./postern.global.js');
			console.log(typeof globalThis.postern);
		`))
		assert.Equal(t, "signed-out wasm_unavailable wasm_unavailable\n", run(`
			const lib = await import('./postern.js');
			const client = new lib.Client({ issuer: 'https://provider.example', clientId: 'x' });
			const error = await client.getUser().catch((e) => e);
			await client.close();
			const made = await lib.createClient({ issuer: 'https://provider.example', clientId: 'x' }).catch((e) => e);
			console.log(client.session().status, error.code, made.code);
		`))
		assert.Equal(t, "AuthError Client createClient preload\nwasm_unavailable\n", run(`
			const lib = await import('./inline.js');
			console.log(Object.keys(lib).sort().join(' '));
			console.log(await lib.preload().catch((e) => e.code));
		`))
	})
}

// The files come with the right headers, and compressed.
func TestServedFiles(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		response, err := http.Get(a.stack.AppURL() + "/postern/postern.wasm")
		require.NoError(t, err)
		defer response.Body.Close()
		assert.Equal(t, "application/wasm", response.Header.Get("Content-Type"))
		assert.Equal(t, "br", a.Text("fetch('/postern/postern.wasm').then(r => r.headers.get('content-encoding'))"))
	})
}
