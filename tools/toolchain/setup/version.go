package setup

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

// Older releases lack the js/wasm flags the build uses.
const (
	minMajor = 0
	minMinor = 41
)

var (
	versionLine = regexp.MustCompile(`^tinygo version ((\d+)\.(\d+)\S*)`)
	llvmVersion = regexp.MustCompile(`LLVM version ([^\s)]+)`)
)

// askVersion runs `tinygo version`, which also shows whether it runs at all.
func askVersion(ctx context.Context, path string) (string, error) {
	output, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil {
		return "", fmt.Errorf("%s version: %w", path, err)
	}
	return parseVersion(string(output))
}

// parseVersion reads the output of `tinygo version` and refuses one too old for us. The version it returns names LLVM's too: the same
// TinyGo on another LLVM makes other bytes.
func parseVersion(output string) (version string, err error) {
	m := versionLine.FindStringSubmatch(output)
	if m == nil {
		return "", fmt.Errorf("can't read the version in %q", output)
	}
	major, _ := strconv.Atoi(m[2])
	minor, _ := strconv.Atoi(m[3])
	if major < minMajor || major == minMajor && minor < minMinor {
		return "", fmt.Errorf("TinyGo %s is too old: need %d.%d", m[1], minMajor, minMinor)
	}
	version = m[1]
	if llvm := llvmVersion.FindStringSubmatch(output); llvm != nil {
		version += " (LLVM " + llvm[1] + ")"
	}
	return version, nil
}
