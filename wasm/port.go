//go:build js

package main

import (
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

var vaults []*vault.Vault

// port is a vault by its number, and implements vault.Port. What stands in an interface ships with the description of its type, and that of
// every type within, down to the names of the fields: 1 KB for a *vault.Vault.
type port int

func (p port) Metadata() (*oauth.Metadata, error)              { return vaults[p].Metadata() }
func (p port) Push(form string) (string, error)                { return vaults[p].Push(form) }
func (p port) Restore() (*vault.Held, error)                   { return vaults[p].Restore() }
func (p port) Exchange(x *vault.Exchange) (*vault.Held, error) { return vaults[p].Exchange(x) }
func (p port) Renew(r *vault.Renew) (*vault.Held, error)       { return vaults[p].Renew(r) }
func (p port) UserInfo(t *vault.Token, subject string) (string, bool, error) {
	return vaults[p].UserInfo(t, subject)
}
func (p port) KeyThumbprint() (string, error) { return vaults[p].KeyThumbprint() }
func (p port) Nonce(id, heard string) string  { return vaults[p].Nonce(id, heard) }
func (p port) Prove(method, url, nonce string, t oauth.Secret) (string, error) {
	return vaults[p].Prove(method, url, nonce, t)
}
func (p port) Revoke() (*vault.Held, error)           { return vaults[p].Revoke() }
func (p port) SignOut() error                         { return vaults[p].SignOut() }
func (p port) Heard(text string) (*vault.Held, error) { return vaults[p].Heard(text) }
func (p port) Retry()                                 { vaults[p].Retry() }
