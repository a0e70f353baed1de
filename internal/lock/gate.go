//go:build !tinygo

package lock

import "sync"

// Gate lets goroutines wait for one event. Its zero value is closed.
type Gate struct {
	mu   sync.Mutex
	open chan struct{}
}

// Wait returns when the gate is open.
func (g *Gate) Wait() { <-g.channel() }

// Open lets everybody through, for ever. It is called once.
func (g *Gate) Open() { close(g.channel()) }

func (g *Gate) channel() chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		g.open = make(chan struct{})
	}
	return g.open
}

// Go runs f beside the caller, which goes on at once.
func Go(f func()) { go f() }
