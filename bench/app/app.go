// Package app is the application that the benches drive: one, written for each SDK as its documentation says, in two pages. page.js has a
// clock that can be moved, and is for what happens to a session; timed.js is as bare as a page can be, and is for how long things take.
package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/postern-auth/postern/bench/peers"
	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// SDK is one of the libraries.
type SDK struct {
	// ID is its adapter's name among the pages.
	ID, Name, Version string
}

// None is the adapter without an SDK.
const None = "none"

// IDs are those of SDKs.
func IDs(sdks []SDK) (ids []string) {
	for _, sdk := range sdks {
		ids = append(ids, sdk.ID)
	}
	return ids
}

// Build writes the pages with each SDK into dir, a directory for each, bundled and compressed in the same way, and says what was built.
// Postern is taken from dist/, and its files are put beside the bundle, as its documentation says.
func Build(ctx context.Context, root, dir string, progress io.Writer) ([]SDK, error) {
	auth0, err := peers.Fetch(ctx, root, peers.Auth0, progress)
	if err != nil {
		return nil, err
	}
	oidc, err := peers.Fetch(ctx, root, peers.OIDCClient, progress)
	if err != nil {
		return nil, err
	}
	installed, err := setup.Peers(ctx, root, progress)
	if err != nil {
		return nil, err
	}
	versions, err := setup.Versions(installed, "@azure/msal-browser", "@okta/okta-auth-js", "keycloak-js")
	if err != nil {
		return nil, err
	}
	postern, err := peers.Postern(ctx, root)
	if err != nil {
		return nil, err
	}
	pages := filepath.Join(root, "bench", "app", "pages")
	dist := filepath.Join(root, "dist")
	b := bundler{pages: pages, modules: filepath.Join(installed, "node_modules"), alias: map[string]string{
		"postern":             filepath.Join(dist, "postern.js"),
		"@auth0/auth0-spa-js": filepath.Join(auth0, "dist", "auth0-spa-js.production.esm.js"),
		"oidc-client-ts":      filepath.Join(oidc, "dist", "esm", "oidc-client-ts.js"),
	}}
	sdks := []SDK{
		{"postern", "Postern", postern},
		{"auth0", "auth0-spa-js", peers.Auth0.Version},
		{"oidc", "oidc-client-ts", peers.OIDCClient.Version},
		{"msal", "msal-browser", versions[0]},
		{"okta", "okta-auth-js", versions[1]},
		{"keycloak", "keycloak-js", versions[2]},
	}
	for _, id := range append(IDs(sdks), None) {
		if err := b.bundle(id, filepath.Join(dir, id)); err != nil {
			return nil, err
		}
	}
	return sdks, errors.Join(
		copyFiles(dist, filepath.Join(dir, "postern"), func(name string) bool {
			return strings.HasPrefix(name, "postern.") && name != "postern.js"
		}),
		copyFiles(pages, dir, func(name string) bool { return name == "index.html" || name == "page.js" }),
		compress(dir),
	)
}

// bundler makes a script of a page and an SDK.
type bundler struct {
	pages, modules string
	alias          map[string]string
}

// bundle writes both pages' scripts: adapter.js for page.js, which imports it, and timed.js.
func (b bundler) bundle(id, dir string) error {
	alias := map[string]string{"adapter": filepath.Join(b.pages, id+".js")}
	for name, path := range b.alias {
		alias[name] = path
	}
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{
			{InputPath: filepath.Join(b.pages, id+".js"), OutputPath: "adapter"},
			{InputPath: filepath.Join(b.pages, "timed.js"), OutputPath: "timed"},
		},
		AbsWorkingDir:     b.pages,
		Outdir:            dir,
		Write:             true,
		Bundle:            true,
		Alias:             alias,
		NodePaths:         []string{b.modules},
		Plugins:           []api.Plugin{beside},
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		Platform:          api.PlatformBrowser,
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone,
		Charset:           api.CharsetUTF8,
	})
	if len(result.Errors) > 0 {
		text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return errors.New("bundling " + id + ":\n" + strings.TrimSpace(strings.Join(text, "")))
	}
	return nil
}

// beside leaves alone what Postern fetches when it is first needed, from beside the bundle.
var beside = api.Plugin{Name: "beside", Setup: func(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: `^\./postern\.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: args.Path, External: true}, nil
	})
}}

func copyFiles(from, to string, wanted func(name string) bool) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() || !wanted(entry.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, entry.Name()), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// compress puts a .br beside each script that has none.
func compress(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".js" {
			return err
		}
		if _, err := os.Stat(path + ".br"); err == nil {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		w := brotli.NewWriterOptions(&packed, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 22})
		_, err1 := w.Write(content)
		if err := errors.Join(err1, w.Close()); err != nil {
			return err
		}
		return os.WriteFile(path+".br", packed.Bytes(), 0o644)
	})
}
