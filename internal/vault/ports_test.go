package vault

import (
	"sync"
	"time"

	"github.com/postern-auth/postern/storage"
)

// locks are Web Locks: one holder a name, the others wait in line. Beside each lock is its note.
type locks struct {
	mu    sync.Mutex
	names []string
	waits []time.Duration
	lines []chan struct{} // of the names at the same place
	notes map[string]string
	err   error
	// blocked is a browser that keeps no notes.
	blocked bool
	// noting acts before a note is written.
	noting func(text string)
	// noted acts after one was.
	noted func(text string)
}

func (l *locks) Lock(name string, patience time.Duration) (func(), error) {
	l.mu.Lock()
	l.waits = append(l.waits, patience)
	l.mu.Unlock()
	if l.err != nil {
		return nil, l.err
	}
	line := l.line(name)
	line <- struct{}{}
	return func() { <-line }, nil
}

func (l *locks) line(name string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, n := range l.names {
		if n == name {
			return l.lines[i]
		}
	}
	l.names, l.lines = append(l.names, name), append(l.lines, make(chan struct{}, 1))
	return l.lines[len(l.lines)-1]
}

// steal leaves the lock's holder in the belief that it has it.
func (l *locks) steal(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, n := range l.names {
		if n == name {
			l.lines[i] = make(chan struct{}, 1)
		}
	}
}

func (l *locks) Note(name, was, text string) bool {
	if l.noting != nil {
		l.noting(text)
	}
	done := l.blocked || l.swap(name, was, text)
	if done && l.noted != nil {
		l.noted(text)
	}
	return done
}

func (l *locks) swap(name, was, text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.notes[name] != was {
		return false
	}
	if l.notes == nil {
		l.notes = map[string]string{}
	}
	l.notes[name] = text
	return true
}

func (l *locks) Noted(name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.notes[name]
}

// bus is the origin's BroadcastChannel. What is told arrives while somebody pauses, or when a test delivers it.
type bus struct {
	mu      sync.Mutex
	ears    []*ear
	told    []string
	pauses  int
	pausing func(n int) // before the nth pause
}

// ear is one page's end of the bus.
type ear struct {
	*bus
	name    string
	closing bool // it may not be heard
	deaf    bool // a page in the back/forward cache, or a frozen one
	hold    bool // what it is told arrives later
	queue   []string
	hear    func(text string)
}

func (e *ear) Listen(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.name == "" {
		e.ears = append(e.ears, e)
	}
	e.name = name
}

func (e *ear) Tell(text string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.told = append(e.told, text)
	for _, other := range e.ears {
		if other != e && !other.deaf && other.name == e.name {
			other.queue = append(other.queue, text)
		}
	}
	return e.closing
}

func (e *ear) Pause(time.Duration) {
	e.mu.Lock()
	e.pauses++
	n, pausing := e.pauses, e.pausing
	e.mu.Unlock()
	if pausing != nil {
		pausing(n)
	}
	e.deliver()
}

func (b *bus) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pauses
}

// deliver lets everything arrive that was told, and what is told because of it.
func (b *bus) deliver() {
	for {
		e, text := b.next()
		if e == nil {
			return
		}
		e.hear(text)
	}
}

func (b *bus) next() (*ear, string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.ears {
		if len(e.queue) > 0 && !e.deaf && !e.hold {
			text := e.queue[0]
			e.queue = e.queue[1:]
			return e, text
		}
	}
	return nil, ""
}

// copied opens a page with a store of its own that holds what from's does: a duplicated tab has such a copy of sessionStorage. A nil from
// is a new tab.
func (w *world) copied(from *Vault) *Vault {
	own := &store{}
	if from != nil {
		if text, ok, _ := from.Store.Get(key); ok {
			_ = own.Set(key, text)
		}
	}
	w.cache = &storage.Memory{}
	v := w.open(own, false)
	_, _ = v.Restore()
	return v
}

// ear is the page's end of the bus.
func (w *world) ear(v *Vault) *ear { return v.Pages.(*ear) }

// lagging is localStorage: each page sees its own writes at once, and another's when there have been lag pauses since.
type lagging struct {
	*world
	mu     sync.Mutex
	lag    int
	writes []write
}

type write struct {
	by   *view
	at   int // pauses before it
	text string
	gone bool
}

// view is one page's view of a lagging store.
type view struct{ *lagging }

func (w *world) slowly(s *lagging) *Vault {
	w.cache = &storage.Memory{}
	return w.open(&view{s}, true)
}

func (v *view) Get(string) (string, bool, error) {
	v.lagging.mu.Lock()
	defer v.lagging.mu.Unlock()
	for i := len(v.writes) - 1; i >= 0; i-- {
		if w := v.writes[i]; w.by == v || v.bus.count() >= w.at+v.lag {
			return w.text, !w.gone, nil
		}
	}
	return "", false, nil
}

func (v *view) Set(_, text string) error { return v.add(write{text: text}) }

func (v *view) Remove(string) error { return v.add(write{gone: true}) }

func (v *view) add(w write) error {
	v.lagging.mu.Lock()
	defer v.lagging.mu.Unlock()
	w.by, w.at = v, v.bus.count()
	v.writes = append(v.writes, w)
	return nil
}

func (v *view) Keys(string) ([]string, error) { return []string{key}, nil }
