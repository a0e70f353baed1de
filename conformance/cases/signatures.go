package cases

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"strings"

	"github.com/postern-auth/postern/conformance/hostile"
)

// Whoever can make an ID token that a client believes is any user of it.
var signatures = []Case{
	{Name: oidcc + "-idtoken-sig-rs256", Number: "H19", What: "the ID token is signed with RS256", Want: Want{Fetches: 1}},
	{
		Name: "idtoken-sig-ps256", Number: "H19", What: "the ID token is signed with PS256", Fault: signedWith(hostile.PS256()), Want: Want{Fetches: 1},
		Lenient: rs256Alone,
	},
	{
		Name: "idtoken-sig-es256", Number: "H19", What: "the ID token is signed with ES256", Fault: signedWith(hostile.ES256()), Want: Want{Fetches: 1},
		Lenient: rs256Alone,
	},
	{
		Name: "idtoken-sig-eddsa", Number: "H19", What: "the ID token is signed with EdDSA", Fault: signedWith(hostile.EdDSA()), Want: Want{Fetches: 1},
		Lenient: rs256Alone,
	},
	{
		Name: oidcc + "-idtoken-sig-none", Also: fapi + "invalid-null-alg", Number: "H19", What: "alg is none, and there is no signature",
		Fault: idToken(func(t *hostile.IDToken) { t.Header["alg"], t.Key = "none", nil }), Want: refusedSignature(), Lenient: tls,
	},
	{
		Name: "idtoken-sig-none-signed", Number: "H19", What: "alg is none, and a signature is there all the same",
		Fault: idToken(func(t *hostile.IDToken) { t.Header["alg"] = "none" }), Want: refusedSignature(), Lenient: tls,
	},
	{
		Name: "idtoken-sig-empty", Number: "H19", What: "alg is RS256, and there is no signature",
		Fault: idToken(func(t *hostile.IDToken) { t.Key = nil }), Want: malformed(), Lenient: tls,
	},
	{
		Name: oidcc + "-invalid-sig-hs256", Number: "H19", What: "alg is HS256, keyed with the provider's public key",
		Fault: idToken(confused),
		Want:  refusedSignature(), Lenient: tls,
	},
	{
		Name: fapi + "invalid-alternate-alg", Number: "H19", What: "the ID token is signed with ES256 where only RS256 is configured",
		Fault: signedWith(hostile.ES256()), Client: Client{Algs: []string{"RS256"}}, Want: refusedSignature(),
	},
	{
		Name: "alternate-alg-unverified", Number: "H19", What: "the same where signatures aren't checked", Fault: signedWith(hostile.ES256()),
		Client: Client{Algs: []string{"RS256"}, SkipSignature: true}, Want: refusedSignature(),
	},
	{
		Name: oidcc + "-invalid-sig-rs256", Number: "H20", What: "an attacker's key has signed, under the right kid",
		Fault: idToken(func(t *hostile.IDToken) { t.Key = hostile.Impostor() }), Want: refusedSignature(), Lenient: tls,
	},
	{
		Name: "invalid-sig-unverified", Number: "H20", What: "the same where the application has switched the check off",
		Fault:  idToken(func(t *hostile.IDToken) { t.Key = hostile.Impostor() }),
		Client: Client{SkipSignature: true},
	},
	{
		Name: oidcc + "-invalid-sig-es256", Number: "H20", What: "the ES256 signature is of another text",
		Fault: signedWith(hostile.ES256(), func(t *hostile.IDToken) {
			t.Sign = func([]byte) []byte { return t.Key.Sign([]byte("another text")) }
		}),
		Want: refusedSignature(), Lenient: tls,
	},
	{
		Name: "es256-der", Number: "H20", What: "the ES256 signature is in DER, as in X.509",
		Fault: signedWith(hostile.ES256(), func(t *hostile.IDToken) { t.Sign = t.Key.DER }), Want: refusedSignature(), Lenient: tls,
	},
	{
		Name: "es256-zero", Number: "H20", What: "the ES256 signature is r=0, s=0",
		Fault: signedWith(hostile.ES256(), func(t *hostile.IDToken) { t.Sign = func([]byte) []byte { return make([]byte, 64) } }),
		Want:  refusedSignature(), Lenient: tls,
	},
	{
		Name: "payload-exchanged", Number: "H20", What: "the claims are another user's, under the signature of the first",
		Fault: idToken(func(t *hostile.IDToken) {
			t.Finish = func(compact string) string {
				t.Claims["sub"] = "admin"
				other := strings.Split(t.Unsigned(), ".")
				return other[0] + "." + other[1] + compact[strings.LastIndex(compact, "."):]
			}
		}),
		Want: refusedSignature(), Lenient: tls,
	},
	lured("jku", func(p *hostile.Provider) any { return p.Trap("/jwks") }),
	lured("x5u", func(p *hostile.Provider) any { return p.Trap("/chain.pem") }),
	lured("jwk", func(*hostile.Provider) any { return hostile.Impostor().JWK() }),
	{
		Name: "header-jku-honest", Number: "H24", What: "the header names keys elsewhere, and the provider's own have signed",
		Fault: hostile.Fault{IDToken: func(p *hostile.Provider, t *hostile.IDToken) { t.Header["jku"] = p.Trap("/jwks") }},
	},
	{
		Name: "header-crit", Number: "H25", What: "the header has a critical extension that nobody knows",
		Fault: idToken(func(t *hostile.IDToken) { t.Header["crit"], t.Header["exotic"] = []string{"exotic"}, true }), Want: malformed(),
		Lenient: tls,
	},
	{
		Name: "header-b64", Number: "H25", What: "the header says that the payload isn't encoded",
		Fault: idToken(func(t *hostile.IDToken) { t.Header["b64"] = false }), Want: malformed(), Lenient: tls,
	},
}

