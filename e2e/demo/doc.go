// Package demo holds the tests of the demo's page and of the provider's pages beside it: the job that they show, done with the mouse and with
// the keyboard alone; their accessibility, in every state, judged by axe-core; their pictures for README.md, and what Lighthouse makes of them.
//
//	go test ./e2e/demo                       # job, keyboard, axe
//	make screenshot                          # writes docs/demo.png and docs/demo-dark.png
//	make lighthouse                          # writes docs/lighthouse.md
package demo
