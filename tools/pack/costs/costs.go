// Package costs says how much of a module comes from which source file, so that what a feature takes can be read off: here, a file is a verb or a
// message.
package costs

import (
	"debug/dwarf"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// Data is the name under which the texts, types and tables stand; nothing in the module says which file wanted them.
const Data = "texts, types and tables"

// The sections of a module that matter here, by their numbers (WebAssembly Core section 5.5.2).
const (
	customSection = 0
	codeSection   = 10
	dataSection   = 11
)

// Of returns the bytes of each source file in a module that was compiled with debug information and not optimised since: an optimiser that moves code
// loses the lines. What the compiler copied from one file into a function of another counts for the file that wrote it.
func Of(module []byte) (map[string]int, error) {
	sections, err := parse(module)
	if err != nil {
		return nil, err
	}
	lines, err := dwarf.New(sections.custom[".debug_abbrev"], nil, nil, sections.custom[".debug_info"], sections.custom[".debug_line"], nil,
		sections.custom[".debug_ranges"], sections.custom[".debug_str"])
	if err != nil {
		return nil, err
	}
	bytes := map[string]int{Data: sections.data}
	units := lines.Reader()
	for {
		unit, err := units.Next()
		if err != nil || unit == nil {
			return bytes, err
		}
		units.SkipChildren()
		if unit.Tag != dwarf.TagCompileUnit {
			continue
		}
		if err := count(lines, unit, uint64(sections.code), bytes); err != nil {
			return nil, err
		}
	}
}

// count adds what a unit's line table gives to each file. Functions that the linker left out have no address in the code, or none but 0.
func count(lines *dwarf.Data, unit *dwarf.Entry, end uint64, bytes map[string]int) error {
	reader, err := lines.LineReader(unit)
	if err != nil || reader == nil {
		return err
	}
	var line, before dwarf.LineEntry
	for inside := false; ; inside = !before.EndSequence {
		if err := reader.Next(&line); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if inside && before.File != nil && before.Address > 0 && line.Address <= end {
			bytes[before.File.Name] += int(line.Address - before.Address)
		}
		before = line
	}
}

type sections struct {
	code, data int // how long they are
	custom     map[string][]byte
}

var errCut = errors.New("the module ends in the middle of a section")

func parse(module []byte) (sections, error) {
	found := sections{custom: map[string][]byte{}}
	rest, ok := strings.CutPrefix(string(module), "\x00asm\x01\x00\x00\x00")
	if !ok {
		return found, errors.New("no WebAssembly module")
	}
	for rest != "" {
		kind := rest[0]
		content, after, err := sized(rest[1:])
		if err != nil {
			return found, err
		}
		rest = after
		switch kind {
		case customSection:
			name, content, err := sized(content)
			if err != nil {
				return found, err
			}
			found.custom[name] = []byte(content)
		case codeSection:
			found.code = len(content)
		case dataSection:
			found.data = len(content)
		}
	}
	if len(found.custom[".debug_line"]) == 0 {
		return found, errors.New("the module has no debug information")
	}
	return found, nil
}

// sized cuts off what stands behind its own length.
func sized(text string) (content, rest string, err error) {
	size, n := binary.Uvarint([]byte(text[:min(len(text), binary.MaxVarintLen32)]))
	if n <= 0 || uint64(len(text)-n) < size {
		return "", "", errCut
	}
	return text[n : n+int(size)], text[n+int(size):], nil
}
