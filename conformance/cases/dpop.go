package cases

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/postern-auth/postern/conformance/hostile"
)

// Tokens that are bound to a key (RFC 9449). A provider that wants nonces must not get more than one try out of anybody, nor cost them the session.
var dpop = []Case{
	{Name: "dpop", Number: "", What: "nothing is wrong with the token, which is bound to a key", Client: bound},
	{
		Name: "dpop-downgrade", Number: "H16", What: "a Bearer token comes where one was asked that is bound to a key", Client: bound,
		Fault: member("token_type", "Bearer"), Want: Want{Code: "dpop_downgrade", Stop: hostile.Token, Revoked: true},
	},
	{Name: "dpop-nonce", Number: "H37", What: "the provider wants a nonce in the proof", Client: bound, Fault: wanting(hostile.Token, 1)},
	{
		Name: "dpop-nonce-for-ever", Number: "H37", What: "the provider wants another nonce each time", Client: bound, Fault: wanting(hostile.Token, 99),
		Want: Want{Code: "dpop_failed", Stop: hostile.Token, Tries: 2},
	},
	{
		Name: "dpop-nonce-twice", Number: "H37", What: "the provider sends two nonces", Client: bound,
		Fault: nonces("token-1, token-2"), Want: Want{Code: "dpop_failed", Stop: hostile.Token},
	},
	{
		Name: "dpop-nonce-flood", Number: "H37", What: "the nonce is 8 KB long", Client: bound,
		Fault: nonces(strings.Repeat("n", 8192)), Want: Want{Code: "dpop_failed", Stop: hostile.Token},
	},
	{
		Name: "dpop-nonce-unreadable", Number: "H39", What: "the provider wants a nonce, which pages of other origins may not read", Browser: true,
		Client: bound, Fault: around(hostile.Token, func(_ *hostile.Provider, honest http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Del("Access-Control-Expose-Headers")
				hostile.WantNonce(hostile.Token, "token-1", honest).ServeHTTP(w, r)
			})
		}),
		Want: Want{Code: "dpop_nonce_unreadable", Says: "Expose", Stop: hostile.Token},
	},
	{
		Name: "dpop-renewal-nonce", Number: "H37", What: "a renewal wants a nonce in the proof: the refresh token is sent once more, as though for the first time",
		When: AtRenewal, Client: bound, Fault: wanting(hostile.Token, 1), Want: Want{Refreshes: 2, Recovers: true},
	},
	{
		Name: "dpop-renewal-nonce-for-ever", Number: "H37", What: "a renewal wants another nonce each time: the session is kept", When: AtRenewal,
		Client: bound, Fault: wanting(hostile.Token, 99), Want: Want{Code: "dpop_failed", Refreshes: 2, Recovers: true},
	},
	{
		Name: "dpop-renewal-downgrade", Number: "H16", What: "a renewal brings a Bearer token: it isn't used, and its refresh token is", When: AtRenewal,
		Client: bound, Fault: member("token_type", "Bearer"), Want: Want{Code: "dpop_downgrade", Stop: hostile.Token, Recovers: true},
	},
	{
		Name: "dpop-nonce-on-200", Number: "H38", What: "a nonce comes with the tokens: it is used next", When: AtRenewal, Times: 2, Client: bound,
		Fault: around(hostile.Token, func(p *hostile.Provider, honest http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n := p.Grants("refresh_token")
				if n == 1 {
					w.Header().Set("DPoP-Nonce", "token-1")
					honest.ServeHTTP(w, r)
					return
				}
				hostile.WantNonce(hostile.Token, "token-1", honest).ServeHTTP(w, r)
			})
		}),
		Want: Want{Refreshes: 2},
	},
	{
		Name: "dpop-nonce-elsewhere", Number: "H38", What: "UserInfo wants a nonce, and then another token: the provider doesn't get UserInfo's nonce",
		When: AtUserInfo, Client: bound, Fault: userInfoSays(
			saying{`DPoP error="use_dpop_nonce"`, "userinfo-1"}, saying{`DPoP error="invalid_token"`, "userinfo-2"}), Want: Want{Refreshes: 1},
	},
	{
		Name: "dpop-challenges", Number: "H42", What: "UserInfo has a challenge for Bearer tokens, too, in the same header: the nonce is what it wants", When: AtUserInfo,
		Client: bound, Fault: userInfoSays(saying{`Bearer error="invalid_token", DPoP error="use_dpop_nonce"`, "userinfo-1"}), Want: Want{Refreshes: -1},
	},
	{
		Name: "dpop-userinfo-nonce-for-ever", Number: "H37", What: "UserInfo wants another nonce each time", When: AtUserInfo, Client: bound,
		Fault: wanting(hostile.UserInfo, 99), Want: Want{Code: "dpop_failed", Stop: hostile.UserInfo, Tries: 2, Refreshes: -1},
	},
	{
		Name: "challenge-unterminated", Number: "", What: "UserInfo's challenge ends inside of a quotation", When: AtUserInfo,
		Fault: userInfoSays(saying{`Bearer error="invalid_token`, ""}), Want: Want{Code: "challenge_malformed", Stop: hostile.UserInfo, Refreshes: -1},
		Lenient: tolerant,
	},
	{
		Name: "challenge-error-twice", Number: "", What: "UserInfo's challenge holds two errors", When: AtUserInfo,
		Fault: userInfoSays(saying{`Bearer error="invalid_token", error="insufficient_scope"`, ""}),
		Want:  Want{Code: "challenge_malformed", Stop: hostile.UserInfo, Refreshes: -1}, Lenient: tolerant,
	},
}

