//go:build js

// Command wasm is the module that the loader starts: options in, client out. It puts the rooms together and has no rules of its own.
package main

import (
	"syscall/js"
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/browser"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

// start takes the host object that the loader has put under this name for the length of this call, and gives it the two functions
// through which everything else comes: call(promise, client, verb, options) and wake(client).
func start() {
	const handover = "postern:host"
	host := js.Global().Get(handover)
	js.Global().Delete(handover)
	if bridge.Start(host) != nil {
		return
	}
	_ = bridge.Do(host, "onStarted", js.FuncOf(call).Value, js.FuncOf(wake).Value)
}

// clients are never removed, only closed: their numbers are the loader's names for them.
var clients []*session.Client

func client(id int) *session.Client {
	if id < 0 || id >= len(clients) {
		return nil
	}
	return clients[id]
}

// call starts a verb and returns; the verb's end settles the promise. A callback must not wait, since the event loop that would end the
// waiting stands still until it returns.
func call(_ js.Value, args []js.Value) any {
	promise, id, verb, options := args[0].Int(), args[1].Int(), args[2].String(), args[3].String()
	bridge.Release(args[2])
	bridge.Release(args[3])
	go func() {
		result, err := dispatch(id, verb, options)
		if err != nil {
			_ = bridge.Do(bridge.Host(), "settle", promise, false, describeError(err, result))
			return
		}
		_ = bridge.Do(bridge.Host(), "settle", promise, true, result)
	}()
	return nil
}

func wake(_ js.Value, args []js.Value) any {
	if c := client(args[0].Int()); c != nil {
		go c.Wake()
	}
	return nil
}

// describeError writes what the loader makes an AuthError of. beside is the appState of a login that failed.
func describeError(err error, beside string) string {
	e := oauth.AsError(err)
	var w oauth.Writer
	return w.Str("code", string(e.Code)).Str("error", e.ServerCode).Str("message", e.Error()).
		Str("error_description", e.Description).Bool("retryable", e.Retryable).Raw("appState", beside).String()
}

// create makes a client and returns its number, as JSON.
func create(id int, options string) (string, error) {
	page := browser.NewPage()
	o, err := session.ParseOptions(options, page.Origin())
	if err != nil {
		return "", err
	}
	listener := browser.Listener(id)
	now := listener.Now
	v := vault.Open(&vault.Config{
		Issuer: o.Issuer, ClientID: o.ClientID, Metadata: o.Metadata, Timeout: o.HTTPTimeout,
		Store: store(o.CacheLocation, id), HTTP: browser.HTTP{}, Locks: browser.Locks{Wait: 4*o.HTTPTimeout + 5*time.Second}, Now: now,
	})
	for len(clients) <= id {
		clients = append(clients, nil)
	}
	clients[id] = session.New(o, &session.Ports{
		Vault: v, Transactions: storage.Session(), Page: page, Listener: listener, SHA256: browser.SHA256, Now: now,
	})
	var w oauth.Writer
	return w.Str("issuer", o.Issuer).Str("clientId", o.ClientID).String(), nil
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
	return &storage.Memory{}
}
