//go:build js

// Command wasm is the module that the loader starts: options in, client out. It puts the rooms together and has no rules of its own.
package main

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/browser"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

// clients are never removed, only closed: their numbers are the loader's names for them.
var clients []*session.Client

func client(id int) *session.Client {
	if id < 0 || id >= len(clients) {
		return nil
	}
	return clients[id]
}

// worker is a goroutine that runs one call of a verb after another. It is kept: the shipped build never frees a stack.
type worker struct {
	promise, id   int
	verb, options string
	// more is closed when there is another call. TinyGo counts a send among what may wait, and what the loader calls must not: 0.3 KB.
	more chan struct{}
}

var idle []*worker

// call starts a verb and returns; the verb's end settles the promise. The caller is JavaScript, which must not wait.
func call(promise, id int, verb, options string) {
	w := &worker{}
	n := len(idle) - 1
	if n >= 0 {
		w, idle = idle[n], idle[:n]
	}
	w.promise, w.id, w.verb, w.options = promise, id, verb, options
	if n >= 0 {
		close(w.more)
	} else {
		go w.work()
	}
}

func (w *worker) work() {
	for {
		result, err := dispatch(w.id, w.verb, w.options)
		if err != nil {
			result = describeError(err, result)
		}
		_ = bridge.Do(bridge.Host(), "settle", w.promise, err == nil, result)
		w.more = make(chan struct{})
		idle = append(idle, w)
		<-w.more
	}
}

// describeError writes what the loader makes an AuthError of. beside is the appState of a login that failed.
func describeError(err error, beside string) string {
	e := oauth.AsError(err)
	var w oauth.Writer
	return w.Str("code", string(e.Code)).Str("error", e.ServerCode).Str("message", e.Error()).
		Str("error_description", e.Description).Bool("retryable", e.Retryable).Raw("appState", beside).String()
}

// create makes the client that the loader calls by this number.
func create(id int, options string) (string, error) {
	page := browser.NewPage()
	o, err := session.ParseOptions(options, page.Origin())
	if err != nil {
		return "", err
	}
	listener := browser.Listener(id)
	now := listener.Now
	vaults = append(vaults, vault.Open(&vault.Config{
		Issuer: o.Issuer, ClientID: o.ClientID, Metadata: o.Metadata, Cache: storage.Page(), Timeout: o.HTTPTimeout,
		Store: store(o.CacheLocation, id), Shared: o.CacheLocation == "localstorage" || o.CacheLocation == "custom",
		HTTP: browser.HTTP{}, Locks: browser.Locks{Client: id, Wait: 5*o.HTTPTimeout + 5*time.Second}, Pages: browser.Pages(id), Now: now,
		SigningAlgs: o.SigningAlgs, InsecureSkipSignature: o.InsecureSkipSignature, Crypto: browser.Crypto{},
	}))
	for len(clients) <= id {
		clients = append(clients, nil)
	}
	clients[id] = session.New(o, &session.Ports{
		Vault: port(len(vaults) - 1), Transactions: storage.Session(), Page: page, Listener: listener, Crypto: browser.Crypto{}, Windows: browser.Windows(id),
		Now: now, Elapsed: listener.Elapsed,
	})
	return "", nil
}

func store(location string, id int) storage.Store {
	switch location {
	case "sessionstorage":
		return storage.Session()
	case "localstorage":
		return storage.Local()
	case "custom":
		return storage.NewCustom(browser.Cache(id))
	}
	return storage.Page()
}
