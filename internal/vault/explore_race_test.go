//go:build race

package vault

// racing says that the race detector is on, which makes the search ten times as slow; it has one goroutine.
const racing = true
