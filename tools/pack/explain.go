package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/postern-auth/postern/tools/pack/costs"
)

// share is what a source file takes of each of the files that ship, by their names, in brotli bytes.
type share map[string]int

// source is a file of this repository, or a package of elsewhere.
type source struct{ room, name string }

const elsewhere = "elsewhere"

// explain prints what each package and each source file takes, and so each feature: a file is a verb or a message. A share is of the brotli bytes; it
// is an estimate, since compression knows no borders, and what asyncify adds to the full module is spread over all of it.
func explain(ctx context.Context, root string, with compiler, i info, w io.Writer) error {
	release, ok := with.(tinygoCompiler)
	if !ok {
		_, err := fmt.Fprintln(w, "what each package takes is told of TinyGo's build")
		return err
	}
	tmp, err := os.MkdirTemp("", "postern-pack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)

	sources := map[source]share{}
	for _, name := range modules {
		fmt.Fprintf(w, "measuring %s ...\n", name)
		compiled, err := release.compile(ctx, root, tmp, editions[name].Lines())
		if err != nil {
			return err
		}
		module, err := os.ReadFile(compiled)
		if err != nil {
			return err
		}
		bytes, err := costs.Of(module)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		divide(sources, name, bytes, i.Files[name].Brotli, func(file string) source { return release.source(root, file) })
	}
	for _, s := range scripts {
		if s.name != "postern.js" && s.name != "postern.more.js" {
			continue
		}
		bytes, err := parts(root, s, with)
		if err != nil {
			return err
		}
		divide(sources, s.name, bytes, i.Files[s.name].Brotli, func(file string) source { return source{path.Dir(file), path.Base(file)} })
	}
	return table(w, sources)
}

// divide adds a file's brotli bytes to the sources, in proportion to what they take of it uncompressed.
func divide(sources map[source]share, name string, bytes map[string]int, brotli int, of func(string) source) {
	total := 0
	for _, n := range bytes {
		total += n
	}
	for file, n := range bytes {
		from := of(file)
		if sources[from] == nil {
			sources[from] = share{}
		}
		sources[from][name] += n * brotli / total
	}
}

// source says where a file is that the compiler names. The package is enough of those that aren't in this repository.
func (c tinygoCompiler) source(root, file string) source {
	root, file = filepath.ToSlash(root), filepath.ToSlash(file)
	if name, err := filepath.Rel(root, file); err == nil && filepath.IsLocal(name) && !strings.HasPrefix(name, ".") {
		return source{path.Dir(name), path.Base(name)}
	}
	for _, mark := range []string{"/src/", "/pkg/mod/"} {
		if i := strings.LastIndex(file, mark); i >= 0 {
			name, _, _ := strings.Cut(path.Dir(file[i+len(mark):]), "@")
			return source{elsewhere, name}
		}
	}
	return source{elsewhere, file}
}

// parts says what each source file takes of a script.
func parts(root string, s script, with compiler) (map[string]int, error) {
	result, err := bundled(root, s, with, nil)
	if err != nil {
		return nil, err
	}
	var meta struct {
		Outputs map[string]struct {
			Inputs map[string]struct{ BytesInOutput int }
		}
	}
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, err
	}
	bytes := map[string]int{}
	for _, output := range meta.Outputs {
		for file, in := range output.Inputs {
			bytes[file] += in.BytesInOutput
		}
	}
	return bytes, nil
}

// table prints the sources by package, and in it the largest first.
func table(out io.Writer, sources map[source]share) error {
	columns := []string{coreName, fullName, "postern.js", "postern.more.js"}
	rooms, within := map[string]share{}, map[string][]source{}
	for from, s := range sources {
		if rooms[from.room] == nil {
			rooms[from.room] = share{}
		}
		for column, n := range s {
			rooms[from.room][column] += n
		}
		within[from.room] = append(within[from.room], from)
	}
	weight := func(s share) int { return s[fullName] + s["postern.js"] + s["postern.more.js"] }
	fmt.Fprintln(out, "\nof these brotli bytes, about so many are of each package and file (for what the core has none of, the loader fetches the full module):")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(s share, name string) {
		for _, column := range columns {
			if s[column] > 0 {
				fmt.Fprintf(w, "%d", s[column])
			}
			fmt.Fprint(w, "\t")
		}
		fmt.Fprintf(w, "  %s\n", name)
	}
	fmt.Fprintln(w, strings.Join(columns, "\t")+"\t")
	for _, room := range slices.SortedFunc(maps.Keys(rooms), func(a, b string) int { return cmp.Or(weight(rooms[b])-weight(rooms[a]), cmp.Compare(a, b)) }) {
		line(rooms[room], room)
		files := within[room]
		slices.SortFunc(files, func(a, b source) int {
			return cmp.Or(weight(sources[b])-weight(sources[a]), cmp.Compare(a.name, b.name))
		})
		for _, from := range files {
			line(sources[from], "   "+from.name)
		}
	}
	return w.Flush()
}
