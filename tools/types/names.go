package main

import (
	"regexp"
	"slices"
)

// The declarations are our own file, one declaration to a line, so patterns do where a parser would be a dependency.
var (
	exported = regexp.MustCompile(`(?m)^export (?:class|interface|type|function|const) (\w+)`)
	class    = regexp.MustCompile(`(?ms)^export class Client \{\n(.*?)^\}`)
	method   = regexp.MustCompile(`(?m)^  (\w+)[(<]`)
	code     = regexp.MustCompile(`(?ms)^export type (?:ErrorCode|WarningCode) =(.*?');$`)
	literal  = regexp.MustCompile(`'(\w+)'`)
)

// publicNames lists what a user can spell: exports, methods of Client, and the codes that programs branch on.
func publicNames(declarations string) []string {
	var names []string
	add := func(pattern *regexp.Regexp, in string) {
		for _, m := range pattern.FindAllStringSubmatch(in, -1) {
			if m[1] != "constructor" {
				names = append(names, m[1])
			}
		}
	}
	add(exported, declarations)
	for _, m := range class.FindAllStringSubmatch(declarations, -1) {
		add(method, m[1])
	}
	for _, m := range code.FindAllStringSubmatch(declarations, -1) {
		add(literal, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unused returns the names that cases never spell.
func unused(names []string, cases string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return regexp.MustCompile(`\b` + name + `\b`).MatchString(cases)
	})
}
