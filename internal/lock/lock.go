//go:build !js

// Package lock is how goroutines exclude each other, and wait for each other, in code that runs in a browser. There they change over only
// when they wait, so that a mutex costs nothing. Nor must its Unlock: one that is deferred is a frame and a loop in the shipped build.
package lock

import "sync"

// Mutex excludes other goroutines. It must not be held while waiting for the browser or the network.
type Mutex = sync.Mutex
