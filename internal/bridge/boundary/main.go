//go:build js

// Command boundary tries internal/bridge from the inside. Both compilers build it, boundary.mjs runs it under each one's loader, and
// most checks run a thousand times, since what one run leaves behind is easily overlooked.
package main

import (
	"slices"
	"strconv"
	"strings"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/lock"
)

// check is one thing to try. What run returns is what went wrong, and "" where nothing did.
type check struct {
	name  string
	times int
	run   func(fixture js.Value) string
}

const often = 1000

// checks is a function, so that no package-level variable is initialised before syscall/js.
func checks() []check {
	return slices.Concat(verbs(), thrown(), values(), lookups(), waits())
}

// call is what the loader calls: text names a check and, before it, how often it is to run. "list" names them all.
func call(promise int, text string) {
	lock.Go(func() { _, _, _ = bridge.Ask(promise, "resolve", answer(strings.Cut(text, " "))) })
}

func answer(text, verb string, _ bool) (result string) {
	for _, c := range checks() {
		switch verb {
		case "list":
			result += c.name + "\t" + strconv.Itoa(c.times) + "\n"
		case "overflow": // none of the checks, since nothing comes after it
			depth, _ := strconv.Atoi(text)
			return strconv.FormatBool(overflow(depth))
		case c.name:
			times, _ := strconv.Atoi(text)
			return repeat(&c, times)
		}
	}
	if result == "" {
		return "there is no check of this name"
	}
	return result
}

func repeat(c *check, times int) string {
	for i := range times {
		if fault := once(c); fault != "" {
			return fault + " (run " + strconv.Itoa(i+1) + " of " + strconv.Itoa(times) + ")"
		}
	}
	return ""
}

func once(c *check) string {
	fixture := bridge.Get(js.Global(), "fixture")
	defer bridge.Release(fixture)
	return c.run(fixture)
}

// want compares an error's name and message.
func want(what string, err error, name, message string) string {
	e, ok := err.(*bridge.Error)
	switch {
	case err == nil:
		return what + ": nothing was thrown; want " + name + ": " + message
	case !ok:
		return what + ": the error isn't the bridge's own: " + err.Error()
	case e.Name != name || message != "*" && e.Message != message:
		return what + ": threw " + e.Error() + "; want " + name + ": " + message
	}
	return ""
}

// first returns the first fault.
func first(faults ...string) string {
	for _, fault := range faults {
		if fault != "" {
			return fault
		}
	}
	return ""
}

func fine(what string, err error) string {
	if err != nil {
		return what + ": " + err.Error()
	}
	return ""
}

func equal(what, got, wanted string) string {
	if got != wanted {
		return what + ": got " + strconv.Quote(got) + "; want " + strconv.Quote(wanted)
	}
	return ""
}

func yes(what string, is bool) string { return equal(what, strconv.FormatBool(is), "true") }

func kind(what string, v js.Value, wanted js.Type) string {
	return equal(what, v.Type().String(), wanted.String())
}
