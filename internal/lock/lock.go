//go:build !js

// Package lock is the mutex of code that runs in a browser, where it costs nothing: goroutines there change over only when they wait.
package lock

import "sync"

// Mutex excludes other goroutines. It must not be held while waiting for the browser or the network.
type Mutex = sync.Mutex
