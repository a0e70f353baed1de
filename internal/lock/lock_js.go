// Package lock is the mutex of code that runs in a browser, where it costs nothing: goroutines there change over only when they wait.
package lock

// Mutex excludes other goroutines. It must not be held while waiting for the browser or the network.
type Mutex struct{}

// Lock does nothing: nobody else runs until the holder waits, which it doesn't.
func (Mutex) Lock() {}

// Unlock does nothing.
func (Mutex) Unlock() {}
