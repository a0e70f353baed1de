//go:build js

// Command wasm is the module that the loader starts: options in, client out. It puts the rooms together and has no rules of its own.
package main

import (
	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/browser"
	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/lock"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/storage"
)

// clients are never removed, only closed: their numbers are the loader's names for them.
var clients []*session.Client

var answers session.Answers

func client(id int) *session.Client {
	if id < 0 || id >= len(clients) {
		return nil
	}
	return clients[id]
}

// call starts a verb and returns; the verb's end settles the promise. The caller is JavaScript, which must not wait. text is the verb, a
// space and its options.
func call(promise, id int, text string) {
	verb, options := oauth.FirstWord(text)
	lock.Go(func() {
		result, err := dispatch(id, verb, options)
		op := "resolve"
		switch {
		case edition.IsLacking(err):
			op = "lacking"
		case err != nil:
			op, result = "reject", describeError(err, result)
		}
		_, _, _ = bridge.Ask(promise, op, result)
	})
}

// describeError writes what the loader makes an AuthError of. beside is the appState of a login that failed, or the parameters of one that is wanted.
func describeError(err error, beside string) string {
	e := oauth.AsError(err)
	name := "appState"
	if e.Code == oauth.StepUpRequired {
		name = "authorizationParams"
	}
	return e.Describe(&oauth.Writer{}).Raw(name, beside).String()
}

// create makes the client that the loader calls by this number.
func create(id int, options string) (string, error) {
	page := browser.Client(id)
	o, err := parseOptions(options, oauth.Origin(page.URL()))
	if err != nil {
		return "", err
	}
	number(id)
	if !o.UseWorker {
		open(o, page)
	}
	remotes[id] = &vault.Remote{Channel: channel(id), Issuer: o.Issuer, ClientID: o.ClientID}
	clients[id] = session.New(o, &session.Ports{
		Vault: port(id), Transactions: storage.Session(), Page: page, Listener: page, Crypto: page, Windows: page, Answers: &answers,
		Now: page.Now, Elapsed: page.Elapsed,
	})
	return "", nil
}

func parseOptions(options, origin string) (*session.Options, error) {
	o, err := session.ParseOptions(options, origin)
	if err == nil && !edition.Full && (o.UseDPoP || o.FetchInWorker) {
		err = edition.Lacking
	}
	return o, err
}

// serve opens a vault in a worker, where no client is. text is the page's origin, a space and the options.
func serve(id int, text string) error {
	origin, options := oauth.FirstWord(text)
	o, err := parseOptions(options, origin)
	if err != nil {
		return err
	}
	number(id)
	open(o, browser.Client(id))
	return nil
}

func number(id int) {
	for len(clients) <= id {
		clients, vaults, remotes = append(clients, nil), append(vaults, nil), append(remotes, nil)
	}
}

func open(o *session.Options, page browser.Client) {
	id := int(page)
	vaults[id] = vault.Open(&vault.Config{
		Issuer: o.Issuer, ClientID: o.ClientID, Metadata: o.Metadata, Cache: storage.Page(), Timeout: o.HTTPTimeout, Overlap: o.RotationOverlap,
		Store: store(o, id), Shared: o.CacheLocation == "localstorage" || o.CacheLocation == "custom",
		HTTP: page, Locks: page, Pages: page, Now: page.Now,
		SigningAlgs: o.SigningAlgs, InsecureSkipSignature: o.InsecureSkipSignature, Crypto: page, UseDPoP: o.UseDPoP,
		KeepTokens: o.FetchInWorker, APIOrigins: o.APIOrigins,
	})
}

func store(o *session.Options, id int) storage.Store {
	switch o.CacheLocation {
	case "sessionstorage":
		return storage.Session()
	case "localstorage":
		return storage.Local()
	case "custom":
		return storage.Custom(id, vault.Key(o.Issuer, o.ClientID))
	}
	return storage.Page()
}
