// Package edition says which of the two modules this is. Most pages load the core alone, which knows nothing of what few of them ask for. What it
// lacks it answers with Lacking, before anything is done, and the loader does the same with the full module in its place.
package edition

type lacking struct{}

func (*lacking) Error() string { return "postern.full.wasm is needed" }

// Lacking is what the core answers where only the full module can.
var Lacking error = &lacking{}

// IsLacking reports whether err is Lacking. It asks for the type, since to compare two errors TinyGo links package reflect.
func IsLacking(err error) bool {
	_, is := err.(*lacking)
	return is
}
