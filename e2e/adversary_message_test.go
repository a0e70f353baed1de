package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/e2e/chromium"
)

// mutated are variations of a call that Postern itself has made: an attacker who has seen it puts their address into every place there is.
func mutated(call, evil string) (all []string) {
	verb, text, _ := strings.Cut(call, " ")
	var sent any
	if json.Unmarshal([]byte(text), &sent) != nil {
		return []string{verb + " " + evil}
	}
	write := func(v any) {
		out, _ := json.Marshal(v)
		all = append(all, verb+" "+string(out))
	}
	write(evil)
	write([]any{evil, sent})
	fields, ok := sent.(map[string]any)
	if !ok {
		return all
	}
	with := func(more map[string]any, but string) map[string]any {
		m := map[string]any{}
		for k, v := range fields {
			if k != but {
				m[k] = v
			}
		}
		for k, v := range more {
			m[k] = v
		}
		return m
	}
	addresses, every := map[string]any{}, map[string]any{}
	for _, k := range []string{
		"issuer", "token_endpoint", "authorization_endpoint", "userinfo_endpoint", "revocation_endpoint", "jwks_uri", "endpoint", "url", "wasmUrl", "module", "origin",
	} {
		addresses[k] = evil
	}
	for k := range fields {
		every[k] = evil
		write(with(map[string]any{k: evil}, ""))
		write(with(map[string]any{k: map[string]any{"token_endpoint": evil}}, ""))
		write(with(nil, k))
	}
	write(with(addresses, ""))
	write(with(map[string]any{"metadata": addresses, "open": addresses, "__proto__": addresses}, ""))
	write(every)
	return all
}

// Every call that Postern makes of its worker, with the attacker's address in every place: the worker sends nothing there, and says no refresh token.
func TestAdversaryMessages(t *testing.T) {
	eachWorker(t, func(t *testing.T, b build, browser string) {
		v := target(t, b)
		v.Allow("the server responded with a status of")
		v.BeforeScripts(browser + spy)
		v.open(home)
		v.signIn(inWorker)
		age(v.app)
		v.token()
		v.Eval("t.client.fetchUserInfo()")
		_ = v.values("t.client.generateDpopProof({url: '/x', method: 'GET'}).then(() => [], () => [])")
		evil := v.stack.IssuerURL() + "/evil"
		var calls, last []string
		verbs := map[string]bool{}
		for _, text := range v.values("spied.messages") {
			var m struct{ Call string }
			if json.Unmarshal([]byte(text), &m) == nil && m.Call != "" {
				verb, _, _ := strings.Cut(m.Call, " ")
				if !verbs[verb] {
					verbs[verb] = true
					if verb == "exchange" { // a code that comes twice ends the session
						last = mutated(m.Call, evil)
						continue
					}
					calls = append(calls, mutated(m.Call, evil)...)
				}
			}
		}
		for _, verb := range []string{"exchange", "renew", "restore", "user-info", "metadata"} {
			require.True(t, verbs[verb], "%s in %v", verb, verbs)
		}
		calls = append(calls, last...)
		list, err := json.Marshal(calls)
		require.NoError(t, err)
		v.Eval(fmt.Sprintf("JSON.parse(%s).forEach((call, i) => spied.workers[0].postMessage({ n: 5000 + i, call }))", chromium.Quote(string(list))))
		v.WaitFor(fmt.Sprintf("spied.messages.map((m) => JSON.parse(m)).filter((m) => m.n >= 5000 && (m.answer || m.error)).length === %d", len(calls)))
		_, refresh := v.stolen(v.Text("JSON.stringify(spied.messages)"))
		assert.False(t, refresh)
		assert.Empty(t, v.sentToEvil())
	})
}
