package setup

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// What TinyGo needs of LLVM: headers and libraries to be built, clang and wasm-ld to build with. LLVM 19 is the newest that both
// TinyGo 0.41 and Debian 12 know.
var packages = []struct{ name, provides string }{
	{"llvm-19-dev", "/usr/lib/llvm-19/include/llvm-c/Core.h"},
	{"libclang-19-dev", "/usr/lib/llvm-19/include/clang-c/Index.h"},
	{"clang-19", "/usr/bin/clang-19"},
	{"lld-19", "/usr/bin/wasm-ld-19"},
}

// installPackages installs what is missing where it may: as root on a Debian. Elsewhere it says what to do by hand.
func installPackages(ctx context.Context, progress io.Writer) error {
	var missing []string
	for _, p := range packages {
		if _, err := os.Stat(p.provides); err != nil {
			missing = append(missing, p.name)
		}
	}
	if _, err := exec.LookPath("g++"); err != nil {
		missing = append(missing, "g++")
	}
	if len(missing) == 0 {
		return nil
	}
	list := strings.Join(missing, " ")
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("TinyGo isn't installed and can't be built here: install TinyGo %d.%d or newer", minMajor, minMinor)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("TinyGo needs LLVM 19: run `sudo apt-get install %s`, or install TinyGo %d.%d or newer", list, minMajor, minMinor)
	}
	return installDebian(ctx, progress, "installing "+list+" (about 130 MB)", missing...)
}

// CCompiler installs a C compiler where there is none and it may: Go's race detector wants one.
func CCompiler(ctx context.Context, progress io.Writer) error {
	cc := cmp.Or(os.Getenv("CC"), "gcc")
	if _, err := exec.LookPath(strings.Fields(cc)[0]); err == nil {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("the race detector needs a C compiler, and there is no %s: install it (Debian: apt-get install g++)", cc)
	}
	return installDebian(ctx, progress, "installing g++, for the race detector", "g++")
}

func installDebian(ctx context.Context, progress io.Writer, what string, names ...string) error {
	quiet := []string{"DEBIAN_FRONTEND=noninteractive"}
	if err := step(ctx, progress, "updating the package lists", "", quiet, "apt-get", "update"); err != nil {
		return err
	}
	args := append([]string{"install", "-y", "--no-install-recommends"}, names...)
	return step(ctx, progress, what, "", quiet, "apt-get", args...)
}
