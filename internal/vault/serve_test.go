package vault

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// channel is a worker's, without the worker.
type channel struct {
	vault   *Vault
	answers []string
	broken  error
}

func (c *channel) Call(call string) (string, error) {
	if c.broken != nil {
		return "", c.broken
	}
	answer := c.vault.Serve(call)
	c.answers = append(c.answers, answer)
	return answer, nil
}

// served is a vault elsewhere.
func (w *world) served() (*Remote, *channel) {
	c := &channel{vault: w.page()}
	return &Remote{Channel: c, Issuer: issuer, ClientID: client}, c
}

// What a page gets from afar is what it would get at home, in each step of a session.
func TestRemote(t *testing.T) {
	type step func(p Port, w *world) (*Held, error)
	steps := []step{
		func(p Port, _ *world) (*Held, error) { return p.Restore() },
		func(p Port, w *world) (*Held, error) {
			w.clock += 3 * time.Second
			x := exchange(t)
			x.MaxAge = -1
			return p.Exchange(x)
		},
		func(p Port, _ *world) (*Held, error) { return p.Restore() },
		func(p Port, _ *world) (*Held, error) { return p.Renew(wanted()) },
		func(p Port, w *world) (*Held, error) { w.clock += lifetime; return p.Renew(wanted()) },
		func(p Port, w *world) (*Held, error) {
			w.clock += lifetime
			w.server.answers(refuse(400, `{"error":"invalid_scope","error_description":"no <b>"}`))
			return p.Renew(wanted())
		},
		func(p Port, w *world) (*Held, error) {
			w.server.answers(lost(oauth.Network), lost(oauth.Network))
			w.clock += mostWait
			return p.Renew(wanted())
		},
		func(p Port, w *world) (*Held, error) { w.clock += mostWait; p.Retry(); return p.Renew(wanted()) },
		func(p Port, _ *world) (*Held, error) { return p.Heard(`{"changed":"x"}`) },
		func(p Port, _ *world) (*Held, error) { return p.Heard(`[`) },
		func(p Port, _ *world) (*Held, error) { return p.Revoke() },
		func(p Port, _ *world) (*Held, error) { return nil, p.SignOut() },
		func(p Port, _ *world) (*Held, error) { return p.Restore() },
		func(p Port, _ *world) (*Held, error) { return p.Renew(wanted()) },
		func(p Port, w *world) (*Held, error) {
			x := exchange(t)
			x.Unasked, x.Subject = true, "u1"
			return p.Exchange(x) // the epoch has moved
		},
	}
	far, near := newWorld(t), newWorld(t)
	remote, c := far.served()
	local := near.page()
	for i, do := range steps {
		want, wantErr := do(local, near)
		got, err := do(remote, far)
		assert.Equal(t, describe(wantErr), describe(err), "step %d", i)
		if want == nil {
			assert.Nil(t, got, "step %d", i)
			continue
		}
		require.NotNil(t, got, "step %d", i)
		assert.Equal(t, tokens(want), tokens(got), "step %d", i)
		assert.Equal(t, want.IDToken.Reveal(), got.IDToken.Reveal(), "step %d", i)
		want.Tokens, got.Tokens, want.IDToken, got.IDToken = nil, nil, oauth.Secret{}, oauth.Secret{}
		assert.Equal(t, want, got, "step %d", i)
	}
	assert.Equal(t, near.server.used(), far.server.used())
	assert.NotContains(t, strings.Join(c.answers, ""), "rt-canary", "no refresh token leaves")
}

func describe(err error) string {
	if err == nil {
		return ""
	}
	return oauth.AsError(err).Describe(&oauth.Writer{}).String()
}

func tokens(h *Held) (all []string) {
	for _, t := range h.Tokens {
		all = append(all, strings.Join([]string{t.Audience, t.Scope, t.Granted, t.Type, t.Value.Reveal(), t.Lifetime.String(), t.Expires.String()}, "|"))
	}
	return all
}

func TestRemoteMetadata(t *testing.T) {
	w := newWorld(t)
	w.given.Published = value(t, `{"issuer":"`+issuer+`","authorization_endpoint":"`+issuer+`/authorize","token_endpoint":"`+tokenURL+`"}`)
	remote, c := w.served()
	for range 2 {
		m, err := remote.Metadata()
		require.NoError(t, err)
		assert.Equal(t, tokenURL, m.TokenEndpoint)
	}
	assert.Len(t, c.answers, 1, "asked once")

	w.server.pushing = status(201, "application/json", `{"request_uri":"urn:x","expires_in":60}`)
	w.given.PAREndpoint = issuer + "/par"
	uri, err := remote.Push("a=b")
	require.NoError(t, err)
	assert.Equal(t, "urn:x", uri)

	c.broken = oauth.Fail(oauth.Internal, "worker", "it stopped")
	_, err = remote.Restore()
	requireCode(t, err, oauth.Internal)
	requireCode(t, remote.SignOut(), oauth.Internal)
}

