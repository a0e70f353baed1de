package setup

import (
	"cmp"
	"context"
	"errors"
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
	return InstallDebian(ctx, progress, "installing "+list+" (about 130 MB)", missing...)
}

// CCompiler installs a C compiler where there is none and it may: Go's race detector wants one.
func CCompiler(ctx context.Context, progress io.Writer) error {
	cc := cmp.Or(os.Getenv("CC"), "gcc")
	look := func() error {
		_, err := exec.LookPath(strings.Fields(cc)[0])
		return err
	}
	if look() == nil {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("the race detector needs a C compiler, and there is no %s: install it (Debian: apt-get install g++)", cc)
	}
	if err := InstallDebian(ctx, progress, "installing g++, for the race detector", "g++"); err != nil {
		return err
	}
	if look() != nil { // Debian's list of what is installed is believed before the disk is
		return fmt.Errorf("g++ is installed, says Debian, and there is no %s on PATH all the same: "+
			"set CC to a C compiler, or run `apt-get install --reinstall gcc`", cc)
	}
	return nil
}

// InstallDebian installs packages of Debian, as root. Old lists would bring an old browser, with holes that are known and without what the tests want, so
// they are fetched first; a machine that can't has the packages by another way, or the installation says what is wrong.
func InstallDebian(ctx context.Context, progress io.Writer, what string, names ...string) error {
	apt := func(what, verb string, args ...string) error {
		// Another apt may be at work, as on a machine that has just started.
		args = append([]string{verb, "-o", "DPkg::Lock::Timeout=120"}, args...)
		return step(ctx, progress, what, "", []string{"DEBIAN_FRONTEND=noninteractive"}, "apt-get", args...)
	}
	outdated := apt("updating the package lists", "update")
	if err := apt(what, "install", append([]string{"-y", "--no-install-recommends"}, names...)...); err != nil {
		return errors.Join(err, outdated)
	}
	return nil
}
