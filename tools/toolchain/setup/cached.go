package setup

import (
	"os"
	"path/filepath"
)

// stamp is the file that says a directory is finished. It holds the recipe that made it, so that a changed recipe makes it anew.
const stamp = ".made-by"

// made reports whether dir was finished by this very recipe.
func made(dir, recipe string) bool {
	got, err := os.ReadFile(filepath.Join(dir, stamp))
	return err == nil && string(got) == recipe
}

// cached returns dir after fill has filled it, once for each recipe.
//
// fill works in a directory next to dir, which takes dir's name only when it's whole: an interrupt at any moment leaves either the old
// directory or none. What an earlier interrupt left behind is deleted first. The caller holds the lock.
func cached(dir, recipe string, fill func(tmp string) error) error {
	if made(dir, recipe) {
		return nil
	}
	tmp := dir + ".unfinished"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(tmp)

	if err := fill(tmp); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tmp, stamp), []byte(recipe), 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}
