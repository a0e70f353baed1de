//go:build !tinygo

package lock

import "sync"

// Turn excludes others as Mutex does, and may be held while waiting.
type Turn = sync.Mutex
