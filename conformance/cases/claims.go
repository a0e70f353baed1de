package cases

import (
	"slices"
	"time"

	"github.com/postern-auth/postern/conformance/hostile"
)

// A signature says who made an ID token. The claims say whether it was made for this client, this login and this moment.
var claims = slices.Concat(
	wrong(bad{
		claim: "iss", missing: "iss-missing", invalid: oidcc + "-invalid-iss", also: fapi + "invalid-iss",
		value: "https://evil.example", mistyped: []string{"https://evil.example"},
	}),
	wrong(bad{
		claim: "aud", missing: oidcc + "-missing-aud", invalid: oidcc + "-invalid-aud", also: fapi + "invalid-aud",
		value: "another", mistyped: hostile.Object{},
	}),
	wrong(bad{claim: "sub", missing: oidcc + "-missing-sub", invalid: "sub-empty", value: "", mistyped: 42}),
	wrong(bad{
		claim: "exp", missing: fapi + "invalid-missing-exp", invalid: fapi + "invalid-expired-exp",
		value: time.Now().Add(-hour).Unix(), mistyped: "tomorrow",
	}),
	wrong(bad{
		claim: "iat", missing: oidcc + "-missing-iat", invalid: "iat-in-the-future", value: time.Now().Add(36 * hour).Unix(), mistyped: "yesterday",
		lenient: age,
	}),
	wrong(bad{
		claim: "nonce", missing: fapi + "invalid-missing-nonce", invalid: oidcc + "-nonce-invalid", also: fapi + "invalid-nonce",
		value: "another", mistyped: 42,
	}),
	[]Case{
		{
			Name: "azp-invalid", Number: "H26", What: "azp is another client", Fault: setClaim("azp", "another"), Want: refusedClaim("azp"),
			Lenient: azp,
		},
		{
			Name: "azp-mistyped", Number: "H26", What: "azp is a number", Fault: setClaim("azp", 42), Want: refusedClaim("azp"), Lenient: azp,
		},
		{
			Name: fapi + "invalid-secondary-aud", Number: "H27", What: "aud names another client beside this one, and there is no azp",
			Fault: setClaim("aud", []string{ClientID, "another"}), Want: refusedClaim("azp"),
		},
		{
			Name: "secondary-aud-other-azp", Number: "H27", What: "aud names another client beside this one, and azp is that other",
			Fault: idToken(func(t *hostile.IDToken) { t.Claims["aud"], t.Claims["azp"] = []string{ClientID, "another"}, "another" }),
			Want:  refusedClaim("azp"),
		},
		{
			Name: fapi + "valid-aud-as-array", Number: "H27", What: "aud is a list of this client alone", Fault: setClaim("aud", []string{ClientID}),
		},
		{
			Name: "expired-hints-at-the-clock", Number: "H28", What: "exp is past, which a wrong clock can be the cause of",
			Fault: idToken(func(t *hostile.IDToken) {
				t.Claims["iat"], t.Claims["exp"] = time.Now().Add(-2*hour).Unix(), time.Now().Add(-hour).Unix()
			}),
			Want: Want{Code: "id_token_claim", Claim: "exp", Says: "clock", Stop: hostile.Token, Revoked: true},
		},
		{
			Name: "future-hints-at-the-clock", Number: "H28", What: "iat is two days ahead, which a wrong clock can be the cause of",
			Fault: idToken(func(t *hostile.IDToken) {
				t.Claims["iat"], t.Claims["exp"] = time.Now().Add(48*hour).Unix(), time.Now().Add(49*hour).Unix()
			}),
			Want:    Want{Code: "id_token_claim", Claim: "iat", Says: "clock", Stop: hostile.Token, Revoked: true},
			Lenient: age,
		},
		{
			Name: "max-age-0-auth-time-missing", Number: "H29", What: "max_age=0 was asked for, and auth_time is missing", Client: Client{MaxAge: "0"},
			Fault: setClaim("auth_time", nil), Want: refusedClaim("auth_time"),
		},
		{
			Name: "max-age-0-auth-time-stale", Number: "H29", What: "max_age=0 was asked for, and the user signed in an hour ago", Client: Client{MaxAge: "0"},
			Fault: setClaim("auth_time", time.Now().Add(-hour).Unix()), Want: refusedClaim("auth_time"),
		},
		{
			Name: "max-age-60-auth-time-missing", Number: "H29", What: "max_age=60 was asked for, and auth_time is missing", Client: Client{MaxAge: "60"},
			Fault: setClaim("auth_time", nil), Want: refusedClaim("auth_time"),
		},
		{
			Name: "max-age-60-auth-time-stale", Number: "H29", What: "max_age=60 was asked for, and the user signed in an hour ago", Client: Client{MaxAge: "60"},
			Fault: setClaim("auth_time", time.Now().Add(-hour).Unix()), Want: refusedClaim("auth_time"),
		},
		{
			Name: "max-age-0-fresh", Number: "H29", What: "max_age=0 was asked for, and the user has just signed in", Client: Client{MaxAge: "0"},
		},
		{
			Name: "at-hash-invalid", Number: "", What: "at_hash is another access token's", Fault: setClaim("at_hash", hostile.AtHash("another")),
			Want: refusedClaim("at_hash"), Lenient: "OpenID Connect Core section 3.1.3.8 leaves this check to the client",
		},
		{
			Name: "at-hash-missing", Number: "", What: "there is no at_hash, which is optional", Fault: setClaim("at_hash", nil),
		},
		{
			Name: "organization-invalid", Number: "", What: "the user signed in for another organization than was asked for",
			Client: Client{Organization: "org_ours"}, Fault: setClaim("org_id", "org_theirs"), Want: refusedClaim("org_id"),
			Lenient: auth0Alone,
		},
		{
			Name: "organization-missing", Number: "", What: "an organization was asked for, and the ID token names none",
			Client: Client{Organization: "org_ours"}, Fault: setClaim("org_id", nil), Want: refusedClaim("org_id"),
			Lenient: auth0Alone,
		},
		{
			Name: "organization", Number: "", What: "the user signed in for the organization that was asked for", Client: Client{Organization: "org_ours"},
		},
		{
			Name: "organization-name", Number: "", What: "the organization was asked for by its name, in capitals", Client: Client{Organization: "Ours"},
		},
		{
			Name: "organization-name-invalid", Number: "", What: "the user signed in for an organization of another name",
			Client: Client{Organization: "ours"}, Fault: setClaim("org_name", "theirs"), Want: refusedClaim("org_name"), Lenient: auth0Alone,
		},
		{
			Name: "acr-invalid", Number: "", What: "the user signed in by other means than were asked for", Client: Client{ACR: "urn:fresh urn:strong"},
			Fault: setClaim("acr", "urn:weak"), Want: refusedClaim("acr"), Lenient: acr,
		},
		{
			Name: "acr-missing", Number: "", What: "means were asked for, and the ID token names none", Client: Client{ACR: "urn:strong"},
			Fault: setClaim("acr", nil), Want: refusedClaim("acr"), Lenient: acr,
		},
		{
			Name: "acr", Number: "", What: "the user signed in by one of the means that were asked for", Client: Client{ACR: "urn:strong urn:fresh"},
			Fault: setClaim("acr", "urn:fresh"),
		},
		{
			Name: "acr-essential-invalid", Number: "", What: "an essential acr was asked for among the claims, and the user signed in by other means",
			Client: essential, Fault: setClaim("acr", "urn:weak"), Want: refusedClaim("acr"), Lenient: server,
		},
		{
			Name: "acr-essential-missing", Number: "", What: "an essential acr was asked for among the claims, and the ID token names none",
			Client: essential, Fault: setClaim("acr", nil), Want: refusedClaim("acr"), Lenient: server,
		},
		{
			Name: "acr-essential", Number: "", What: "the user signed in by one of the essential means that were asked for among the claims",
			Client: essential, Fault: setClaim("acr", "urn:fresh"),
		},
		{
			Name: "acr-voluntary", Number: "", What: "an acr was asked for among the claims, and isn't essential: the user signed in by other means",
			Client: Client{Claims: `{"id_token":{"acr":{"value":"urn:strong"}}}`}, Fault: setClaim("acr", "urn:weak"),
		},
		{
			Name: "id-token-missing", Number: "H26", What: "the sign-in's answer holds no ID token", Fault: member("id_token", nil),
			Want: Want{Code: "id_token_malformed", Stop: hostile.Token, Revoked: true},
		},
	},
)

