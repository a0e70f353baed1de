//go:build !js

package oauth_test

const browsers = false

// browserOrigin knows nothing: no parser that is written in Go reads addresses as browsers do.
func browserOrigin(string, string) (origin string, ok bool) { return "", false }
