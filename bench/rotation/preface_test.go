package rotation

import "strings"

// preface is the head of the report: how to make it, what was run, how to read it, and what was done so that it could be run.
func preface() string {
	text := `# When the renewal of a refresh token goes wrong

Written by ` + "`make bench-rotation`" + `, which builds Postern, fetches the peers from npm and runs every case below in a browser; don't edit it. The
tables say what happened. They give no marks.

| | |
|---|---|
| Postern | {postern} |
| auth0-spa-js | {auth0} |
| oidc-client-ts | {oidc} |
| browser | {browser}, without a window |
| system | {os} |
| provider | that of ''tools/serve'' (go-oidc): rotates at each use; a refresh token that comes back after its rotation ends its family |

## How to read the tables

Each row is a run of its own, or several that came out alike: a new provider, a new browser profile, a user who signs in. Access tokens live ten
minutes, ID tokens an hour. The clock of all pages is then moved eleven minutes on, so that the token has expired, and the fault happens to
the renewal. What depends on who comes first is run several times, and its counts come out otherwise in another report.

- **The second to fourth column** are what the application saw: at the fault; when it asked again at once; and when it asked a token's life later,
  which takes another renewal. "token" is an access token, got without a prompt; else it is the error's code, or its name and text. So the user is
  still signed in where "a token's life later" says "token". Several tabs are counted, and so are the different tokens they got. A time is given from
  two seconds up, and only where a case is run once.
- **requests** at the token endpoint, in the three phases. The sign-in's own doesn't count; what the browser sends again by itself does.
- **most uses**: how often the provider saw the most used refresh token; "sent" counts those too that a fault kept from it.
- **families revoked**: how many of the families of refresh tokens ended, and why: *reuse* is a token that came back, *by the SDK* a call of the
  revocation endpoint.
- "different" tokens and "of 2" families: where tabs share no store (sessionstorage, the memory of a worker of their own), each has signed in by itself and has a family of its own.
  Where a second tab makes no difference, only one row of an SDK is run.

## What was adapted

**For all:** the page's ''Date'' is replaced by one that can be moved, or ''nowProvider'' where the SDK has it; timers and ''performance.now()'' aren't. "Offline" is Chromium's
emulation, and the provider's port is closed as well, because the emulation doesn't reach the worker of auth0-spa-js. The page waits at most 25 s
for a token.

**Postern**: ''nowProvider'' is the clock that is moved. In the rows ''memory and worker'' the worker is a shared one, which all tabs have together
and which Chromium keeps for the reload of the only one. ''useRefreshTokensFallback'' is left at its default,
on: where the provider has ended the session, a hidden frame asks it for another, with the provider's cookie, which is there because all ports of
localhost are one site. In a browser that hides the cookie it is as in the rows where the option is off, which stand where a session is lost. Where a
page finds its session ended as it starts, a warning says ''session_revoked'', and its calls say ''login_required''.

**auth0-spa-js**: ''useRefreshTokens: true''; ''useRefreshTokensFallback'' is left at its default, off, but for the rows that say otherwise, which
stand where a session is lost. It speaks to Auth0's paths, so the provider's
origin answers at ''/oauth/token'' as at ''/token'' and lets the header ''Auth0-Client'' through in preflights. ''domain'' is that origin: one
with a scheme is taken as it is. The ''iss'' that it then expects ends in a slash, which the provider's doesn't, and its option ''issuer''
puts https:// before what doesn't begin with it; so the field ''tokenIssuer'' of the client is set to the provider's issuer. Nothing else of it is
touched; the worker is the one it brings along.

**oidc-client-ts**: as it is, with ''extraQueryParams: {audience}''. In the rows ''signinSilent()'' the application asks ''getUser()'', and
''signinSilent()'' where the user has expired. In the rows ''automaticSilentRenew'' it waits for the library's events, and calls ''signinSilent()''
itself only where the library has no timer: after a ''silentRenewError'', and for a user who had expired when the page was loaded. It must not ask
''getUser()'' while it waits, which cancels the timer of a token that has expired. That timer looks every five seconds, so tabs differ by as much,
and no times are given. Without a refresh token ''signinSilent()'' signs in by a hidden frame, for which the
provider's cookie is there too.
`
	return strings.NewReplacer(
		"''", "`",
		"{postern}", subject.postern, "{auth0}", subject.auth0, "{oidc}", subject.oidc, "{browser}", subject.browser, "{os}", subject.os,
	).Replace(text)
}
