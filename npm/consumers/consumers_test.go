package consumers

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestViteBuild(t *testing.T) {
	a := install(t, "vite")
	a.npm("run", "build")
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, a.built("")))
}

func TestViteServer(t *testing.T) {
	a := install(t, "vite")
	assert.Regexp(t, `/postern\.wasm$`, job(t, a.served("vite")))
}

func TestVite7Build(t *testing.T) {
	a := install(t, "vite7")
	require.NoError(t, os.Remove(filepath.Join(a.dir, "vite.config.js")), "its line is for the server alone")
	a.npm("run", "build")
	assert.Regexp(t, `/assets/postern-[\w-]+\.wasm$`, job(t, a.built("")))
}

func TestVite7Server(t *testing.T) {
	a := install(t, "vite7")
	assert.Regexp(t, `/node_modules/postern/postern\.wasm$`, job(t, a.served("vite")))
}

func TestESBuild(t *testing.T) {
	a := install(t, "esbuild")
	a.npm("run", "build")
	assert.Regexp(t, `/postern\.wasm$`, job(t, a.built("")))
}

// A bundle that is no module can't tell where it is. Importing the package doesn't fail by that, and whoever starts it is told what to do.
func TestESBuildClassic(t *testing.T) {
	a := install(t, "esbuild")
	a.npm("run", "classic")
	tab := browser.Open(t)
	tab.Allow("postern.wasm")
	tab.Goto(a.built(""))
	const shown = "document.querySelector('#who').textContent"
	tab.WaitFor(shown)
	assert.Regexp(t, "^failed: wasm_unavailable: .*postern/inline", tab.Text(shown))
}

// The module is inside, and the policy needs no word for it beside 'wasm-unsafe-eval'.
func TestESBuildInline(t *testing.T) {
	a := install(t, "esbuild")
	a.npm("run", "inline")
	assert.Equal(t, "", job(t, a.built("")))
}

func TestWebpack(t *testing.T) {
	a := install(t, "webpack")
	a.npm("run", "build")
	assert.Regexp(t, `/[0-9a-f]+\.wasm$`, job(t, a.built("")))
}

func TestRollup(t *testing.T) {
	a := install(t, "rollup")
	a.npm("run", "build")
	assert.Regexp(t, `/postern\.wasm$`, job(t, a.built("")))
}

// Parcel says where files are in an import map, which it writes into the page.
func TestParcel(t *testing.T) {
	a := install(t, "parcel")
	a.npm("run", "build")
	assert.Regexp(t, `/postern\.[0-9a-f]+\.wasm$`, job(t, a.built(loose)))
}

// Imported on the server as well, where a page is rendered first.
func TestSvelteKit(t *testing.T) {
	a := install(t, "sveltekit")
	a.npm("run", "build")
	home := a.served("vite", "preview")
	response, err := http.Get(home)
	require.NoError(t, err)
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Contains(t, string(page), "rendered with a function and a function")
	assert.Regexp(t, `/postern\.[\w-]+\.wasm$`, job(t, home))
}
