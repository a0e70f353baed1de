// Package cases is the table of what a provider can do to a client, and what the client must make of it. The same table is run natively, in a
// browser, and against other SDKs.
package cases

import (
	"cmp"
	"strings"

	"github.com/postern-auth/postern/conformance/hostile"
)

// Case is one misbehaviour, or one thing that looks like one and is right.
type Case struct {
	// Name is that of the OpenID conformance suite's module where one fits.
	Name string
	// Also is a module of another of the suite's plans that asks the same.
	Also string
	// Number is the misbehaviour's in the requirements: H1 to H44.
	Number string
	// What says it in a sentence.
	What string
	// When is the step at which the provider begins to misbehave; before it is honest.
	When Moment
	// Times is how often the step is taken; 0 is once.
	Times int
	Fault hostile.Fault
	// Client is how the client is configured.
	Client Client
	Want   Want
	// Browser says that there is nothing to see without one.
	Browser bool
	// Lenient says why a client may do otherwise, and which specification allows it.
	Lenient string
	// NotYet says what the product lacks. A case that is marked and passes fails the run, so that no mark outlives its reason.
	NotYet string
}

// Moment is a step of a session.
type Moment string

// The moments.
const (
	AtSignIn   Moment = ""
	AtReplay   Moment = "replay"  // the same callback address is opened again, as by the back button
	AtRenewal  Moment = "renewal" // of a user who has signed in
	AtSignOut  Moment = "sign-out"
	AtReturn   Moment = "return"   // from a sign-out that was given a state
	AtTrade    Moment = "exchange" // of a token that the application has from elsewhere, by a user who has signed in
	AtUserInfo Moment = "userinfo"
	AtFetch    Moment = "fetch" // of the API, by a user who has signed in
)

// Client is what a case wants configured.
type Client struct {
	// Scope is what is asked for, and "" for Scope.
	Scope string `json:"scope"`
	// MaxAge is max_age in seconds, and "" for none.
	MaxAge string `json:"maxAge,omitempty"`
	// Algs are the algorithms that an ID token may be signed with.
	Algs []string `json:"algs,omitempty"`
	// SkipSignature switches the check of the signature off.
	SkipSignature bool `json:"skipSignature,omitempty"`
	// Organization and ACR are asked for at sign-in.
	Organization string `json:"organization,omitempty"`
	ACR          string `json:"acr,omitempty"`
	// Claims is the claims parameter (OpenID Connect Core section 5.5), as JSON, and "" for none.
	Claims string `json:"claims,omitempty"`
	// ResponseMode is response_mode, and "" for none.
	ResponseMode string `json:"responseMode,omitempty"`
	// PAR pushes the authorization request (RFC 9126).
	PAR bool `json:"par,omitempty"`
	// Silent renews in a hidden frame, in the place of a refresh token.
	Silent bool `json:"silent,omitempty"`
	// Resources are what the access token is to be for (RFC 8707).
	Resources []string `json:"resources,omitempty"`
	// DPoP binds tokens to a key.
	DPoP bool `json:"dpop,omitempty"`
	// Timeout bounds each request, in seconds.
	Timeout int `json:"timeout,omitempty"`
}

// Want is what the client must do. The zero value is a user who is signed in.
type Want struct {
	// Code is the error's.
	Code string
	// Claim is the claim that the error must name.
	Claim string
	// Says is a word that must stand in the error, so that a developer finds the cause.
	Says string
	// Server is the provider's own error code.
	Server string
	// Stop is the last endpoint that may be reached, and that once.
	Stop hostile.Endpoint
	// Tries is how often it may be reached all the same; 0 is once.
	Tries int
	// Revoked says that no refresh token of a refused answer may stay alive.
	Revoked bool
	// SignedOut says that a failed renewal ends the session.
	SignedOut bool
	// Recovers says that a failed renewal keeps the session, and that the next one works when the provider is honest again.
	Recovers bool
	// Warning is the code of a warning.
	Warning string
	// Fetches is how often the keys are asked for; 0 is any number.
	Fetches int
	// Refreshes is how often the refresh token is sent; 0 is any number, and -1 is never.
	Refreshes int
	// Lifetime is the longest that the access token may be used, in seconds; 0 is as the provider says.
	Lifetime int
}

