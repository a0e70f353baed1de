package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// manifests are the files that npm needs to install exactly what the lock file says.
var manifests = []string{"package.json", "package-lock.json", ".npmrc"}

// Node installs the tools that come from npm (wasm-opt and tsc) and returns the directory that holds node_modules.
func Node(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, installNode)
}

// Interop installs the provider that the browser tests sign in at beside our own.
func Interop(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("e2e", "interop"), "interop", "installing oidc-provider from npm", progress)
	})
}

// Consumer installs what one of the applications in npm/consumers is built with.
func Consumer(ctx context.Context, root, name string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("npm", "consumers", name), filepath.Join("consumers", name), "installing "+name+" from npm", progress)
	})
}

// Axe installs what judges the accessibility of the demo's pages.
func Axe(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("e2e", "demo", "axe"), "axe", "installing axe-core from npm", progress)
	})
}

// Lighthouse installs what measures how the demo's page is loaded.
func Lighthouse(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("e2e", "demo", "lighthouse"), "lighthouse", "installing Lighthouse from npm", progress)
	})
}

// Auth0 installs the package that postern/auth0 stands in for: its types are compared, and its documented examples compiled.
func Auth0(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("tools", "types", "auth0"), "auth0", "installing @auth0/auth0-spa-js from npm", progress)
	})
}

// PackageLint installs what judges the npm package: publint and attw.
func PackageLint(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("npm", "lint"), "lint", "installing publint and attw from npm", progress)
	})
}

// Docs installs what makes the API reference: typedoc, and the compiler that it is made for.
func Docs(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("tools", "docs"), "docs", "installing typedoc from npm", progress)
	})
}

// JSPI installs a Node.js that has JavaScript Promise Integration, which the core's tests run in, and returns the executable. It is "" where there is none
// for this machine.
func JSPI(ctx context.Context, root string, progress io.Writer) (string, error) {
	dir, err := locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("tools", "toolchain", "jspi"), "jspi", "installing a newer Node.js from npm", progress)
	})
	if err != nil {
		return "", err
	}
	node := filepath.Join(dir, "node_modules", ".bin", "node")
	if _, err := os.Stat(node); err != nil {
		return "", nil
	}
	return node, nil
}

// Peers installs the SDKs that the benches measure Postern beside, as far as npm can install them.
func Peers(ctx context.Context, root string, progress io.Writer) (string, error) {
	return locked(ctx, root, progress, func(ctx context.Context, root string, progress io.Writer) (string, error) {
		return install(ctx, root, filepath.Join("bench", "peers"), filepath.Join("peers", "installed"), "installing the peers from npm", progress)
	})
}

func locked(ctx context.Context, root string, progress io.Writer, install func(context.Context, string, io.Writer) (string, error)) (string, error) {
	if err := os.MkdirAll(Dir(root), 0o755); err != nil {
		return "", err
	}
	unlock, err := Lock(ctx, filepath.Join(Dir(root), "lock"), progress)
	if err != nil {
		return "", err
	}
	defer unlock()
	return install(ctx, root, progress)
}

// installNode is Node under a lock that is already held.
func installNode(ctx context.Context, root string, progress io.Writer) (string, error) {
	return install(ctx, root, filepath.Join("tools", "toolchain"), "node", "installing wasm-opt and tsc from npm", progress)
}

// install makes the directory to of the toolchain out of the manifests in from.
func install(ctx context.Context, root, from, to, what string, progress io.Writer) (string, error) {
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			return "", errors.New(name + " isn't installed: install Node.js 20 or newer")
		}
	}
	from = filepath.Join(root, from)
	dir := filepath.Join(Dir(root), to)
	recipe := sha256.New()
	for _, name := range manifests {
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return "", err
		}
		recipe.Write(content)
	}
	return dir, cached(dir, hex.EncodeToString(recipe.Sum(nil)), func(tmp string) error {
		for _, name := range manifests {
			content, err := os.ReadFile(filepath.Join(from, name))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(tmp, name), content, 0o644); err != nil {
				return err
			}
		}
		return step(ctx, progress, what, tmp, nil, "npm", "ci")
	})
}

// installedVersion reads a version from where npm put it, which says more than the manifest that asked for it.
func installedVersion(node, name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(node, "node_modules", name, "package.json"))
	if err != nil {
		return "", err
	}
	var manifest struct{ Version string }
	if err := json.Unmarshal(content, &manifest); err != nil {
		return "", fmt.Errorf("%s's package.json: %w", name, err)
	}
	return manifest.Version, nil
}

// Versions are those of packages that have been installed in a directory.
func Versions(dir string, names ...string) (versions []string, err error) {
	for _, name := range names {
		version, err := installedVersion(dir, name)
		if err != nil {
			return nil, err
		}
		versions = append(versions, version)
	}
	return versions, nil
}
