// Package static serves directories as a good web server would: right types, precompressed files, caching by name, no way out of the
// directory and no listing of it.
package static

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
)

// Site answers GET and HEAD for files below its mounts.
type Site struct {
	mounts []mount // longest prefix first
}

type mount struct{ prefix, dir string }

// New returns a site. Each prefix begins and ends with a slash. Below "/", a path that names no file and has no extension gets the
// index.html of that directory: it is for the app's own router.
func New(mounts map[string]string) (*Site, error) {
	s := &Site{}
	for prefix, dir := range mounts {
		if !strings.HasPrefix(prefix, "/") || !strings.HasSuffix(prefix, "/") {
			return nil, fmt.Errorf("mount %q: begin and end it with a slash", prefix)
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("mount %s: %s is no directory", prefix, dir)
		}
		s.mounts = append(s.mounts, mount{prefix, dir})
	}
	slices.SortFunc(s.mounts, func(a, b mount) int { return len(b.prefix) - len(a.prefix) })
	return s, nil
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "these are files: use GET", http.StatusMethodNotAllowed)
		return
	}
	for _, m := range s.mounts {
		if rest, below := strings.CutPrefix(r.URL.Path, m.prefix); below {
			m.serve(w, r, rest)
			return
		}
	}
	http.NotFound(w, r)
}

// serve opens the directory anew for each request: a build may have replaced it. os.Root is what keeps "..", absolute paths and
// symbolic links inside.
func (m mount) serve(w http.ResponseWriter, r *http.Request, name string) {
	root, err := os.OpenRoot(m.dir)
	if err != nil {
		http.Error(w, "the directory of "+m.prefix+" has gone: build it, then reload", http.StatusNotFound)
		return
	}
	defer root.Close()

	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	file, err := open(root, name)
	if errors.Is(err, fs.ErrNotExist) && m.prefix == "/" && path.Ext(name) == "" {
		name = "index.html"
		file, err = open(root, name)
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer file.Close()

	describe(w.Header(), name)
	if encoded, encoding := openEncoded(root, name, file, r); encoded != nil {
		defer encoded.Close()
		w.Header().Set("Content-Encoding", encoding)
		// ServeContent leaves the length of an encoded answer out, and a page that shows progress wants it.
		w.Header().Set("Content-Length", fmt.Sprint(encoded.Size()))
		file = encoded
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x%s"`, file.ModTime().UnixNano(), file.Size(), w.Header().Get("Content-Encoding")))
	http.ServeContent(w, r, name, file.ModTime(), file)
}

// regular is an open file and what is known of it.
type regular struct {
	io.ReadSeekCloser
	fs.FileInfo
}

// open opens a file that may be shown. What isn't one doesn't exist.
func open(root *os.Root, name string) (*regular, error) {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") {
			return nil, fmt.Errorf("%s: %w", name, fs.ErrPermission)
		}
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file: %w", name, fs.ErrNotExist)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &regular{file, info}, nil
}
