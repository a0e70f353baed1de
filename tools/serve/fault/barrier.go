package fault

import (
	"context"
	"fmt"
	"sync"
)

// Barrier is a place where token requests wait. It opens once, for good.
type Barrier struct {
	mu      sync.Mutex
	count   int
	changed chan struct{} // closed and replaced whenever count grows
	open    chan struct{} // closed by Release and Cut
	opened  bool
	cut     bool
}

func newBarrier() *Barrier {
	return &Barrier{changed: make(chan struct{}), open: make(chan struct{})}
}

// Arrived returns as soon as n requests have come to the barrier, or with an error when ctx ends first.
func (b *Barrier) Arrived(ctx context.Context, n int) error {
	for {
		b.mu.Lock()
		count, changed := b.count, b.changed
		b.mu.Unlock()
		if count >= n {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d of %d token requests came to the barrier: %w", count, n, ctx.Err())
		}
	}
}

// Release lets the requests go on as if nothing had happened.
func (b *Barrier) Release() { b.unlock(false) }

// Cut drops the connections of the requests that wait, where they wait.
func (b *Barrier) Cut() { b.unlock(true) }

// wait keeps the caller until the barrier opens and says whether its connection is to be cut. It outlasts the client on purpose: a
// server goes on with what it has received, whether or not the tab still lives.
func (b *Barrier) wait() (cut bool) {
	b.mu.Lock()
	b.count++
	close(b.changed)
	b.changed = make(chan struct{})
	b.mu.Unlock()

	<-b.open
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cut
}

func (b *Barrier) unlock(cut bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.opened {
		b.opened, b.cut = true, cut
		close(b.open)
	}
}

func (b *Barrier) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.opened
}

func (b *Barrier) waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count
}
