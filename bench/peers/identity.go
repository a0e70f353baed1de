package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// String names exactly what was run.
func (p Peer) String() string { return p.Name + " " + p.Version }

// Postern reads what tools/pack has written beside the build of the repository at root, and asks git what it was built from.
func Postern(ctx context.Context, root string) (string, error) {
	content, err := os.ReadFile(filepath.Join(root, "dist", "build-info.json"))
	if err != nil {
		return "", fmt.Errorf("there is no build, run make pack: %w", err)
	}
	var info struct {
		Version, Inputs string
		Tools           struct{ Compiler, Version string }
	}
	if err := json.Unmarshal(content, &info); err != nil {
		return "", fmt.Errorf("build-info.json: %w", err)
	}
	return fmt.Sprintf("%s, built by %s %s%s", info.Version, info.Tools.Compiler, info.Tools.Version, commit(ctx, root)), nil
}

// commit is the last one that touched what the module is built from, so that a commit of the report doesn't change the report.
func commit(ctx context.Context, root string) string {
	product := []string{"pkce", "storage", "internal", "wasm", "js", "npm"}
	git := func(args ...string) string {
		cmd := exec.CommandContext(ctx, "git", append(args, product...)...)
		cmd.Dir = root
		out, err := cmd.Output()
		if err != nil {
			return ""
		}
		return string(bytes.TrimSpace(out))
	}
	last := git("log", "-1", "--format=%h", "--")
	if last == "" {
		return ""
	}
	if git("status", "--porcelain", "--") != "" {
		return ", from commit " + last + " and changes on top of it"
	}
	return ", from commit " + last
}

var versionNumber = regexp.MustCompile(`\w+ [0-9.]+`)

// Browser asks the Chromium at a path which it is.
func Browser(ctx context.Context, chromium string) (string, error) {
	out, err := exec.CommandContext(ctx, chromium, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", chromium, err)
	}
	return versionNumber.FindString(string(out)), nil
}

// System is the operating system and the processor.
func System() string {
	content, _ := os.ReadFile("/etc/os-release")
	for line := range strings.Lines(string(content)) {
		if pretty, found := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); found {
			return strings.Trim(pretty, `"`) + ", " + runtime.GOARCH
		}
	}
	return runtime.GOOS + ", " + runtime.GOARCH
}

// Processor is its model, and how many of it there are.
func Processor() string {
	model := "an unknown processor"
	content, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(content)) {
		if key, name, found := strings.Cut(line, ":"); found && strings.TrimSpace(key) == "model name" {
			model = strings.TrimSpace(name)
			break
		}
	}
	return fmt.Sprintf("%d × %s", runtime.NumCPU(), model)
}
