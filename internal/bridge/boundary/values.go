//go:build js

package main

import (
	"strconv"
	"strings"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// values tries what crosses: fixture.mjs has the other side's idea of each and throws where the two differ.
func values() []check {
	return []check{
		{"values/texts", often, texts},
		{"values/texts that aren't UTF-8", often, func(f js.Value) string {
			const invalid = "a\xff\xc0\xafb\xed\xa0\x80c"
			_, _, err := bridge.Call(f, "invalid", invalid)
			_, _, err2 := bridge.Ask(0, "invalid", invalid)
			return first(fine("Call", err), fine("Ask", err2))
		}},
		{"values/a long text", 5, func(f js.Value) string {
			// A million characters, and more bytes than that: the module's memory grows on the way.
			text, _, _ := bridge.Ask(0, "long")
			if text != strings.Repeat("0123456789abcdeé", 1<<16) {
				return "a text of a million characters came in as " + strconv.Itoa(len(text)) + " bytes"
			}
			_, _, err := bridge.Call(f, "acceptLong", text)
			return fine("a long text", err)
		}},
		{"values/numbers", often, numbers},
		{"values/bytes", 50, octets},
	}
}

func texts(f js.Value) string {
	length, _, _ := bridge.Call(f, "count", "strings")
	n, _ := strconv.Atoi(length)
	for i := range n {
		name := strconv.Itoa(i)
		asked, _, _ := bridge.Ask(0, "string", name)
		awaited, _ := bridge.Await(0, "string", name)
		called, _, _ := bridge.Call(f, "string", name)
		for _, text := range []string{asked, awaited, called} {
			_, _, err := bridge.Call(f, "acceptString", name, text, strconv.Itoa(len(text)))
			_, _, err2 := bridge.Ask(0, "acceptString", name, text, strconv.Itoa(len(text)))
			if fault := first(fine("Call", err), fine("Ask", err2)); fault != "" {
				return fault
			}
		}
	}
	return ""
}

// numbers cross in digits.
func numbers(js.Value) string {
	for _, n := range []int64{0, 1, 9, 10, 99, 100, 1<<31 - 1, 1 << 31, 1 << 53, 1<<63 - 1} {
		if fault := equal("Decimal", bridge.Decimal(n), strconv.FormatInt(n, 10)); fault != "" {
			return fault
		}
	}
	return ""
}

// octets copies arrays of bytes in, with room to spare and with too little, as package pkce does.
func octets(f js.Value) string {
	for _, n := range []int{0, 1, 31, 32, 33, 100_000} {
		array := f.Call("octets", n)
		for _, room := range []int{n, n + 5, n / 2} {
			in := make([]byte, room)
			copied := js.CopyBytesToGo(in, array)
			if copied != min(n, room) {
				return "copied " + strconv.Itoa(copied) + " of " + strconv.Itoa(n) + " bytes into " + strconv.Itoa(room)
			}
			for i, b := range in {
				if i < copied && b != byte(i*7) || i >= copied && b != 0 {
					return "byte " + strconv.Itoa(i) + " came in as " + strconv.Itoa(int(b))
				}
			}
		}
		bridge.Release(array)
	}
	return ""
}
