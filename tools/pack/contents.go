package main

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// What ships. A new file is a new line here, and a new pattern under "files" in npm/package.json.

// Most pages load the core alone. The full module takes its place where a page asks for what the core lacks, or a browser can't run that.
const (
	coreName = "postern.wasm"
	fullName = "postern.full.wasm"
)

var modules = []string{coreName, fullName}

// copies are files that ship as they are.
var copies = []struct{ name, from string }{
	{"index.d.ts", "js/index.d.ts"},
	{"inline.d.ts", "js/inline.d.ts"},
	{"global.d.ts", "js/global.d.ts"},
	{"auth0.d.ts", "js/auth0.d.ts"},
	{"react.d.ts", "js/react.d.ts"},
	{"callback.html", "js/callback.html"},
	{"frontchannel.html", "js/frontchannel.html"},
	{"package.json", "npm/package.json"},
	{"README.md", "npm/README.md"},
	{"CHANGELOG.md", "CHANGELOG.md"},
	{"LICENSE", "LICENSE"},
}

type script struct {
	name, from string
	format     api.Format
}

// scripts are bundled from their entry, each on its own.
var scripts = []script{
	{"postern.js", "js/module.js", api.FormatESModule},
	{"postern.worker.js", "js/worker.js", api.FormatESModule},
	{"postern.global.js", "js/global.js", api.FormatIIFE},
	{"postern.diagnose.js", "js/diagnose.js", api.FormatESModule},
	{"postern.monitor.js", "js/monitor.js", api.FormatESModule},
	{"postern.more.js", "js/more.js", api.FormatESModule},
	{"postern.frontchannel.js", "js/frontchannel.js", api.FormatESModule},
	{"auth0.js", "js/auth0.js", api.FormatESModule},
	{"react.js", "js/react.js", api.FormatESModule},
}

// marked ends a module with an empty custom section (WebAssembly Core Specification section 5.5.3) whose name says the version, by which the loader tells
// that the module at an address isn't its own: a page may be open while its site is deployed anew.
func marked(module []byte, version string) []byte {
	name := "postern " + version
	section := append([]byte{byte(len(name))}, name...) // both lengths are LEB128, which below 128 is the number
	return append(append(module, 0, byte(len(section))), section...)
}

// inline has the module inside. Its name is the one under which tools look for postern/inline that don't read "exports".
var inline = script{"inline.js", "js/inline.js", api.FormatESModule}

// apart are scripts that others fetch, at once or when they are first needed, by these names.
var apart = []string{
	"./postern.js", "./postern.diagnose.js", "./postern.monitor.js", "./postern.more.js",
	"react", // the application's own
}

// globalName is the property of window that a classic script's exports appear under.
const globalName = "postern"

// bundle makes one script out of its entry, which may import the module.
func bundle(root string, s script, with compiler, module []byte) ([]byte, error) {
	result, err := bundled(root, s, with, module)
	if err != nil {
		return nil, err
	}
	return result.OutputFiles[0].Contents, nil
}

// bundled is what esbuild says of that. A warning fails the build: nobody reads them in one that passes.
func bundled(root string, s script, with compiler, module []byte) (api.BuildResult, error) {
	options := api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{s.from},
		Bundle:            true,
		External:          apart,
		Format:            s.format,
		Target:            api.ES2022, // what every browser with the WebAssembly features of target.json runs
		Platform:          api.PlatformBrowser,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone, // LICENSE ships beside it
		Charset:           api.CharsetUTF8,
		Metafile:          true, // what explain asks
	}
	manifest, err := os.ReadFile(filepath.Join(root, "npm", "package.json"))
	if err != nil {
		return api.BuildResult{}, err
	}
	version, err := versionOf(manifest)
	if err != nil {
		return api.BuildResult{}, err
	}
	options.Define = map[string]string{"VERSION": strconv.Quote(version)} // by which the loader tells whether a file that it fetches is of its own version
	if s.format == api.FormatIIFE {
		options.GlobalName = globalName
	}
	with.adapt(&options, root)
	if module != nil {
		options.Plugins = append(options.Plugins, embed(module))
	}

	result := api.Build(options)
	problems := append(result.Errors, result.Warnings...)
	if len(problems) > 0 {
		text := api.FormatMessages(problems, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return api.BuildResult{}, errors.New("bundling " + filepath.ToSlash(s.from) + ":\n" + strings.TrimSpace(strings.Join(text, "")))
	}
	return result, nil
}

// embed makes a text of the module. In hexadecimal it is twice the size, and yet smaller for brotli than in base64, which cuts bytes in pieces:
// 59 KB and 70 KB, where the module alone has 55.
func embed(module []byte) api.Plugin {
	return api.Plugin{Name: "embed", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: "^" + regexp.QuoteMeta(fullName) + "$"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: fullName, Namespace: "embed"}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "embed"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			text := hex.EncodeToString(module)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderText}, nil
		})
	}}
}
