// Package browser runs the table of cases in Chromium: against Postern's builds, and, to write the matrix of the README, against its peers. It
// imports nothing of the product. First make the builds, with make pack and make build COMPILER=go; then, for one case or for one build,
//
//	go test ./conformance/browser -run 'TestConformance/TinyGo/state-missing'
//	go test ./conformance/browser -builds tinygo
package browser
