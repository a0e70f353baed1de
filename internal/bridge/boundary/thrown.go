//go:build js

package main

import (
	"strconv"
	"syscall/js"

	"github.com/postern-auth/postern/internal/bridge"
)

// fewer is enough, since each run throws some thirty values.
const fewer = 50

// thrown tries every way in which JavaScript throws, with every value that it throws: fixture.mjs lists them.
func thrown() []check {
	return []check{
		{"thrown/method", fewer, each(func(thrower js.Value, _ string) error {
			_, _, err := bridge.Call(thrower, "method")
			return err
		})},
		{"thrown/getter of a method", fewer, each(func(thrower js.Value, _ string) error {
			_, _, err := bridge.Call(thrower, "property", "text")
			return err
		})},
		{"thrown/operation", fewer, each(func(_ js.Value, i string) error {
			_, _, err := bridge.Ask(0, "throw", i)
			return err
		})},
		{"thrown/operation that was waited for", fewer, each(func(_ js.Value, i string) error {
			_, err := bridge.Await(0, "throw", i)
			return err
		})},
		{"thrown/rejection", fewer, each(func(_ js.Value, i string) error {
			_, err := bridge.Await(0, "reject", i)
			return err
		})},
		{"thrown/then", fewer, each(func(_ js.Value, i string) error {
			_, err := bridge.Await(0, "thenable", i)
			return err
		})},
		{"thrown/getter", fewer, func(f js.Value) string {
			return over(f, func(_, thrower js.Value, i string) string {
				return kind("the property of "+i, bridge.Get(thrower, "property"), js.TypeUndefined)
			})
		}},
		{"thrown/no function", fewer, func(f js.Value) string {
			_, _, err1 := bridge.Call(f, "object")
			_, _, err2 := bridge.Call(f, "nothing", "text")
			_, _, err3 := bridge.Call(js.Null(), "x", "text")
			_, _, err4 := bridge.Call(js.Undefined(), "x")
			_, _, err5 := bridge.Call(js.ValueOf(7), "x")
			return first(want("an object", err1, "TypeError", "*"), want("nothing", err2, "TypeError", "*"),
				want("a method of null", err3, "TypeError", "*"), want("a method of undefined", err4, "TypeError", "*"),
				want("a method of a number", err5, "TypeError", "*"))
		}},
		{"thrown/proxy", fewer, proxies},
	}
}

// over runs try with each of fixture.thrown.
func over(f js.Value, try func(list, thrower js.Value, i string) string) string {
	list := bridge.Get(f, "thrown")
	defer bridge.Release(list)
	length, _, _ := bridge.Call(f, "count", "thrown")
	n, _ := strconv.Atoi(length)
	for i := range n {
		name := strconv.Itoa(i)
		thrower := bridge.Get(list, name)
		fault := try(list, thrower, name)
		bridge.Release(thrower)
		if fault != "" {
			return fault
		}
	}
	return ""
}

// each makes a check of try: it must fail as each of fixture.thrown says.
func each(try func(thrower js.Value, i string) error) func(js.Value) string {
	return func(f js.Value) string {
		return over(f, func(_, thrower js.Value, i string) string {
			tell := func(what string) string {
				text, _, _ := bridge.Call(thrower, "tell", what)
				return text
			}
			return want(tell("what"), try(thrower, i), tell("name"), tell("message"))
		})
	}
}

// proxies are objects all of whose traps throw, once a mere error and once the proxy itself.
func proxies(f js.Value) string {
	for name, wanted := range map[string][2]string{"proxy": {"Error", "trap"}, "proxyOfItself": {"", ""}, "revoked": {"TypeError", "*"}} {
		proxy := bridge.Get(f, name)
		property := bridge.Get(proxy, "x")
		_, _, err := bridge.Call(proxy, "x", "text")
		_, err2 := bridge.Await(0, "give", name)
		bridge.Release(proxy)
		fault := first(kind("Get", property, js.TypeUndefined), want("Call", err, wanted[0], wanted[1]), want("Await", err2, wanted[0], wanted[1]))
		if fault != "" {
			return name + ": " + fault
		}
	}
	return ""
}
