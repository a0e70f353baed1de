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
		{"thrown/method", fewer, each(func(s *bridge.Scope, thrower js.Value) error {
			_, err := s.Call(thrower, "method")
			return err
		})},
		{"thrown/method, Do", fewer, each(func(_ *bridge.Scope, thrower js.Value) error { return bridge.Do(thrower, "method") })},
		{"thrown/method, Text", fewer, each(func(_ *bridge.Scope, thrower js.Value) error {
			_, _, err := bridge.Text(thrower, "method")
			return err
		})},
		{"thrown/getter", fewer, each(func(s *bridge.Scope, thrower js.Value) error {
			_, err := s.Get(thrower, "property")
			return err
		})},
		{"thrown/getter of a method", fewer, each(func(s *bridge.Scope, thrower js.Value) error {
			_, err := s.Call(thrower, "property")
			return err
		})},
		{"thrown/setter", fewer, each(func(_ *bridge.Scope, thrower js.Value) error { return bridge.Set(thrower, "property", "text") })},
		{"thrown/rejection", fewer, each(func(s *bridge.Scope, thrower js.Value) error {
			_, err := s.AwaitCall(thrower, "reject")
			return err
		})},
		{"thrown/then", fewer, each(func(s *bridge.Scope, thrower js.Value) error {
			thenable, err := s.Get(thrower, "thenable")
			if err == nil {
				_, err = s.Await(thenable)
			}
			return err
		})},
		{"thrown/no function", fewer, func(s *bridge.Scope, f js.Value) string {
			_, err1 := s.Call(f, "object")
			_, err2 := s.Call(f, "nothing", "text")
			_, err3 := s.Call(js.Null(), "x", "text")
			_, err4 := s.Call(js.Undefined(), "x")
			return first(want("an object", err1, "TypeError", "*"), want("nothing", err2, "TypeError", "*"),
				want("a method of null", err3, "TypeError", "*"), want("a method of undefined", err4, "TypeError", "*"))
		}},
		{"thrown/no object", fewer, func(s *bridge.Scope, _ js.Value) string {
			for i, v := range []js.Value{js.Null(), js.Undefined(), js.ValueOf(7), js.ValueOf(true)} {
				_, err1 := s.Get(v, "x")
				err2 := bridge.Set(v, "x", "text")
				if fault := first(want("Get", err1, "TypeError", "*"), want("Set", err2, "TypeError", "*")); fault != "" {
					return fault + " for value " + strconv.Itoa(i)
				}
			}
			return ""
		}},
		{"thrown/proxy", fewer, proxies},
	}
}

// each makes a check of try: it must fail as each of fixture.thrown says.
func each(try func(s *bridge.Scope, thrower js.Value) error) func(*bridge.Scope, js.Value) string {
	return func(s *bridge.Scope, f js.Value) string {
		list, err := s.Get(f, "thrown")
		if err != nil {
			return err.Error()
		}
		for i := range bridge.GetInt(list, "length") {
			thrower, err := s.Get(list, strconv.Itoa(i))
			if err != nil {
				return err.Error()
			}
			fault := want(bridge.GetText(thrower, "what"), try(s, thrower), bridge.GetText(thrower, "name"), bridge.GetText(thrower, "message"))
			if fault != "" {
				return fault
			}
		}
		return ""
	}
}

// proxies are objects all of whose traps throw, once a mere error and once the proxy itself.
func proxies(s *bridge.Scope, f js.Value) string {
	for name, wanted := range map[string][2]string{"proxy": {"Error", "trap"}, "proxyOfItself": {"", ""}, "revoked": {"TypeError", "*"}} {
		proxy, err := s.Get(f, name)
		if err != nil {
			return err.Error()
		}
		_, err1 := s.Get(proxy, "x")
		_, err2 := s.Call(proxy, "x", "text")
		err3 := bridge.Set(proxy, "x", "text")
		_, err4 := s.Await(proxy)
		fault := first(want("Get", err1, wanted[0], wanted[1]), want("Call", err2, wanted[0], wanted[1]), want("Set", err3, wanted[0], wanted[1]),
			want("Await", err4, wanted[0], wanted[1]),
			equal("GetText", bridge.GetText(proxy, "x"), ""), equal("GetInt", strconv.Itoa(bridge.GetInt(proxy, "x")), "0"))
		if fault != "" {
			return name + ": " + fault
		}
	}
	return ""
}