const (
	tls        = "OpenID Connect Core section 3.1.3.7 (6) lets a client rely on TLS instead of the signature"
	rs256Alone = "OpenID Connect Core section 15.1 wants RS256 alone of every client"
)

func refusedSignature() Want {
	return Want{Code: "id_token_signature", Stop: hostile.Token, Revoked: true}
}

// confused makes an HMAC with the public key, which everybody has, for a client that takes the algorithm from the header (RFC 8725 section 2.1).
func confused(t *hostile.IDToken) {
	t.Header["alg"] = "HS256"
	t.Sign = func(input []byte) []byte {
		public, _ := json.Marshal(t.Key.JWK())
		mac := hmac.New(sha256.New, public)
		mac.Write(input)
		return mac.Sum(nil)
	}
}

func malformed() Want { return Want{Code: "id_token_malformed", Stop: hostile.Token, Revoked: true} }

// lured is an ID token that an attacker has signed, whose header says where to get the attacker's key.
func lured(name string, where func(*hostile.Provider) any) Case {
	return Case{
		Name: "header-" + name, Number: "H24", What: "an attacker's key has signed, and " + name + " in the header is the way to it",
		Fault: hostile.Fault{IDToken: func(p *hostile.Provider, t *hostile.IDToken) {
			t.Key, t.Header[name] = hostile.Impostor(), where(p)
		}},
		Want: refusedSignature(), Lenient: tls,
	}
}

func idToken(change func(*hostile.IDToken)) hostile.Fault {
	return hostile.Fault{IDToken: func(_ *hostile.Provider, t *hostile.IDToken) { change(t) }}
}

// signedWith is a provider that has this key and no other.
func signedWith(key *hostile.Key, changes ...func(*hostile.IDToken)) hostile.Fault {
	f := hostile.Fault{Keys: []*hostile.Key{key}}
	if len(changes) > 0 {
		f.IDToken = func(_ *hostile.Provider, t *hostile.IDToken) { changes[0](t) }
	}
	return f
}
