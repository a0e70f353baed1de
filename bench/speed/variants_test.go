package speed

import (
	"fmt"
	"strings"
	"time"

	"github.com/postern-auth/postern/bench/app"
	"github.com/postern-auth/postern/e2e/chromium"
)

// variant is an SDK in one configuration.
type variant struct {
	id, sdk string
	// options are JSON, as the SDK's adapter takes them.
	options string
	// preload lets the page's HTML name the module.
	preload bool
	// loads says that it is loaded over the networks too, signs that somebody signs in.
	loads, signs bool
}

// measured are the SDKs, each as its documentation advises where several tabs share a session. The rows of the main table.
var measured = []variant{
	{id: "postern", sdk: "postern", options: `{"cacheLocation":"localstorage"}`, loads: true, signs: true},
	{id: "auth0", sdk: "auth0", options: `{"cacheLocation":"localstorage"}`, loads: true, signs: true},
	{id: "oidc", sdk: "oidc", options: `{"store":"localStorage","automaticSilentRenew":true}`, loads: true, signs: true},
	{id: "msal", sdk: "msal", options: `{}`, loads: true, signs: true},
	{id: "okta", sdk: "okta", options: `{}`, loads: true, signs: true},
	{id: "keycloak", sdk: "keycloak", options: `{}`, loads: true, signs: true},
}

// beside are other configurations of two of them, and no SDK at all.
var beside = []variant{
	{id: "preload", sdk: "postern", options: `{"cacheLocation":"localstorage"}`, preload: true, loads: true},
	{id: "page", sdk: "postern", options: `{"cacheLocation":"memory","useWorker":false}`, signs: true},
	{id: "worker", sdk: "postern", options: `{"cacheLocation":"memory"}`, signs: true},
	{id: "auth0-memory", sdk: "auth0", options: `{"cacheLocation":"memory"}`, signs: true},
	{id: "none", sdk: app.None, options: `{}`, loads: true},
}

// networks are emulated, by the names of their measures.
var networks = []struct {
	id string
	chromium.Network
}{
	{"fast4g", chromium.Network{Latency: 60 * time.Millisecond, Down: 9e6, Up: 1.5e6}},
	{"slow4g", chromium.Network{Latency: 150 * time.Millisecond, Down: 1.6e6, Up: 750e3}},
}

// scope is what every SDK asks for.
const scope = "openid profile email offline_access read:messages"

// html is the page: nothing but what loads the SDK. %s are the settings, and what is to be loaded early.
const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A page that is timed</title>
<link rel="icon" href="data:,">
%s<meta name="bench" content="%s">
<script type="module" src="timed.js"></script>
</html>
`

// preloaded is the line that Postern's documentation gives.
const preloaded = `<link rel="preload" href="postern.wasm" as="fetch" type="application/wasm" crossorigin>` + "\n"

func (v variant) html(settings string) string {
	early := ""
	if v.preload {
		early = preloaded
	}
	return fmt.Sprintf(html, early, strings.ReplaceAll(settings, `"`, "&quot;"))
}

func (v variant) path() string { return "/timed/" + v.id + "/" }
