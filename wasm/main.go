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

// call starts a verb and returns; the verb's end settles the promise. The caller is JavaScript, which must not wait.
func call(promise, id int, verb, options string) {
	run(func() {
		result, err := dispatch(id, verb, options)
		if err != nil {
			result = describeError(err, result)
		}
		_ = bridge.Do(bridge.Host(), "settle", promise, err == nil, result)
	})
}

// idle are goroutines that wait for work. They are kept: the shipped build never frees a stack.
var idle []chan func()

func run(f func()) {
	n := len(idle) - 1
	if n < 0 {
		c := make(chan func(), 1)
		go work(c)
		c <- f
		return
	}
	c := idle[n]
	idle = idle[:n]
	c <- f
}

func work(c chan func()) {
	for f := range c {
		f()
		idle = append(idle, c)
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
	v := vault.Open(&vault.Config{
		Issuer: o.Issuer, ClientID: o.ClientID, Metadata: o.Metadata, Cache: storage.Page(), Timeout: o.HTTPTimeout,
		Store: store(o.CacheLocation, id), Shared: o.CacheLocation == "localstorage" || o.CacheLocation == "custom",
		HTTP: browser.HTTP{}, Locks: browser.Locks{Client: id, Wait: 5*o.HTTPTimeout + 5*time.Second}, Pages: browser.Pages(id), Now: now,
	})
	for len(clients) <= id {
		clients = append(clients, nil)
	}
	clients[id] = session.New(o, &session.Ports{
		Vault: v, Transactions: storage.Session(), Page: page, Listener: listener, SHA256: browser.SHA256, Now: now, Elapsed: listener.Elapsed,
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