var bound = Client{DPoP: true}

const tolerant = "RFC 9110 section 2.4 lets a recipient be forgiving"

// saying is a refusal: the challenge, and a nonce, if any.
type saying struct{ challenge, nonce string }

func userInfoSays(refusals ...saying) hostile.Fault { return says(hostile.UserInfo, refusals...) }

// says refuses the first requests to an endpoint, one with each.
func says(e hostile.Endpoint, refusals ...saying) hostile.Fault {
	return around(e, func(p *hostile.Provider, honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n := p.Reached(e)
			if r.Method == http.MethodOptions || n > len(refusals) {
				honest.ServeHTTP(w, r)
				return
			}
			if challenge := refusals[n-1].challenge; challenge != "" {
				w.Header().Set("WWW-Authenticate", challenge)
			}
			if nonce := refusals[n-1].nonce; nonce != "" {
				w.Header().Set("DPoP-Nonce", nonce)
			}
			w.WriteHeader(http.StatusUnauthorized)
		})
	})
}

// wanting refuses the first requests to an endpoint, and each wants a nonce of its own.
func wanting(e hostile.Endpoint, times int) hostile.Fault {
	last := 0
	return around(e, func(p *hostile.Provider, honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodOptions {
				honest.ServeHTTP(w, r)
				return
			}
			n := p.Reached(e)
			if last == 0 {
				last = n + times
			}
			nonce := fmt.Sprintf("%s-%d", e, n)
			if n >= last {
				hostile.WantNonce(e, fmt.Sprintf("%s-%d", e, n-1), honest).ServeHTTP(w, r)
				return
			}
			hostile.WantNonce(e, nonce, honest).ServeHTTP(w, r)
		})
	})
}

// nonces refuses everybody, and sends this for a nonce.
func nonces(nonce string) hostile.Fault {
	return instead(hostile.Token, func(_ *hostile.Provider, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("DPoP-Nonce", nonce)
		hostile.RefuseNonce(hostile.Token, w)
	})
}

// judgeProofs says what every proof must say (RFC 9449 section 4.2), whatever the provider does.
func (c *Case) judgeProofs(wrong *complaints, requests []hostile.Request) {
	seen := map[string]bool{}
	for _, r := range requests {
		shown := r.Endpoint == hostile.UserInfo || r.Endpoint == hostile.API
		asked := c.Client.DPoP && (r.Endpoint == hostile.Token || shown)
		if !assert.Equal(wrong, asked, r.Proof != "", "a proof at the %s endpoint", r.Endpoint) || !asked {
			continue
		}
		p := hostile.ReadProof(r.Proof)
		if !assert.NotNil(wrong, p, "what was sent is no proof") {
			continue
		}
		assert.Equal(wrong, "dpop+jwt ES256", p.Header.Typ+" "+p.Header.Alg)
		assert.NotContains(wrong, p.Header.JWK, "d", "the private key")
		assert.Equal(wrong, r.Method, p.HTM)
		assert.True(wrong, strings.HasSuffix(p.HTU, r.URL.Path), "htu is %s", p.HTU)
		assert.Equal(wrong, shown, p.ATH != "", "ath is for a token that is shown")
		assert.InDelta(wrong, time.Now().Unix(), p.IAT, 60)
		assert.False(wrong, p.JTI == "" || seen[p.JTI], "jti is used once")
		seen[p.JTI] = true
		assert.True(wrong, p.Nonce == "" || strings.HasPrefix(p.Nonce, string(r.Endpoint)+"-"), "the %s endpoint got the nonce %s", r.Endpoint, p.Nonce)
	}
}
