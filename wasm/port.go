//go:build js

package main

import (
	"github.com/postern-auth/postern/internal/browser"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

var (
	vaults  []*vault.Vault // nil where it is in a worker
	remotes []*vault.Remote
)

// channel leads to a client's vault, by the client's number.
type channel int

// Call implements vault.Channel.
func (c channel) Call(call string) (string, error) {
	if v := vaults[c]; v != nil {
		return v.Serve(call), nil
	}
	return browser.Client(c).Call(call)
}

// port is a vault by its number, and implements vault.Port. What stands in an interface ships with the description of its type, and that of
// every type within, down to the names of the fields: 1 KB for a *vault.Vault.
type port int

func (p port) Metadata() (*oauth.Metadata, error)              { return remotes[p].Metadata() }
func (p port) Push(form string) (string, error)                { return remotes[p].Push(form) }
func (p port) Open(r *oauth.Response) error                    { return remotes[p].Open(r) }
func (p port) Restore() (*vault.Held, error)                   { return remotes[p].Restore() }
func (p port) Exchange(x *vault.Exchange) (*vault.Held, error) { return remotes[p].Exchange(x) }
func (p port) Trade(form, scope string, secrets []string) (*vault.Token, error) {
	return remotes[p].Trade(form, scope, secrets)
}
func (p port) Renew(r *vault.Renew) (*vault.Held, error) { return remotes[p].Renew(r) }
func (p port) UserInfo(t *vault.Token, subject string) (string, bool, error) {
	return remotes[p].UserInfo(t, subject)
}
func (p port) KeyThumbprint() (string, error) { return remotes[p].KeyThumbprint() }
func (p port) Nonce(id, heard string) string  { return remotes[p].Nonce(id, heard) }
func (p port) Prove(method, url, nonce string, t oauth.Secret) (string, error) {
	return remotes[p].Prove(method, url, nonce, t)
}
func (p port) Revoke() (*vault.Held, error)           { return remotes[p].Revoke() }
func (p port) SignOut() error                         { return remotes[p].SignOut() }
func (p port) Heard(text string) (*vault.Held, error) { return remotes[p].Heard(text) }
func (p port) Retry()                                 { remotes[p].Retry() }
