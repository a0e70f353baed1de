package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A mistake in the options is an error that says what to do, at the first call.
func TestOptions(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		for _, mistake := range []struct{ options, hint string }{
			{"{...good, cacheLokation: 'memory'}", "did you mean cacheLocation?"},
			{"{...good, clientID: 'x'}", "did you mean clientId?"},
			{"{...good, onRedirectCallback: true}", "there is no option onRedirectCallback"},
			{"{...good, clientSecret: 'x'}", "can't keep a secret"},
			{"{...good, client_secret: 'x'}", "can't keep a secret"},
			{"{...good, authorizationParams: {client_secret: 'x'}}", "client_secret"},
			{"{...good, authorizationParams: {redirect_uri: 'https://elsewhere.example/'}}", "redirect_uri must be an address of this page's origin"},
			{"{...good, authorizationParams: {redirect_uri: location.origin + '/#fragment'}}", "redirect_uri"},
			{"{...good, authorizationParams: {redirect_uri: 7}}", "redirect_uri"},
			{"{...good, authorizationParams: {state: 'x'}}", "may not set state"},
			{"{...good, authorizationParams: {nonce: 'x'}}", "may not set nonce"},
			{"{...good, authorizationParams: {code_challenge: 'x'}}", "may not set code_challenge"},
			{"{...good, authorizationParams: {response_type: 'token'}}", "may not set response_type"},
			{"{...good, authorizationParams: {client_id: 'x'}}", "may not set client_id"},
			{"{...good, authorizationParams: {scope: ['openid']}}", "scope"},
			{"{...good, authorizationParams: 'scope=openid'}", "authorizationParams must be an object"},
			{"{...good, cacheLocation: 'cookie'}", "cacheLocation must be"},
			{"{...good, leeway: -1}", "leeway must be"},
			{"{...good, leeway: '60'}", "leeway must be"},
			{"{...good, useRefreshTokens: 'yes'}", "useRefreshTokens must be true or false"},
			{"{...good, useDpop: 'yes'}", "useDpop must be true or false"},
			{"{...good, clientId: ''}", "clientId"},
			{"{...good, clientId: undefined}", "clientId is missing"},
			{"{...good, issuer: undefined}", "issuer"},
			{"{...good, issuer: 'http://provider.example'}", "https"},
			{"{...good, issuer: 'provider.example'}", "https"},
			{"{...good, issuer: 'https://provider.example/?tenant=1'}", "query"},
			{"{...good, domain: 'provider.example'}", "domain"},
			{"{...good, authorizationParams: {max_age: 1n}}", "JSON"},
			{"'issuer'", "options"},
			{"undefined", "options are missing"},
		} {
			expression := "(async (good) => t.lib.createClient(" + mistake.options + "))({issuer: t.settings.issuer, clientId: t.settings.clientId})"
			e := a.fails("config_invalid", expression)
			assert.Contains(t, e.Description, mistake.hint, mistake.options)
			assert.Contains(t, e.Message, e.Description)
			assert.False(t, e.Retryable)
		}
		assert.Equal(t, 0, a.stack.Ledger().Requests(""))
	})
}

// The same for the options of a call; the client stays good.
func TestCallOptions(t *testing.T) {
	eachBuild(t, func(t *testing.T, b build) {
		a := start(t, b)
		a.create("")
		for _, mistake := range []struct{ call, hint string }{
			{"loginWithRedirect({redirect_uri: '/'})", "there is no option redirect_uri"},
			{"loginWithRedirect({authorizationParams: {state: 'x'}})", "may not set state"},
			{"loginWithRedirect({authorizationParams: {redirect_uri: 'https://elsewhere.example/'}})", "redirect_uri"},
			{"loginWithRedirect({appState: (() => { const a = {}; a.a = a; return a; })()})", "JSON"},
			{"loginWithRedirect({appState: 1n})", "JSON"},
			{"getTokenSilently({scope: 'openid'})", "there is no option scope"},
			{"getTokenSilently({timeoutInSeconds: -1})", "timeoutInSeconds must be"},
			{"getTokenSilently({timeoutInSeconds: 2147484})", "24 days"}, // a timer for so long would go off at once
			{"loginWithPopup({}, {popup: window.open(), timeoutInSeconds: 2147484})", "24 days"},
			{"getTokenSilently({authorizationParams: {scope: 'a\\nb'}})", "scope"},
			{"logout({returnTo: '/'})", "there is no option returnTo"},
		} {
			e := a.fails("config_invalid", "t.client."+mistake.call)
			assert.Contains(t, e.Description, mistake.hint, mistake.call)
		}
		a.signIn("")
	})
}