const (
	auth0Alone = "organizations are Auth0's"
	acr        = "acr_values is a voluntary claim by OpenID Connect Core section 3.1.2.1; Postern takes it for a condition"
	server     = "OpenID Connect Core section 5.5.1.1 has the provider refuse such a sign-in; section 3.1.3.7 (12) leaves it to the client what acr is good enough"
	azp        = "to compare azp is a SHOULD of OpenID Connect Core section 3.1.3.7 (5)"
	age        = "OpenID Connect Core section 3.1.3.7 (10) leaves it to the client how old or new a token may be"
)

var essential = Client{Claims: `{"id_token":{"acr":{"essential":true,"values":["urn:strong","urn:fresh"]}}}`}

// bad is the ways in which a claim can be bad, and what the cases for the first two are called.
type bad struct {
	claim                  string
	missing, invalid, also string
	value, mistyped        any
	lenient                string // of a value that is wrong
}

// wrong is a claim that is missing, of another value, and of another type.
func wrong(b bad) []Case {
	return []Case{
		{Name: b.missing, Number: "H26", What: b.claim + " is missing", Fault: setClaim(b.claim, nil), Want: refusedClaim(b.claim)},
		{
			Name: b.invalid, Also: b.also, Number: "H26", What: b.claim + " has a wrong value", Fault: setClaim(b.claim, b.value), Want: refusedClaim(b.claim),
			Lenient: b.lenient,
		},
		{Name: b.claim + "-mistyped", Number: "H26", What: b.claim + " is of a wrong type", Fault: setClaim(b.claim, b.mistyped), Want: refusedClaim(b.claim)},
	}
}

func refusedClaim(claim string) Want {
	return Want{Code: "id_token_claim", Claim: claim, Stop: hostile.Token, Revoked: true}
}

// setClaim changes one claim, or leaves it out for nil.
func setClaim(name string, value any) hostile.Fault {
	return idToken(func(t *hostile.IDToken) { set(t.Claims, name, value) })
}
