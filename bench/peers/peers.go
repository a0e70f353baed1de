// Package peers fetches the SDKs that Postern is measured beside. They come from npm by name, pinned to a version and to the hash of what
// was published under it, and are kept where git doesn't look: nothing of theirs is part of this repository.
package peers

import (
	"bytes"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/postern-auth/postern/tools/toolchain/setup"
)

// Peer is a package of npm.
type Peer struct {
	Name, Version string
	// Integrity is the hash of the published archive, as npm's lock files spell it.
	Integrity string
}

// Both are packed rather than installed. What a page loads of them has its dependencies inside, and npm can't install auth0-spa-js 2.28.3:
// it depends on a version of @auth0/auth0-auth-js that the registry may not have.
var (
	Auth0 = Peer{
		"@auth0/auth0-spa-js", "2.28.3",
		"sha512-W4bqoPdzjakJdtzKiOcWT5yMLciR9jeaHHwGydAKRpAkTD80ld2tGDUVL+sTpzaty8i3SL7lakgERiowcl0WCw==",
	}
	OIDCClient = Peer{
		"oidc-client-ts", "3.5.0",
		"sha512-l2q8l9CTCTOlbX+AnK4p3M+4CEpKpyQhle6blQkdFhm0IsBqsxm15bYaSa11G7pWdsYr6epdsRZxJpCyCRbT8A==",
	}
)

// Fetch returns the directory of the unpacked package, under .toolchain of the repository at root. It is fetched once.
func Fetch(ctx context.Context, root string, p Peer, progress io.Writer) (string, error) {
	parent := filepath.Join(setup.Dir(root), "peers")
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	unlock, err := setup.Lock(ctx, filepath.Join(parent, "lock"), progress)
	if err != nil {
		return "", err
	}
	defer unlock()

	dir := filepath.Join(parent, filepath.Base(p.Name)+"-"+p.Version)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	tmp, err := os.MkdirTemp(parent, "unfinished-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	fmt.Fprintf(progress, "fetching %s %s from npm\n", p.Name, p.Version)
	archive, err := p.pack(ctx, tmp)
	if err != nil {
		return "", err
	}
	whole := filepath.Join(tmp, "whole")
	if err := unpack(archive, whole); err != nil {
		return "", fmt.Errorf("unpack %s: %w", p.Name, err)
	}
	// Only now does it get the name by which the next run finds it.
	return dir, os.Rename(whole, dir)
}

// pack has npm download the archive into dir, and checks it.
func (p Peer) pack(ctx context.Context, dir string) ([]byte, error) {
	if _, err := exec.LookPath("npm"); err != nil {
		return nil, errors.New("npm isn't installed: install Node.js 20 or newer")
	}
	cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", p.Name+"@"+p.Version)
	cmd.Dir = dir
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w: %s", p.Name, err, bytes.TrimSpace(output.Bytes()))
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("npm pack %s left %d archives, not one", p.Name, len(found))
	}
	archive, err := os.ReadFile(found[0])
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.Integrity {
		return nil, fmt.Errorf("%s %s is not what was published when it was pinned: its hash is %s", p.Name, p.Version, got)
	}
	return archive, nil
}
