//go:build !js

// Package bridge is the boundary to JavaScript; all of it is built for js/wasm only.
package bridge
