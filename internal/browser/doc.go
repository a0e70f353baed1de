//go:build !js

// Package browser makes the ports of session and vault out of a browser; all of it is built for js/wasm only.
package browser
