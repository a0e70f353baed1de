//go:build js

package main

import (
	"math"
	"strconv"
	"strings"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// values tries what crosses: fixture.mjs has the other side's idea of each and throws where the two differ.
func values() []check {
	return []check{
		{"values/strings", often, texts},
		{"values/strings that aren't UTF-8", often, func(_ *bridge.Scope, f js.Value) string {
			return fine("invalid UTF-8", bridge.Do(f, "invalid", "a\xff\xc0\xafb\xed\xa0\x80c"))
		}},
		{"values/a long string", 5, func(_ *bridge.Scope, f js.Value) string {
			// A million characters, and more bytes than that: the module's memory grows on the way.
			text := bridge.GetText(f, "long")
			if text != strings.Repeat("0123456789abcdeé", 1<<16) {
				return "a string of a million characters came in as " + strconv.Itoa(len(text)) + " bytes"
			}
			return fine("a long string", bridge.Do(f, "acceptLong", text))
		}},
		{"values/numbers", often, numbers},
		{"values/integers", often, func(_ *bridge.Scope, f js.Value) string {
			for i, n := range []int{0, 1, -1, math.MaxInt32, math.MinInt32} {
				name := "integer" + strconv.Itoa(i)
				if got := bridge.GetInt(f, name); got != n {
					return name + " came in as " + strconv.Itoa(got)
				}
				if err := bridge.Do(f, "acceptInteger", i, n); err != nil {
					return err.Error()
				}
			}
			return ""
		}},
		{"values/integers out of range", often, func(_ *bridge.Scope, f js.Value) string {
			// What they are as int depends on the compiler; that reading one does no harm doesn't.
			for i := range bridge.GetInt(f, "outside") {
				bridge.GetInt(f, "outside"+strconv.Itoa(i))
			}
			return ""
		}},
		{"values/the others", often, others},
		{"values/bytes", 50, octets},
	}
}

func texts(s *bridge.Scope, f js.Value) string {
	list, err := s.Get(f, "strings")
	if err != nil {
		return err.Error()
	}
	for i := range bridge.GetInt(list, "length") {
		text := bridge.GetText(list, strconv.Itoa(i))
		if err := bridge.Do(f, "acceptString", i, text, len(text)); err != nil {
			return err.Error()
		}
	}
	return ""
}

func numbers(s *bridge.Scope, f js.Value) string {
	for i, n := range []float64{
		0, 0, 1, -1, 0.1, -2.5, math.NaN(), math.Inf(1), math.Inf(-1), 1 << 53, -(1 << 53), 1<<53 - 1, 1 << 31, -(1 << 31), 1<<32 - 1,
		math.MaxFloat64, math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64,
	} {
		name := "number" + strconv.Itoa(i)
		v, err := s.Get(f, name)
		if fault := kind(name, v, err, js.TypeNumber); fault != "" {
			return fault
		}
		if got := v.Float(); got != n && (got == got || n == n) {
			return name + " came in as " + strconv.FormatFloat(got, 'g', -1, 64)
		}
		if err := bridge.Do(f, "acceptNumber", i, n); err != nil {
			return err.Error()
		}
	}
	return ""
}

func others(s *bridge.Scope, f js.Value) string {
	for name, wanted := range map[string]js.Type{
		"true": js.TypeBoolean, "false": js.TypeBoolean, "null": js.TypeNull, "undefined": js.TypeUndefined, "symbol": js.TypeSymbol,
		"function": js.TypeFunction, "array": js.TypeObject, "text": js.TypeString, "number": js.TypeNumber,
	} {
		v, err := s.Get(f, name)
		result, err2 := s.Call(f, "same", v)
		if fault := first(kind(name, v, err, wanted), kind(name, result, err2, wanted)); fault != "" {
			return fault
		}
		if err := bridge.Do(f, "accept", name, v); err != nil {
			return err.Error()
		}
	}
	for name, arg := range map[string]any{"true": true, "false": false, "null": nil, "undefined": js.Undefined(), "text": "text", "number": -7} {
		if err := bridge.Do(f, "accept", name, arg); err != nil {
			return err.Error()
		}
	}
	yes, err := s.Get(f, "true")
	no, err2 := s.Get(f, "false")
	if err != nil || err2 != nil || !yes.Bool() || no.Bool() {
		return "true and false are confused"
	}
	return ""
}

// octets copies arrays of bytes in, with room to spare and with too little.
func octets(s *bridge.Scope, f js.Value) string {
	for _, n := range []int{0, 1, 31, 32, 33, 100_000} {
		array, err := s.Call(f, "octets", n)
		if err != nil {
			return err.Error()
		}
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
	}
	return ""
}
