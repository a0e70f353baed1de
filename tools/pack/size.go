package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// What a page may have to fetch before it can sign anyone in: the module and the loader, in brotli bytes.
const (
	// goal is where we mean to be; it is printed beside what is.
	goal = 26 * 1024
	// budget is a ratchet: the build fails above it, so that nothing grows unnoticed. It comes down with what is won, as from 60 KB when the core was taken
	// out of the full module.
	budget = 48_230
)

var budgeted = []string{coreName, "postern.js"}

// report prints what everything weighs, and fails where the release build weighs too much. The package is written all the same, so
// that what made it grow can be tried and measured.
func report(w io.Writer, i info) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "raw\tgzip\tbrotli\t")
	for _, name := range slices.Sorted(maps.Keys(i.Files)) {
		if f := i.Files[name]; f.Brotli > 0 {
			fmt.Fprintf(table, "%d\t%d\t%d\t  %s\n", f.Raw, f.Gzip, f.Brotli, name)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	total, over := weigh(i)
	if over == nil && i.Tools.Compiler != (tinygoCompiler{}).name() {
		fmt.Fprintf(w, "%d bytes to load, where TinyGo's build has %d at most\n", total, budget)
	} else {
		fmt.Fprintf(w, "%d bytes to load, of %d (the goal is %d)\n", total, budget, goal)
	}
	return over
}

// weigh adds up what the budget counts.
func weigh(i info) (total int, over error) {
	for _, name := range budgeted {
		f, ok := i.Files[name]
		if !ok || f.Brotli == 0 {
			return 0, errors.New(infoName + " has no size for " + name + ": delete the package and build it again")
		}
		total += f.Brotli
	}
	if total > budget && i.Tools.Compiler == (tinygoCompiler{}).name() {
		return total, fmt.Errorf("%d bytes over the budget: find the import that cost them, or move the budget on purpose", total-budget)
	}
	return total, nil
}
