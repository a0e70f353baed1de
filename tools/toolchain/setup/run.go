package setup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// step runs a slow command under one line of progress. Its output appears only when it fails, and then only the end.
func step(ctx context.Context, progress io.Writer, what, dir string, env []string, name string, args ...string) error {
	fmt.Fprintf(progress, "%s ...\n", what)
	start := time.Now()

	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = 5 * time.Second // a killed compiler's children may hold the pipe open
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output

	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(name), args[0], err, tail(output.String()))
	}
	fmt.Fprintf(progress, "%s: %s\n", what, time.Since(start).Round(100*time.Millisecond))
	return nil
}

// tail is the end of a command's output, where the reason usually is.
func tail(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) > 5 {
		lines = lines[len(lines)-5:]
	}
	return strings.Join(lines, " | ")
}
