//go:build js

package main

import (
	"strconv"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// verbs tries each verb of the bridge, once where it succeeds and once where it fails.
func verbs() []check {
	return []check{
		{"verbs/Get", often, func(s *bridge.Scope, f js.Value) string {
			v, err := s.Get(f, "object")
			return kind("Get", v, err, js.TypeObject)
		}},
		{"verbs/Get fails", often, func(s *bridge.Scope, f js.Value) string {
			_, err := s.Get(js.Null(), "x")
			return want("Get", err, "TypeError", "*")
		}},
		{"verbs/Call", often, func(s *bridge.Scope, f js.Value) string {
			v, err := s.Call(f, "five", "text", 1, 2.5, true, nil)
			return kind("Call", v, err, js.TypeObject)
		}},
		{"verbs/Call fails", often, func(s *bridge.Scope, f js.Value) string {
			_, err := s.Call(f, "fails", "text", f)
			return want("Call", err, "RangeError", "text")
		}},
		{"verbs/Do", often, func(s *bridge.Scope, f js.Value) string {
			return fine("Do", bridge.Do(f, "five", "text", 1, 2.5, false, nil))
		}},
		{"verbs/Do fails", often, func(s *bridge.Scope, f js.Value) string {
			return want("Do", bridge.Do(f, "fails", "text", f), "RangeError", "text")
		}},
		{"verbs/Text", often, func(s *bridge.Scope, f js.Value) string {
			text, isText, err := bridge.Text(f, "same", "text")
			return first(fine("Text", err), equal("Text", text, "text"), equal("isText", strconv.FormatBool(isText), "true"))
		}},
		{"verbs/Text of something else", often, func(s *bridge.Scope, f js.Value) string {
			text, isText, err := bridge.Text(f, "same", f)
			return first(fine("Text", err), equal("Text", text, ""), equal("isText", strconv.FormatBool(isText), "false"))
		}},
		{"verbs/Text fails", often, func(s *bridge.Scope, f js.Value) string {
			_, isText, err := bridge.Text(f, "fails", "text", f)
			return first(want("Text", err, "RangeError", "text"), equal("isText", strconv.FormatBool(isText), "false"))
		}},
		{"verbs/GetText", often, func(s *bridge.Scope, f js.Value) string {
			return first(equal("a text", bridge.GetText(f, "text"), "text"), equal("an object", bridge.GetText(f, "object"), ""),
				equal("nothing", bridge.GetText(f, "nothing"), ""), equal("a getter that throws", bridge.GetText(f, "failing"), ""))
		}},
		{"verbs/GetInt", often, func(s *bridge.Scope, f js.Value) string {
			return first(equal("a number", strconv.Itoa(bridge.GetInt(f, "number")), "-7"), equal("a text", strconv.Itoa(bridge.GetInt(f, "text")), "0"),
				equal("nothing", strconv.Itoa(bridge.GetInt(f, "nothing")), "0"), equal("a getter that throws", strconv.Itoa(bridge.GetInt(f, "failing")), "0"))
		}},
		{"verbs/Set", often, func(s *bridge.Scope, f js.Value) string {
			err := bridge.Set(f, "written", "text")
			return first(fine("Set", err), equal("what was set", bridge.GetText(f, "written"), "text"),
				fine("Set of an object", bridge.Set(f, "written", f)), fine("Set of nil", bridge.Set(f, "written", nil)))
		}},
		{"verbs/Set fails", often, func(s *bridge.Scope, f js.Value) string {
			return first(want("Set", bridge.Set(f, "failing", "text"), "RangeError", "text"), want("Set", bridge.Set(js.Undefined(), "x", "text"), "TypeError", "*"))
		}},
		{"verbs/Global", often, func(s *bridge.Scope, f js.Value) string {
			v, err := s.Global("Object")
			none, err2 := s.Global("postern:host")
			return first(kind("Global", v, err, js.TypeFunction), kind("the handover", none, err2, js.TypeUndefined))
		}},
		{"verbs/Await fulfilled", often, func(s *bridge.Scope, f js.Value) string {
			v, err := s.AwaitCall(f, "later", f)
			text, err2 := s.AwaitCall(f, "later", "text")
			return first(kind("Await", v, err, js.TypeObject), fine("Await", err2), equal("Await", stringOf(text), "text"))
		}},
		{"verbs/Await rejected", often, func(s *bridge.Scope, f js.Value) string {
			_, err := s.AwaitCall(f, "failsLater", "text")
			_, err2 := s.AwaitCall(f, "fails", "text")
			return first(want("Await", err, "RangeError", "text"), want("AwaitCall", err2, "RangeError", "text"))
		}},
		{"verbs/Await what is no promise", often, func(s *bridge.Scope, f js.Value) string {
			v, err := s.Await(f)
			none, err2 := s.Await(js.Undefined())
			return first(kind("Await", v, err, js.TypeObject), kind("Await", none, err2, js.TypeUndefined))
		}},
		{"verbs/Await many", 5, many},
	}
}

func stringOf(v js.Value) string {
	text, _ := bridge.StringOf(v)
	return text
}

// many waits in fifty goroutines at once for promises that settle in the reverse order: each must get its own.
func many(_ *bridge.Scope, f js.Value) string {
	const n = 50
	faults := make(chan string, n)
	for i := range n {
		go func() {
			var s bridge.Scope
			defer s.Close()
			v, err := s.AwaitCall(f, "after", n-i, i)
			if fault := kind("Await", v, err, js.TypeNumber); fault != "" || v.Int() == i {
				faults <- fault
				return
			}
			faults <- "goroutine " + strconv.Itoa(i) + " was given the value of " + strconv.Itoa(v.Int())
		}()
	}
	fault := ""
	for range n {
		fault = first(fault, <-faults)
	}
	return fault
}
