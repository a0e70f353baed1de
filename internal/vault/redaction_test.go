package vault

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

// Some servers repeat in their error what they were sent: whole, cut short by our own limit, or as an error code.
func TestEchoedSecrets(t *testing.T) {
	long := "rt-" + strings.Repeat("canary-", 60)
	echoes := func(secret string) map[string]string {
		return map[string]string{
			"description": `{"error":"invalid_request","error_description":"unknown token ` + secret + `"}`,
			"error":       `{"error":"unknown_` + secret + `"}`,
			"both":        `{"error":"` + secret + `","error_description":"` + secret + `"}`,
		}
	}
	for name, body := range echoes(long) {
		t.Run("refresh token, "+name, func(t *testing.T) {
			w := newWorld(t)
			v := w.page()
			w.server.answers(grants(map[string]string{"refresh_token": quoted(long)}), refuse(400, body))
			w.signIn(v)
			w.clock += lifetime
			_, err := v.Renew(wanted())
			e := requireCode(t, err, oauth.TokenEndpointError)
			assert.Equal(t, "[redacted]", e.Description)
			assert.Empty(t, e.ServerCode)
			assert.Equal(t, long, w.record().refreshToken.Reveal())
		})
	}
	for name, body := range echoes("canary-subject") {
		t.Run("subject token, "+name, func(t *testing.T) {
			w := newWorld(t)
			w.server.answers(refuse(400, body))
			_, err := w.page().Trade("subject_token=canary-subject", "", []string{"canary-subject"})
			assert.Equal(t, "[redacted]", requireCode(t, err, oauth.TokenEndpointError).Description)
		})
	}
	for name, secret := range map[string]string{"code": authCode, "verifier": verifier} {
		bodies := echoes(secret)
		bodies["escaped"] = `{"error":"invalid_request","error_description":"\u0063` + secret[1:] + `"}` // both begin with a c
		for how, body := range bodies {
			t.Run(name+", "+how, func(t *testing.T) {
				w := newWorld(t)
				w.server.answers(refuse(400, body))
				_, err := w.page().Exchange(exchange(t))
				requireCode(t, err, oauth.TokenEndpointError)
			})
		}
	}
}

// An error that repeats nothing keeps its words.
func TestPlainErrorsStayReadable(t *testing.T) {
	w, v := signedIn(t)
	w.server.answers(refuse(400, `{"error":"invalid_scope","error_description":"no such scope"}`))
	_, err := v.Renew(wanted())
	e := requireCode(t, err, oauth.TokenEndpointError)
	assert.Equal(t, "invalid_scope", e.ServerCode)
	assert.Equal(t, "no such scope", e.Description)
}

func TestNothingPrints(t *testing.T) {
	w, v := signedIn(t)
	held, err := v.Restore()
	require.NoError(t, err)
	rec := w.record()
	x := exchange(t)
	requireClean(t, held, *held, held.Tokens, held.Tokens[0], *held.Tokens[0], rec, *rec, []*record{rec}, x, *x,
		situation{rec: rec, sent: rec, want: held.Tokens[0]}, flight{held: held})
}

// What leaves through Port holds no refresh token, however it is taken apart.
func TestHeldHasNoRefreshToken(t *testing.T) {
	_, v := signedIn(t)
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	for _, token := range held.Tokens {
		assert.NotContains(t, token.Value.Reveal()+token.Scope+token.Granted+token.Audience+token.Type, "rt-")
	}
	assert.NotContains(t, held.IDToken.Reveal(), "rt-")
}
