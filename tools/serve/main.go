// Command serve runs Postern's demo: an app, an OpenID Provider and an API on three ports of this machine, with switches that break
// them.
//
//	go run ./tools/serve
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/postern-auth/postern/tools/serve/stack"
)

// patience is how long answers may take once the server has been told to stop. An open tab's idle connection isn't worth more.
const patience = 2 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	c, err := parse(args, log)
	if err != nil {
		return err
	}
	// The stack gets a context of its own: ctx asks for a graceful end, and cancelling the stack's would be an abrupt one.
	s, err := stack.Start(context.WithoutCancel(ctx), c)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Postern's demo is at %s\n", s.AppURL())
	fmt.Fprintf(out, "  issuer %s, API %s; stop with Ctrl-C\n", s.IssuerURL(), s.APIURL())

	<-ctx.Done()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return s.Shutdown(last)
}

func parse(args []string, log io.Writer) (stack.Config, error) {
	c := stack.Config{Log: slog.New(slog.NewTextHandler(log, nil))}
	f := flag.NewFlagSet("serve", flag.ContinueOnError)
	f.SetOutput(log)
	f.StringVar(&c.AppAddr, "app", ":4300", "`address` of the app")
	f.StringVar(&c.IssuerAddr, "issuer", ":4301", "`address` of the OpenID Provider")
	f.StringVar(&c.APIAddr, "api", ":4302", "`address` of the API")
	f.StringVar(&c.Demo, "demo", "demo", "`directory` of the demo page")
	f.StringVar(&c.Dist, "dist", "dist", "`directory` of the built package, served under /postern/")
	f.StringVar(&c.Algorithm, "alg", "RS256", "signs tokens: RS256 or ES256")
	f.DurationVar(&c.AccessTokenLifetime, "access-lifetime", time.Minute, "life of an access token; short, so that renewal can be watched")
	f.DurationVar(&c.RefreshTokenLifetime, "refresh-lifetime", 24*time.Hour, "life of a refresh token")
	f.DurationVar(&c.RotationOverlap, "overlap", 0, "how long a rotated refresh token is still accepted")
	f.BoolVar(&c.RequirePAR, "require-par", false, "refuse authorization requests that weren't pushed")
	f.BoolVar(&c.Faults, "faults", true, "let the demo page break things, through /faults at the issuer")
	if err := f.Parse(args); err != nil {
		return stack.Config{}, err
	}
	if f.NArg() > 0 {
		return stack.Config{}, fmt.Errorf("unexpected argument %q: serve takes flags only, see -help", f.Arg(0))
	}
	for _, d := range []struct{ dir, cure string }{
		{c.Demo, "run this from the root of the repository, or point -demo at the page"},
		{c.Dist, "run `make pack` first, or point -dist at a build"},
	} {
		if info, err := os.Stat(d.dir); err != nil || !info.IsDir() {
			return stack.Config{}, fmt.Errorf("there is no directory %s: %s", d.dir, d.cure)
		}
	}
	for name, life := range map[string]time.Duration{"access-lifetime": c.AccessTokenLifetime, "refresh-lifetime": c.RefreshTokenLifetime} {
		if life < time.Second {
			return stack.Config{}, fmt.Errorf("-%s %s: give at least 1s", name, life)
		}
	}
	return c, nil
}
