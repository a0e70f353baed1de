// Package e2e signs in and out with a real browser at a real provider, through the package as it ships: every test runs with TinyGo's
// build and with Go's. It imports nothing of the product and sees what an application sees, and beside that the provider's ledger.
//
//	go test ./e2e                      # both builds, where both have been made
//	go test ./e2e -builds go           # without TinyGo
//	go test ./e2e -run Callback -v
package e2e
