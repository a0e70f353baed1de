package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// inputs are the files and directories that a build reads. This command's own source is one of them: it holds the flags.
var inputs = []string{
	"go.mod", "go.sum", "CHANGELOG.md", "LICENSE",
	"pkce", "storage", "internal", "wasm", "js", "npm/package.json", "npm/README.md", "tools/pack",
}

// hashInputs names everything that decides what a build makes: two builds with the same hash make the same bytes.
func hashInputs(root string, with compiler) (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "%T %+v\n", with, toolVersions(with))
	for _, input := range inputs {
		err := filepath.WalkDir(filepath.Join(root, input), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || isTest(entry.Name()) {
				return err
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			content := sha256.New()
			if _, err := io.Copy(content, file); err != nil {
				return err
			}
			fmt.Fprintf(hash, "%s %x\n", filepath.ToSlash(name), content.Sum(nil))
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func isTest(name string) bool {
	return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_test.ts") || strings.HasSuffix(name, "_test.js")
}
