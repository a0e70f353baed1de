//go:build tinygo

package lock

// Turn excludes others as Mutex does, and may be held while waiting. It is given in the order in which it was asked for.
type Turn struct {
	taken bool
	queue []*Gate
}

// Lock waits for its turn.
func (t *Turn) Lock() {
	if !t.taken {
		t.taken = true
		return
	}
	next := &Gate{}
	t.queue = append(t.queue, next)
	next.Wait()
}

// Unlock hands the turn on.
func (t *Turn) Unlock() {
	if len(t.queue) == 0 {
		t.taken = false
		return
	}
	next := t.queue[0]
	t.queue = t.queue[:copy(t.queue, t.queue[1:])]
	next.Open()
}
