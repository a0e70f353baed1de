package cases

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A signed authorization response (JARM) is worth nothing where a client that has asked for one takes another.
var sealed = []Case{
	{Name: "jarm-query", What: "the response is a signed JWT", Client: Client{ResponseMode: "query.jwt"}},
	{Name: "jarm", What: "the response is a signed JWT, as the default mode for a code has it", Client: jarm},
	{
		Name: "jarm-es256", What: "the response is signed with ES256", Client: jarm, Fault: hostile.Fault{Keys: []*hostile.Key{hostile.ES256()}},
	},
	forged("jarm-sig-none", "alg is none, and there is no signature", func(t *hostile.IDToken) { t.Header["alg"], t.Key = "none", nil }),
	forged("jarm-sig-none-signed", "alg is none, and a signature is there all the same", func(t *hostile.IDToken) { t.Header["alg"] = "none" }),
	forged("jarm-sig-empty", "alg is RS256, and there is no signature", func(t *hostile.IDToken) { t.Key = nil }),
	forged("jarm-sig-invalid", "an attacker's key has signed, under the name of the provider's", func(t *hostile.IDToken) { t.Key = hostile.Impostor() }),
	forged("jarm-sig-hs256", "alg is HS256, keyed with the provider's public key", confused),
	{
		Name: "jarm-alternate-alg", What: "the response is signed with ES256 where only RS256 is configured",
		Client: Client{ResponseMode: "jwt", Algs: []string{"RS256"}}, Fault: hostile.Fault{Keys: []*hostile.Key{hostile.ES256()}}, Want: refusedSealed(),
	},
	{
		Name: "jarm-sig-invalid-unverified", What: "an attacker's key has signed, and ID tokens aren't verified: they don't come through the address bar",
		Client: Client{ResponseMode: "jwt", SkipSignature: true}, Want: refusedSealed(),
		Fault: hostile.Fault{Sealed: func(_ *hostile.Provider, t *hostile.IDToken) { t.Key = hostile.Impostor() }},
	},
	forged("jarm-invalid-iss", "the response comes from another issuer", claiming("iss", "https://evil.example")),
	forged("jarm-missing-iss", "the response says no issuer", claiming("iss", nil)),
	forged("jarm-invalid-aud", "the response is for another client", claiming("aud", "another")),
	forged("jarm-missing-aud", "the response is for nobody", claiming("aud", nil)),
	forged("jarm-secondary-aud", "the response is for another client beside this one", claiming("aud", []string{ClientID, "another"})),
	forged("jarm-expired", "the response has expired", claiming("exp", time.Now().Add(-hour).Unix())),
	forged("jarm-missing-exp", "the response never expires", claiming("exp", nil)),
	forged("jarm-missing-state", "the response has no state", claiming("state", nil)),
	forged("jarm-missing-code", "the response has neither a code nor an error", claiming("code", nil)),
	forged("jarm-code-number", "the code is a number", claiming("code", 5)),
	forged("jarm-code-and-error", "the response has a code and an error", claiming("error", "access_denied")),
	{
		Name: "jarm-invalid-state", What: "the response has another state", Client: jarm,
		Fault: seal(claiming("state", "another")), Want: Want{Code: "state_mismatch", Stop: hostile.Authorization},
	},
	{
		Name: "jarm-access-denied", What: "the user said no", Client: jarm, Want: Want{Code: "access_denied", Server: "access_denied", Stop: hostile.Authorization},
		Fault: seal(func(t *hostile.IDToken) {
			delete(t.Claims, "code")
			t.Claims["error"] = "access_denied"
		}),
	},
	{
		Name: "jarm-error-with-invalid-iss", What: "an error response comes from another issuer", Client: jarm, Want: refusedSealed(),
		Fault: seal(func(t *hostile.IDToken) {
			delete(t.Claims, "code")
			t.Claims["error"], t.Claims["iss"] = "access_denied", "https://evil.example"
		}),
	},
	{
		Name: "jarm-plain", What: "a signed response was asked for, and a plain one comes", Client: jarm, Want: refusedSealed(),
		Fault: response(func(_ *hostile.Provider, q url.Values) { opened(q) }),
	},
	{
		Name: "jarm-plain-error", What: "a signed response was asked for, and a plain error comes", Client: jarm, Want: refusedSealed(),
		Fault: response(func(_ *hostile.Provider, q url.Values) {
			opened(q)
			refuse(q, "access_denied")
		}),
	},
	{
		Name: "jarm-beside-plain", What: "a plain response stands beside the signed one", Client: jarm, Want: refusedSealed(),
		Fault: response(func(_ *hostile.Provider, q url.Values) {
			signed := q.Get("response")
			opened(q)
			q.Set("response", signed)
		}),
	},
	{
		Name: "jarm-twice", What: "two signed responses come", Client: jarm, Want: Want{Code: "callback_invalid", Stop: hostile.Authorization},
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Add("response", q.Get("response")) }),
	},
	{
		Name: "jarm-encrypted", What: "the response is encrypted, or looks like it", Client: jarm, Want: refusedSealed(),
		Fault: response(func(_ *hostile.Provider, q url.Values) { q.Set("response", q.Get("response")+".c2ln.c2ln") }),
	},
	{
		Name: "jarm-jwks-500", What: "the response is signed, and the keys can't be had", Client: jarm, Want: refusedSealed(),
		Fault: answer(hostile.JWKS, 500, "application/json", "{}"),
	},
}

var jarm = Client{ResponseMode: "jwt"}

func refusedSealed() Want { return Want{Code: "jarm_invalid", Stop: hostile.Authorization} }

func seal(change func(*hostile.IDToken)) hostile.Fault {
	return hostile.Fault{Sealed: func(_ *hostile.Provider, t *hostile.IDToken) { change(t) }}
}

func forged(name, what string, change func(*hostile.IDToken)) Case {
	return Case{Name: name, What: what, Client: jarm, Fault: seal(change), Want: refusedSealed()}
}

// saying changes one claim, or leaves it out for nil.
func claiming(name string, value any) func(*hostile.IDToken) {
	return func(t *hostile.IDToken) { set(t.Claims, name, value) }
}

// opened makes a plain response of a signed one.
func opened(q url.Values) {
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(q.Get("response"), ".")[1])
	if err != nil {
		panic(err) // the provider is ours
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		panic(err)
	}
	q.Del("response")
	for _, name := range []string{"code", "state", "iss"} {
		q.Set(name, claims[name].(string))
	}
}
