package load

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

const preface = `# A million clients and their provider

What a provider is asked for when a million pages renew tokens that live for an hour. Simulated, by the second, with a fixed seed: ` + "`make bench-load`" + `
writes this file and [load.svg](load.svg) anew, and they come out the same. ` + "`go test ./bench/load`" + ` holds the simulation to the product.

![Requests per second over time, for each SDK](load.svg)

- **peak** is the busiest second, **÷ mean** that over the mean of the whole time after the pages have started. **Asked in the outage** is how many requests came while there
  was nothing to be had; **after it**, the busiest second from its end on.
- **Back** is when so many of the clients that had been refused had a new token, after the end of the outage. A token that still lives is no hurry, and where a page calls
  only once a minute, it can't be back sooner.
- **Calls without a token** are the applications' calls that got none that is good: in the outage, and after it, and how long after it the last one was.
`

const method = `
## What it says

- Timers without jitter come back each hour as closely together as they began. Postern's spread over five minutes, and further with each renewal; who renews at a call spreads with
  the calls.
- In an outage, who renews at a call and has no back-off asks once for each call: what the provider gets, and when it comes back gets at once, grows with the applications' traffic.
  Postern's back-off is the page's, whatever the application does. msal-browser's fixed minute bounds it too, and more calls go without a token, since it wants five minutes
  that are left.
- The price of a back-off: a page that has just been refused may wait for another minute after the provider is back. Where a page calls every ten seconds, the peers without one
  are back first, if the provider stands it.
- Postern begins up to six minutes before the end of a token. So fewer calls go without one; and where all tokens end in the same minute of an outage, it asks more often than the
  peers, which begin when the token has nearly ended.

## Method

Each client is one visible tab with one token, and an application that calls its API at random times, every minute on average (every ten seconds in one of the cases). Nobody
signs in or leaves. The provider answers at once and everybody; what is measured is the demand. The clients know nothing of each other.

**Postern** is the product's code: ` + "`session.Early`, `session.Retry` and `vault.Backoff`" + ` say how long it waits. The order in which they are asked is repeated in ` + "`model_test.go`" + `, since
the whole client is a thousand times slower; ` + "`TestModel`" + ` runs a thousand real clients, each a session and its vault, through the same cases, and fails where the provider sees
anything else of them, by the minute. Where there is no connection, a refresh token whose answer was lost is sent again only after a probe came through; probes are counted
with the requests.

**The peers** are their policies as read from what npm has under these versions, written down in ` + "`peers_test.go`" + `:

| SDK | policy | where |
|---|---|---|
| auth0-spa-js 2.28.3, with refresh tokens in localStorage | no timer. A call that finds less than 60 s left asks; no answer at all: three times at once. Throws though the old token lives. (With refresh tokens in its worker, a 503 with a JSON body loses the token besides, which isn't counted here) | ` + "`src/Auth0Client.ts:1087-1170, 1858-1867`, `src/cache/cache-manager.ts:110-120`, `src/http.ts:155-182`, `src/constants.ts:19`; `src/worker/token.worker.ts:195-203`" + ` |
| oidc-client-ts 3.5.0 | a timer, 60 s before the end, without jitter. On an error that is no timeout: the event silentRenewError, and no timer any more. In its second row the application calls signinSilent() wherever the token has ended | ` + "`dist/esm/oidc-client-ts.js:506-530, 2458, 2842-2881`" + ` |
| msal-browser 5.29.0 | no timer. A call that finds less than 300 s left asks; no answer: once more, after 100 ms. After a 429 or 5xx, none for 60 s | ` + "`src/network/FetchClient.ts:18-19, 95-130`; msal-common 16.16.1: `src/client/SilentFlowClient.ts:148-152`, `src/network/ThrottlingUtils.ts:35-56, 62-130`, `src/utils/Constants.ts:277, 355`" + ` |
| okta-auth-js 8.0.1 | a timer, 30 s before the end, without jitter (in the tab that was elected, if there are several). On an error the token is removed, and its timer; calls of getOrRenewAccessToken() ask from then on | ` + "`esm/browser/oidc/TokenManager.js:25-35, 138-150, 310-355`, `esm/browser/services/AutoRenewService.js:27-63`, `esm/browser/oidc/mixin/index.js:124-140`" + ` |
| keycloak-js 26.2.4 | no timer. updateToken(30) before each call, as [its guide](https://github.com/keycloak/keycloak/blob/main/docs/guides/securing-apps/javascript-adapter.adoc) has it, which goes on with the old token on an error | ` + "`lib/keycloak.js:1430-1452, 1458-1520`" + ` |

Not in it: latency, timeouts, hidden tabs (in which Postern renews nothing), several tabs (which renew once, under a lock), Retry-After, and a provider that breaks under the load.
`

