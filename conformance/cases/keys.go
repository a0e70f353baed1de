package cases

import (
	"net/http"
	"strconv"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A signature is worth as much as the key that it is checked with.
var keys = []Case{
	{
		Name: oidcc + "-kid-absent-single-jwks", Number: "H21", What: "the ID token names no key, and the provider has one",
		Fault: idToken(func(t *hostile.IDToken) { delete(t.Header, "kid") }), Want: Want{Fetches: 1},
	},
	{
		Name: oidcc + "-kid-absent-multiple-jwks", Number: "H21", What: "the ID token names no key, and the provider has two that fit",
		Fault: hostile.Fault{
			Keys:    []*hostile.Key{hostile.RS256(), hostile.Second()},
			IDToken: func(_ *hostile.Provider, t *hostile.IDToken) { delete(t.Header, "kid") },
		},
		Want: refusedSignature(), Lenient: tls,
	},
	{
		Name: "kid-absent-mixed-jwks", Number: "H21", What: "the ID token names no key, and of the provider's two one fits its algorithm",
		Fault: hostile.Fault{
			Keys:    []*hostile.Key{hostile.RS256(), hostile.ES256()},
			IDToken: func(_ *hostile.Provider, t *hostile.IDToken) { delete(t.Header, "kid") },
		},
		Want: Want{Fetches: 1},
	},
	{
		Name: "kid-mistyped", Number: "H21", What: "the ID token names its key by a number", Fault: idToken(func(t *hostile.IDToken) { t.Header["kid"] = 1 }),
		Want: refusedSignature(), Lenient: tls,
	},
	{
		Name: oidcc + "-signing-key-rotation", Number: "H22", What: "the provider has a new key beside the old one, and signs with it",
		Fault: hostile.Fault{Keys: []*hostile.Key{hostile.Second(), hostile.RS256()}}, Want: Want{Fetches: 1},
	},
	{
		Name: oidcc + "-signing-key-rotation-just-before-signing", Number: "H22", What: "the keys were fetched a moment before the new one was published",
		Fault: hostile.Fault{
			Keys: []*hostile.Key{hostile.Second(), hostile.RS256()},
			JWKS: func(n int, keys []hostile.Object) any {
				if n == 1 {
					keys = keys[1:]
				}
				return hostile.Object{"keys": keys}
			},
		},
		Want: Want{Fetches: 2},
	},
	{
		Name: "kid-unknown", Number: "H22", What: "the ID token names a key that the provider never publishes",
		Fault: idToken(func(t *hostile.IDToken) { t.Header["kid"] = "nobody" }),
		Want:  Want{Code: "id_token_signature", Stop: hostile.Token, Revoked: true, Fetches: 2}, Lenient: tls,
	},
	unusable("jwks-500", "the keys are answered with 500", answer(hostile.JWKS, http.StatusInternalServerError, "application/json", "{}")),
	unusable("jwks-html", "the keys are a page of HTML", answer(hostile.JWKS, http.StatusOK, "text/html", "<!doctype html>")),
	unusable("jwks-not-an-array", "keys is no array", jwks(func(key hostile.Object) any { return hostile.Object{"keys": key} })),
	unusable("jwks-empty", "there is no key", jwks(func(hostile.Object) any { return hostile.Object{"keys": []any{}} })),
	unusable("jwks-flood", "there are 10 000 keys", jwks(func(key hostile.Object) any {
		var all []hostile.Object
		for n := range 10_000 {
			all = append(all, hostile.Object{"kid": strconv.Itoa(n), "kty": "oct", "k": "AAAA"})
		}
		return hostile.Object{"keys": append(all, key)}
	})),
	unusable("jwks-101-keys", "there are 101 keys", jwks(func(key hostile.Object) any {
		all := []hostile.Object{key}
		for n := range 100 {
			all = append(all, changed(key, "kid", strconv.Itoa(n)))
		}
		return hostile.Object{"keys": all}
	})),
	unusable("jwks-duplicate-kid", "two keys have one name", jwks(func(key hostile.Object) any {
		return hostile.Object{"keys": []hostile.Object{hostile.Impostor().JWK(), key}}
	})),
	unusable("jwks-use-enc", "the only key is for encryption", one(func(key hostile.Object) hostile.Object { return changed(key, "use", "enc") })),
	unusable("jwks-oct", "the only key is a shared secret", one(func(hostile.Object) hostile.Object {
		return hostile.Object{"kid": "rsa", "kty": "oct", "alg": "HS256", "k": "c2VjcmV0"}
	})),
	unusable("jwks-rsa-512", "the only key is an RSA key of 512 bits", signedWith(hostile.RSA512())),
	unusable("jwks-rsa-exponent-1", "the only key is an RSA key with e=1", signedWith(hostile.RSAExponentOne())),
	unusable("jwks-off-curve", "the only key is a point that isn't on its curve", hostile.Fault{
		Keys: []*hostile.Key{hostile.ES256()},
		JWKS: func(_ int, keys []hostile.Object) any {
			return hostile.Object{"keys": []hostile.Object{changed(keys[0], "y", keys[0]["x"])}}
		},
	}),
	{
		Name: "jwks-unfit-beside-fit", Number: "H23", What: "unfit keys stand beside the one that has signed",
		Fault: hostile.Fault{JWKS: func(_ int, keys []hostile.Object) any {
			return hostile.Object{"keys": []hostile.Object{
				{"kty": "oct", "k": "c2VjcmV0"}, {"kty": "unheard-of"}, changed(hostile.ES256().JWK(), "crv", "P-521"), keys[0],
			}}
		}},
		Want: Want{Fetches: 1},
	},
	{
		Name: "jwks-redirect", Number: "H4", What: "the keys redirect to another origin, where an attacker's are",
		Fault: redirected(hostile.JWKS, http.StatusFound), Want: Want{Code: "jwks_failed", Stop: hostile.Token, Revoked: true},
	},
}

// unusable is a set of keys with which nothing can be verified, whoever signed.
func unusable(name, what string, fault hostile.Fault) Case {
	return Case{
		Name: name, Number: "H23", What: what, Fault: fault, Want: Want{Code: "jwks_failed", Stop: hostile.Token, Revoked: true},
	}
}

// jwks publishes another document, made of the true key.
func jwks(document func(key hostile.Object) any) hostile.Fault {
	return hostile.Fault{JWKS: func(_ int, keys []hostile.Object) any { return document(keys[0]) }}
}

// one publishes another key in the place of the true one.
func one(key func(hostile.Object) hostile.Object) hostile.Fault {
	return jwks(func(honest hostile.Object) any { return hostile.Object{"keys": []hostile.Object{key(honest)}} })
}

func changed(key hostile.Object, name string, value any) hostile.Object {
	other := hostile.Object{}
	for n, v := range key {
		other[n] = v
	}
	set(other, name, value)
	return other
}
