package oauth_test

import "syscall/js"

// browsers says that there is a browser's parser to ask: Node's, which follows the same standard (WHATWG URL).
const browsers = true

// browserOrigin is new URL(address, base).origin; ok is false where that throws.
func browserOrigin(address, base string) (origin string, ok bool) {
	defer func() { ok = recover() == nil }()
	args := []any{address}
	if base != "" {
		args = append(args, base)
	}
	return js.Global().Get("URL").New(args...).Get("origin").String(), true
}
