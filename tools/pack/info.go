package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/andybalholm/brotli"
)

const infoName = "build-info.json"

// info is build-info.json: what was built, from what, by what. It holds no time and no place, so that a second build is the same.
type info struct {
	Version string          `json:"version"`
	Tools   tools           `json:"tools"`
	Inputs  string          `json:"inputs"` // what hashInputs said; another hash now means that the package is stale
	Files   map[string]file `json:"files"`
}

type tools struct {
	Compiler string `json:"compiler"`
	Version  string `json:"version"`
	Go       string `json:"go"`
	WasmOpt  string `json:"wasmOpt,omitempty"`
	ESBuild  string `json:"esbuild"`
}

// file describes one that ships; Gzip and Brotli are 0 where it isn't shipped compressed.
type file struct {
	Raw       int    `json:"raw"`
	Gzip      int    `json:"gzip,omitempty"`
	Brotli    int    `json:"brotli,omitempty"`
	Integrity string `json:"integrity"` // as an integrity attribute spells it
}

func toolVersions(with compiler) tools {
	t := tools{Compiler: with.name(), Version: with.version(), Go: with.version()}
	if c, ok := with.(tinygoCompiler); ok {
		t.Go, t.WasmOpt = c.goVersion, c.tools.WasmOptVersion
	}
	if built, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range built.Deps {
			if dep.Path == "github.com/evanw/esbuild" {
				t.ESBuild = dep.Version
			}
		}
	}
	return t
}

// write puts the files, their compressed siblings and build-info.json into out, and takes away what an earlier build left there and
// this one doesn't have. build-info.json comes last: it vouches for the others.
func write(out string, files map[string][]byte, with compiler, inputs string) (info, error) {
	next := info{Tools: toolVersions(with), Inputs: inputs, Files: map[string]file{}}
	var err error
	if next.Version, err = versionOf(files["package.json"]); err != nil {
		return info{}, err
	}

	all := map[string][]byte{}
	for name, content := range files {
		f := file{Raw: len(content), Integrity: integrity(content)}
		all[name] = content
		if compressible(name) {
			gz, br, err := compress(content)
			if err != nil {
				return info{}, err
			}
			all[name+".gz"], all[name+".br"] = gz, br
			f.Gzip, f.Brotli = len(gz), len(br)
		}
		next.Files[name] = f
	}

	if err := os.MkdirAll(out, 0o755); err != nil {
		return info{}, err
	}
	if last, err := readInfo(out); err == nil {
		for name := range last.Files {
			for _, suffix := range []string{"", ".gz", ".br"} {
				if _, kept := all[name+suffix]; !kept {
					os.Remove(filepath.Join(out, filepath.Base(name)+suffix))
				}
			}
		}
	}
	for name, content := range all {
		if err := os.WriteFile(filepath.Join(out, name), content, 0o644); err != nil {
			return info{}, err
		}
	}
	text, err := json.MarshalIndent(next, "", "  ")
	if err != nil {
		return info{}, err
	}
	return next, os.WriteFile(filepath.Join(out, infoName), append(text, '\n'), 0o644)
}

func versionOf(manifest []byte) (string, error) {
	var m struct{ Version string }
	if err := json.Unmarshal(manifest, &m); err != nil {
		return "", fmt.Errorf("npm/package.json: %w", err)
	}
	return m.Version, nil
}

// compressible tells what a page loads, which servers send compressed, from what only people and tools read: inline.js is made to be bundled.
func compressible(name string) bool {
	if name == inline.name {
		return false
	}
	switch filepath.Ext(name) {
	case ".js", ".wasm", ".html":
		return true
	}
	return false
}

// compress does it as well as can be: once here instead of at every request, and what the budget counts.
func compress(content []byte) (gz, br []byte, err error) {
	var g, b bytes.Buffer
	zip, err := gzip.NewWriterLevel(&g, gzip.BestCompression) // its header's time stays zero
	if err != nil {
		return nil, nil, err
	}
	bro := brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 22})
	_, err1 := zip.Write(content)
	_, err2 := bro.Write(content)
	err = errors.Join(err1, err2, zip.Close(), bro.Close())
	return g.Bytes(), b.Bytes(), err
}

func integrity(content []byte) string {
	sum := sha512.Sum384(content)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

func readInfo(out string) (info, error) {
	var i info
	text, err := os.ReadFile(filepath.Join(out, infoName))
	if err != nil {
		return i, err
	}
	return i, json.Unmarshal(text, &i)
}

// intact reports whether out still holds what was written there: an edited or half-copied package is built again.
func (i info) intact(out string) bool {
	for name, f := range i.Files {
		content, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || integrity(content) != f.Integrity {
			return false
		}
		if f.Brotli > 0 {
			gz, err1 := os.Stat(filepath.Join(out, name+".gz"))
			br, err2 := os.Stat(filepath.Join(out, name+".br"))
			if err1 != nil || err2 != nil || gz.Size() != int64(f.Gzip) || br.Size() != int64(f.Brotli) {
				return false
			}
		}
	}
	return len(i.Files) > 0
}
