package static

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// encodings in order of preference: brotli is the smaller one for WebAssembly.
var encodings = []struct{ name, suffix string }{
	{"br", ".br"},
	{"gzip", ".gz"},
}

// slack is how far apart the files of one build may be: it writes them in any order.
const slack = 10 * time.Second

// openEncoded returns the precompressed sibling of a file that suits the request, or nil. A sibling older than the file is a leftover
// of another build, and serving it would show the browser code that is gone.
func openEncoded(root *os.Root, name string, plain *regular, r *http.Request) (*regular, string) {
	if r.Header.Get("Range") != "" { // ranges count the bytes of one representation; don't let two be mixed
		return nil, ""
	}
	accepted := r.Header.Get("Accept-Encoding")
	for _, e := range encodings {
		if !accepts(accepted, e.name) {
			continue
		}
		sibling, err := open(root, name+e.suffix)
		if err != nil {
			continue
		}
		if plain.ModTime().Sub(sibling.ModTime()) > slack {
			sibling.Close()
			continue
		}
		return sibling, e.name
	}
	return nil, ""
}

// accepts reads an Accept-Encoding header (RFC 9110 section 12.5.3). A wildcard isn't worth serving to: only tools send it.
func accepts(header, encoding string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		weight, weighed := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !weighed {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}
