//go:build js

package main

import (
	"strconv"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/lock"
)

// verbs tries each verb of the bridge, once where it succeeds and once where it fails. fixture.mjs has the operations.
func verbs() []check {
	return []check{
		{"verbs/Ask", often, func(js.Value) string {
			text, isText, err := bridge.Ask(7, "same", "text")
			return first(fine("Ask", err), equal("Ask", text, "text"), yes("isText", isText))
		}},
		{"verbs/Ask for nothing", often, func(js.Value) string {
			for _, op := range []string{"nothing", "none", "object", "number"} {
				text, isText, err := bridge.Ask(7, op)
				if fault := first(fine(op, err), equal(op, text, ""), yes("no text", !isText)); fault != "" {
					return fault
				}
			}
			return ""
		}},
		{"verbs/Ask with many", often, func(js.Value) string {
			text, _, err := bridge.Ask(-7, "join", "a", "", "b", "\u00e9", "d")
			none, _, err2 := bridge.Ask(0, "join")
			return first(fine("Ask", err), fine("Ask", err2), equal("Ask", text, "-7|a||b|\u00e9|d"), equal("Ask", none, "0"))
		}},
		{"verbs/Ask fails", often, func(js.Value) string {
			text, isText, err := bridge.Ask(7, "fails", "text")
			_, _, err2 := bridge.Ask(7, "there is no such operation", "text")
			return first(want("Ask", err, "RangeError", "text"), equal("Ask", text, ""), yes("no text", !isText), want("Ask", err2, "TypeError", "*"))
		}},
		{"verbs/Await fulfilled", often, func(js.Value) string {
			text, err := bridge.Await(7, "later", "text")
			none, err2 := bridge.Await(7, "laterNothing")
			return first(fine("Await", err), fine("Await", err2), equal("Await", text, "text"), equal("Await", none, ""))
		}},
		{"verbs/Await rejected", often, func(js.Value) string {
			_, err := bridge.Await(7, "failsLater", "text")
			_, err2 := bridge.Await(7, "fails", "text")
			return first(want("Await", err, "RangeError", "text"), want("Await", err2, "RangeError", "text"))
		}},
		{"verbs/Await what doesn't wait", often, func(js.Value) string {
			text, err := bridge.Await(7, "same", "text")
			return first(fine("Await", err), equal("Await", text, "text"))
		}},
		{"verbs/Await many", 5, many},
		{"verbs/Call", often, func(f js.Value) string {
			text, isText, err := bridge.Call(f, "join", "a", "b")
			return first(fine("Call", err), equal("Call", text, "a|b"), yes("isText", isText))
		}},
		{"verbs/Call for something else", often, func(f js.Value) string {
			text, isText, err := bridge.Call(f, "itself", "text")
			return first(fine("Call", err), equal("Call", text, ""), yes("no text", !isText))
		}},
		{"verbs/Call fails", often, func(f js.Value) string {
			_, isText, err := bridge.Call(f, "fails", "text")
			return first(want("Call", err, "RangeError", "text"), yes("no text", !isText))
		}},
		{"verbs/Get", often, func(f js.Value) string {
			object := bridge.Get(f, "object")
			defer bridge.Release(object)
			return kind("Get", object, js.TypeObject)
		}},
		{"verbs/Get fails", often, func(f js.Value) string {
			v := bridge.Get(f, "failing")
			_, _, err := bridge.Call(v, "anything")
			return first(kind("Get", v, js.TypeUndefined), want("Call", err, "TypeError", "*"))
		}},
		{"verbs/the handover is over", often, func(js.Value) string {
			return kind("the handover", bridge.Get(js.Global(), "postern:host"), js.TypeUndefined)
		}},
	}
}

// many waits in fifty functions at once for promises that settle in the reverse order: each must get its own.
func many(js.Value) string {
	const n = 50
	var all lock.Gate
	fault, left := "", n
	for i := range n {
		lock.Go(func() {
			text, err := bridge.Await(n-i, "after", strconv.Itoa(i))
			fault = first(fault, fine("Await", err), equal("function "+strconv.Itoa(i), text, strconv.Itoa(i)))
			if left--; left == 0 {
				all.Open()
			}
		})
	}
	all.Wait()
	return fault
}
