package speed

// preface is the report: how to make it, what was run, the tables, and how each figure came about.
const preface = `# What Postern and its peers cost

Written by ''make bench'', which builds Postern, fetches the peers from npm and measures all of them in one run; don't edit it. Each figure is a median
and, in brackets, the quartiles of {rounds} rounds; less is better. In each round every SDK has its turn, with a new browser profile, and another one begins.
Figures of another machine are others; what should hold elsewhere too are the ratios.

| | |
|---|---|
{versions}| browser | {browser}, without a window |
| system | {system}, {cpus} |
| provider | that of ''tools/serve'' (go-oidc), on the same machine, as the page's server is |

## Side by side

Each keeps its session where all tabs share it (''localStorage''), has refresh tokens, and is configured as its documentation says for that. All come from
their ES modules by esbuild, minified, with the module or whatever else they fetch beside them, and with brotli at 11.

{main}
## Targets

Ratios of the medians above. They are told, not enforced.

{targets}
## What preloading brings

Postern's script fetches ''postern.wasm'', so that the browser learns of it only when the script is there. A line in the page's head tells it at once:
''<link rel="preload" href="postern.wasm" as="fetch" type="application/wasm" crossorigin>''. Browsers
without ''WebAssembly.Suspending'' fetch ''postern.full.wasm'' all the same, and what the line names for nothing. (''preload()'' begins no earlier than
''createClient()'' where that is the first call.)

{preload}
## What keeping the tokens in memory costs

In memory, Postern and auth0-spa-js keep the refresh token in a worker by default: auth0-spa-js one for each tab, Postern a shared one for all. The access token
is in the page: a cached one crosses to no worker.

{memory}
## How it was measured

1. Bodies of all answers of the page's server but the HTML, as they were sent. The page's own script, about half a KB, is in it. 1 KB is 1000 bytes.
   Postern's are the script and ''postern.wasm'', the core, which does all that is measured here. Browsers without ''WebAssembly.Suspending'' fetch ''postern.full.wasm''
   in its place, and pages that ask for what the core lacks fetch it as well; ''build-info.json'' has its size.
2. From the page's request until the client is usable and has looked for a session, of which there is none: ''createClient()''; ''createAuth0Client()'';
   ''getUser()''; ''createStandardPublicClientApplication()'' and ''handleRedirectPromise()''; ''start()''; ''init()''. First with nothing cached, then with all files
   in the HTTP cache and compiled code kept by the browser. keycloak-js looks for no session: it would ask Keycloak, in a frame.
3. The first visit over Chromium's emulation of 9 Mbit/s and 60 ms, and of 1.6 Mbit/s and 150 ms, a request. It emulates no TLS, and connections open at no cost.
4. From the call of login until the browser is sent to the provider, the first time in a page. auth0-spa-js and keycloak-js know their endpoints
   from the kind of provider, msal-browser is given them; the others ask for the provider's metadata here.
5. From the request for the page that the provider sends the user to, its files in the HTTP cache, until the user is signed in: code exchanged, what the SDK checks
   checked. Postern and okta-auth-js verify the ID token's signature, which takes a request for the keys; the others don't.
6. ''getTokenSilently()''; for oidc-client-ts ''getUser()''; ''acquireTokenSilent()''; ''getOrRenewAccessToken()''; ''updateToken(30)'' and ''token''. The mean of {calls} calls
   one after the other, of which the median of {batches} is taken in each round. keycloak-js has the token in a variable.
7. The median of {renewals} renewals with the refresh token, one after the other, each forced as the SDK lets an application force it.
8. All that the page's script holds after those calls and after its garbage is collected: objects, buffers, the memory of WebAssembly. Not what a worker holds, nor
   compiled code outside of the heap. The page without an SDK has {floor} KB.
9. All tabs find their token expired at one moment, and ask for one. How many requests reach the token endpoint, in {crowds} runs; what becomes of the session then is
   in [rotation.md](rotation.md). In keycloak-js each tab has a session of its own, so that none can do it for another.

## What was adapted

**auth0-spa-js** speaks to Auth0's paths; the provider answers at them too. ''tokenIssuer'' is set to the provider's issuer, since the option for it
takes no http.
**oidc-client-ts**: ''automaticSilentRenew'' is on, as it is by default. **msal-browser**: ''protocolMode: "OIDC"'', with an authority by name and the provider's metadata in the
configuration, since it takes no authority without https; so it never asks for them. **okta-auth-js**: the endpoints in the configuration, since Okta's lie below ''/v1''.
**keycloak-js**: the provider answers at Keycloak's paths and gives its refresh tokens the form of a JWT, which keycloak-js reads; ''checkLoginIframe'' is off, which saves it two
frames at each start.
`