// Refuses says that the client must not take what the provider sent.
func (w Want) Refuses() bool { return w.Code != "" && !w.Recovers }

// Group is cases that attack the same message.
type Group struct {
	Title string
	Cases []Case
}

// Groups are all cases in the order of the report, which is that of a session.
var Groups = []Group{
	{"Discovery", discovery},
	{"The authorization response", callback},
	{"The signed authorization response", sealed},
	{"The pushed authorization request", pushes},
	{"The token response", tokens},
	{"The ID token's signature", signatures},
	{"The provider's keys", keys},
	{"The ID token's claims", claims},
	{"Renewal", renewals},
	{"Token exchange", trades},
	{"UserInfo", userInfo},
	{"DPoP", dpop},
	{"Calls of an API", calls},
	{"The silent frame", frames},
	{"The network", network},
	{"Sign-out", signOuts},
}

// All are the cases of all groups.
var All = func() (all []Case) {
	for _, g := range Groups {
		all = append(all, g.Cases...)
	}
	return all
}()

// Beside are the suite's modules that other tests stand for.
var Beside = []string{
	"oidcc-client-test-session-management: the session iframe, which `e2e/monitor_test.go` watches",
}

const (
	oidcc = "oidcc-client-test"
	fapi  = "fapi2-security-profile-final-client-test-"
)

// Postern is the case's configuration as Postern's createClient takes it.
func (c *Case) Postern(issuer, redirectURI string) hostile.Object {
	params := hostile.Object{"redirect_uri": redirectURI, "scope": c.Configured().Scope}
	for name, value := range map[string]string{"max_age": c.Client.MaxAge, "organization": c.Client.Organization, "acr_values": c.Client.ACR,
		"claims": c.Client.Claims, "response_mode": c.Client.ResponseMode} {
		if value != "" {
			params[name] = value
		}
	}
	if c.Client.Resources != nil {
		params["resource"] = c.Client.Resources
	}
	options := hostile.Object{
		"issuer": issuer, "clientId": ClientID, "authorizationParams": params,
		// A renewal is then one that the case has asked for.
		"backgroundRenewal": false,
		// And a session that has ended is seen to have ended, where a hidden frame would begin another.
		"useRefreshTokensFallback": false,
	}
	if c.Client.Algs != nil {
		options["idTokenSigningAlgs"] = c.Client.Algs
	}
	if c.Client.PAR {
		options["par"] = "always"
	}
	if c.Client.Silent {
		options["useRefreshTokens"], options["useRefreshTokensFallback"], options["authorizeTimeoutInSeconds"] = false, true, 10
	}
	if c.Client.DPoP {
		options["useDpop"] = true
	}
	if c.Client.SkipSignature {
		options["verifyIdTokenSignature"] = false
	}
	if c.Client.Timeout > 0 {
		options["httpTimeoutInSeconds"] = c.Client.Timeout
	}
	return options
}

// Configured is the case's configuration with what every client is configured with.
func (c *Case) Configured() Client {
	client := c.Client
	client.Scope = cmp.Or(client.Scope, Scope)
	if client.Silent {
		client.Scope = "openid profile"
	}
	return client
}

// What is traded in a token exchange.
const (
	SubjectToken     = "canary-subject-token"
	SubjectTokenType = "urn:example:token-type"
)

// What every client asks for.
const (
	ClientID = "conformance"
	Scope    = "openid profile offline_access"
)

// Asked is the endpoint at which the provider misbehaves, where that is one that not every client asks, and "" elsewhere.
func (c *Case) Asked() hostile.Endpoint {
	switch {
	case c.Fault.Metadata != nil:
		return hostile.Discovery
	case c.Fault.JWKS != nil || c.Want.Code == "jwks_failed":
		return hostile.JWKS
	}
	for e := range c.Fault.Answers {
		return e
	}
	return ""
}

// Title is the case's name without what all names of its plan begin with.
func (c *Case) Title() string {
	name := strings.TrimPrefix(strings.TrimPrefix(c.Name, fapi), oidcc+"-")
	if name == oidcc {
		return "plain"
	}
	return name
}