// What isn't about the session goes the same way.
func TestRemoteBeside(t *testing.T) {
	full(t)
	far, near, same := verifying(t, jwk("rsa")), verifying(t, jwk("rsa")), &keeper{}
	for _, w := range []*world{far, near} {
		w.given.UserinfoEndpoint = infoURL
		w.server.informing = []reply{status(401, "", ""), status(200, "application/json", `{"sub":"u1","name":"A"}`), status(200, "application/json", `{"sub":"u2"}`)}
		w.keeper = same
	}
	remote, c := far.served()
	local := near.page()
	for name, do := range map[string]func(p Port) (string, error){
		"user info": func(p Port) (all string, err error) {
			for range 3 {
				claims, refused, failure := p.UserInfo(&Token{Type: "Bearer", Value: oauth.NewSecret("at-canary")}, "u1")
				all += fmt.Sprint(claims, refused, describe(failure))
			}
			return all, nil
		},
		"trade": func(p Port) (string, error) {
			token, err := p.Trade("subject_token=canary-subject", "read", []string{"canary-subject"})
			if token == nil {
				return "", err
			}
			return strings.Join(tokens(&Held{Tokens: []*Token{token}}), ""), err
		},
		"open": func(p Port) (string, error) {
			r := answered(t, "RS256", "rsa", header("RS256", "rsa"))
			err := p.Open(r)
			code, refused := r.Accept(&oauth.Metadata{Issuer: issuer})
			return code.Reveal() + describe(refused), err
		},
		"open, forged": func(p Port) (string, error) { return "", p.Open(answered(t, "RS256", "rsa2", header("RS256", "rsa"))) },
		"nonce": func(p Port) (string, error) {
			return p.Nonce("https://api.test", "n-1") + p.Nonce("https://api.test", ""), nil
		},
		"thumbprint": func(p Port) (string, error) { return p.KeyThumbprint() },
		"proof": func(p Port) (string, error) {
			proof, err := p.Prove("GET", "https://api.test/me", "n-1", oauth.NewSecret("at-canary"))
			return strings.SplitN(proof, ".", 2)[0], err // a proof has an id of its own
		},
	} {
		want, wantErr := do(local)
		got, err := do(remote)
		assert.Equal(t, want, got, name)
		assert.Equal(t, describe(wantErr), describe(err), name)
	}
	assert.NotContains(t, strings.Join(c.answers, ""), "rt-canary")
}

func value(t testing.TB, text string) oauth.Value {
	v, err := oauth.ParseJSON(text)
	require.NoError(t, err)
	return v
}

// Whatever is sent to a vault, it speaks to its own provider alone, gives no refresh token away, and loses none.
func FuzzServe(f *testing.F) {
	full(f)
	for _, call := range []string{
		"metadata {}", "push \"a=b\"", "restore {}", `heard "{\"ask\":0}"`, `heard "{\"record\":{}}"`, "heard 1", "retry {}", "", " ", "renew", "renew [",
		`renew {"audience":"https://evil.test","scope":"x","unwanted":"y","leeway":-1}`, `renew {"leeway":9e99}`,
		`exchange {"code":"c","code_verifier":"` + verifier + `","redirect_uri":"https://evil.test/"}`, `exchange {"code_verifier":"short"}`,
		`open "a.b.c"`, `open https://evil.test {}`, `trade {"form":"subject_token=x","scope":"y","secrets":["x",1,null]}`, `nonce {"id":"https://evil.test","heard":"n"}`,
		`prove {"method":"POST","url":"https://evil.test","value":"x"}`, `user-info {"type":"Bearer\r\nX: y","value":"x","subject":"u1"}`, `thumbprint {}`, `__proto__ {}`,
	} {
		f.Add(call)
	}
	f.Fuzz(func(t *testing.T, call string) {
		if verb, _ := oauth.FirstWord(call); verb == "revoke" || verb == "sign-out" {
			return // it may do that: the user could
		}
		w, v := signedIn(t)
		v.KeepTokens = true
		w.server.answers(func(n int, r request) (*oauth.HTTPResponse, error) {
			if r.form.Get("grant_type") == "authorization_code" { // which the provider has never given
				return refuse(400, `{"error":"invalid_grant"}`)(n, r)
			}
			return grants(nil)(n, r)
		})
		w.server.informing = []reply{status(200, "application/json", `{"sub":"u1"}`)}
		answer := v.Serve(call)
		_, err := oauth.ParseJSON(answer)
		require.NoError(t, err, "an answer is JSON")
		require.NotContains(t, answer, "rt-canary")
		require.NotContains(t, answer, "at-canary")
		for _, r := range w.server.sent {
			require.True(t, strings.HasPrefix(r.url, issuer+"/"), r.url)
		}
		require.NotEmpty(t, w.record().refreshToken.Reveal())
	})
}