func report(results [][]*result) string {
	var b strings.Builder
	b.WriteString(preface)
	for i, s := range scenarios {
		fmt.Fprintf(&b, "\n## %s\n\n", s.title)
		if s.trouble == tokens {
			b.WriteString("| SDK | peak, requests/s | ÷ mean | in the last hour |\n|---|---|---|---|\n")
		} else {
			b.WriteString("| SDK | asked in the outage | peak then, requests/s | peak after it | ÷ mean | back: half | 99 % | calls without a token in it | after it | the last |\n" +
				"|---|---|---|---|---|---|---|---|---|---|\n")
		}
		for j, sub := range subjects {
			r := results[i][j]
			name := sub.name
			if j == 0 {
				name = "**" + name + "**"
			}
			if s.trouble == tokens {
				fmt.Fprintf(&b, "| %s | %s | %.0f | %s |\n", name, count(peak(r.seconds)), r.overMean(peak(r.seconds)), count(peak(r.seconds[len(r.seconds)-3600:])))
				continue
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %.0f | %s | %s | %s | %s | %s |\n", name, count(sum(r.during())), count(peak(r.during())), count(peak(r.after())),
				r.overMean(peak(r.seconds)), r.back(.5), r.back(.99), count(sum(r.failed[:r.second(r.to)])), count(sum(r.failed[r.second(r.to):])), r.lastFailed())
		}
	}
	return b.String() + method
}

func (r *result) second(at time.Duration) int { return int(at / time.Second) }
func (r *result) during() []int32             { return r.seconds[r.second(r.from):r.second(r.to)] }
func (r *result) after() []int32              { return r.seconds[r.second(r.to):] }

func (r *result) overMean(n int) float64 {
	return float64(n) * (end - r.in.within).Seconds() / float64(sum(r.seconds))
}

// back is when a part of those that had been refused had a token.
func (r *result) back(part float64) string {
	need := int(math.Ceil(part * float64(sum(r.recovered)+r.lost)))
	for second, n := range r.recovered {
		if need -= int(n); need <= 0 {
			return fmt.Sprintf("%d s", second)
		}
	}
	return "never"
}

func (r *result) lastFailed() string {
	switch at := last(r.failed) - r.second(r.to); {
	case at < 0:
		return "–"
	case at > 3000:
		return "until the page is loaded again"
	default:
		return fmt.Sprintf("%d s", at)
	}
}

func sum(counts []int32) (n int) {
	for _, c := range counts {
		n += int(c)
	}
	return n
}

func peak(counts []int32) int { return int(slices.Max(counts)) }

// last is the last second with anything in it.
func last(counts []int32) int {
	for at, n := range slices.Backward(counts) {
		if n > 0 {
			return at
		}
	}
	return -1
}

// count writes three digits, thousands apart.
func count(n int) string {
	for unit := 1000; unit <= 1_000_000; unit *= 10 {
		if n >= unit && n < 10*unit {
			n = (n + unit/200) / (unit / 100) * (unit / 100)
		}
	}
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + " " + text[at:]
	}
	return text
}
