package stack_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

func TestRefreshTokenNeedsOfflineAccess(t *testing.T) {
	b := open(t, start(t, stack.Config{}))
	assert.Empty(t, b.signIn("scope", "openid").RefreshToken)
}

func TestRotation(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	first := b.signIn()
	token, before := first.RefreshToken, b.claims(first.IDToken)
	for range 3 {
		status, next := b.refresh(token)
		require.Equal(t, http.StatusOK, status, next.Error)
		assert.NotEqual(t, token, next.RefreshToken)
		assert.Equal(t, http.StatusOK, b.me(next.AccessToken).StatusCode)
		after := b.claims(next.IDToken)
		for _, claim := range []string{"iss", "sub", "aud", "auth_time"} {
			assert.Equal(t, before[claim], after[claim], claim)
		}
		token = next.RefreshToken
	}

	book := s.Ledger()
	assert.Equal(t, 1, book.Requests("authorization_code"))
	assert.Equal(t, 3, book.Requests("refresh_token"))
	assert.Equal(t, 1, book.MaxUses())
	assert.Zero(t, book.Repeats())
	assert.Empty(t, book.Revocations())
	entries := book.Entries()
	require.Len(t, entries, 4)
	assert.Equal(t, ledger.Hash(first.RefreshToken), entries[0].Issued)
	for i, e := range entries[1:] {
		assert.Equal(t, i, e.Generation)
		assert.Equal(t, entries[i].Issued, e.Presented)
		assert.Equal(t, entries[0].Family, e.Family)
		assert.Equal(t, s.AppURL(), e.Origin)
		assert.Equal(t, http.StatusOK, e.Status)
		assert.NotEqual(t, first.RefreshToken, e.Presented, "the ledger keeps no token")
	}
}

// The end of the session is the login's, however often it is renewed.
func TestSessionExpiry(t *testing.T) {
	b := open(t, start(t, stack.Config{SessionLifetime: time.Hour}))
	got := b.signIn()
	claims := b.claims(got.IDToken)
	assert.InDelta(t, claims["auth_time"].(float64)+3600, claims["session_expiry"], 0)
	_, next := b.refresh(got.RefreshToken)
	assert.Equal(t, claims["session_expiry"], b.claims(next.IDToken)["session_expiry"])

	assert.NotContains(t, b.claims(open(t, start(t, stack.Config{})).signIn().IDToken), "session_expiry")
}

func TestReuseEndsTheFamily(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	old := b.signIn().RefreshToken
	_, next := b.refresh(old)

	status, refused := b.refresh(old)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "invalid_grant", refused.Error)
	_, refused = b.refresh(next.RefreshToken)
	assert.Equal(t, "invalid_grant", refused.Error, "the innocent token has died too")

	assert.Equal(t, 2, s.Ledger().MaxUses())
	assert.Equal(t, 1, s.Ledger().Repeats())
	ends := s.Ledger().Revocations()
	require.Len(t, ends, 1)
	assert.Equal(t, ledger.Reuse, ends[0].Reason)
}

func TestOverlap(t *testing.T) {
	clock := newClock()
	s := start(t, stack.Config{RotationOverlap: 10 * time.Second, Now: clock.now})
	b := open(t, s)
	root := b.signIn().RefreshToken

	_, first := b.refresh(root)
	clock.advance(9 * time.Second)
	status, second := b.refresh(root)
	assert.Equal(t, http.StatusOK, status, "a browser that resends makes twins")
	status, third := b.refresh(root)
	assert.Equal(t, http.StatusOK, status, "or triplets")
	assert.NotEqual(t, first.RefreshToken, second.RefreshToken)

	status, _ = b.refresh(second.RefreshToken)
	assert.Equal(t, http.StatusOK, status)
	status, _ = b.refresh(third.RefreshToken)
	assert.Equal(t, http.StatusOK, status, "the twin is the immediate predecessor now")
	assert.Empty(t, s.Ledger().Revocations())

	clock.advance(11 * time.Second)
	_, refused := b.refresh(first.RefreshToken)
	assert.Equal(t, "invalid_grant", refused.Error)
	assert.Len(t, s.Ledger().Revocations(), 1)
}

func TestAncestorEndsTheFamilyWithinTheOverlap(t *testing.T) {
	s := start(t, stack.Config{RotationOverlap: time.Hour})
	b := open(t, s)
	root := b.signIn().RefreshToken
	_, next := b.refresh(root)
	_, _ = b.refresh(next.RefreshToken)
	_, refused := b.refresh(root)
	assert.Equal(t, "invalid_grant", refused.Error)
	assert.Len(t, s.Ledger().Revocations(), 1)
}

func TestOneOfManyWins(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	token := b.signIn().RefreshToken
	var won atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			response, err := b.http.Do(b.form("/token", refreshForm(token)))
			if assert.NoError(t, err) {
				defer response.Body.Close()
				if response.StatusCode == http.StatusOK {
					won.Add(1)
				}
			}
		})
	}
	all.Wait()
	assert.EqualValues(t, 1, won.Load())
	assert.Equal(t, 20, s.Ledger().MaxUses())
	assert.Len(t, s.Ledger().Revocations(), 1)
}

func TestRevocation(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	got := b.signIn()
	assert.Equal(t, http.StatusOK, b.post("/revoke", pairs("client_id", stack.ClientID, "token", "unknown")).StatusCode)
	assert.Empty(t, s.Ledger().Revocations())

	gone := b.post("/revoke", pairs("client_id", stack.ClientID, "token", got.RefreshToken, "token_type_hint", "refresh_token"))
	assert.Equal(t, http.StatusOK, gone.StatusCode)
	_, refused := b.refresh(got.RefreshToken)
	assert.Equal(t, "invalid_grant", refused.Error)
	ends := s.Ledger().Revocations()
	require.Len(t, ends, 1)
	assert.Equal(t, ledger.ByClient, ends[0].Reason)
}

func TestCodeWorksOnce(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	l, page := b.authorize()
	consent := b.submit(page, "action", "sign-in", "username", "alice", "password", alice)
	code := b.callback(l, b.submit(consent, "action", "allow")).Get("code")
	_, got := b.exchange(l, code)
	_, refused := b.exchange(l, code)
	assert.Equal(t, "invalid_grant", refused.Error)
	_, refused = b.refresh(got.RefreshToken)
	assert.Equal(t, "invalid_grant", refused.Error, "a code used twice takes its tokens along")
	assert.Equal(t, ledger.BadExchange, s.Ledger().Revocations()[0].Reason)
}

func TestAudiences(t *testing.T) {
	const reports = "https://reports.example"
	s := start(t, stack.Config{Audiences: []string{reports}})
	b := open(t, s)
	token := b.signIn().RefreshToken

	_, got := b.refresh(token, "audience", reports)
	assert.Equal(t, reports, b.claims(got.AccessToken)["aud"])
	assert.Equal(t, http.StatusUnauthorized, b.me(got.AccessToken).StatusCode)
	_, got = b.refresh(got.RefreshToken)
	assert.Equal(t, s.APIURL(), b.claims(got.AccessToken)["aud"], "without one, it is the login's")
	_, got = b.refresh(got.RefreshToken, "resource", s.APIURL(), "scope", "openid")
	assert.Equal(t, "openid", got.Scope)
	token = got.RefreshToken
	_, got = b.refresh(token, "audience", "https://elsewhere.example")
	assert.Equal(t, "invalid_target", got.Error)
	status, _ := b.refresh(token)
	assert.Equal(t, http.StatusOK, status, "a refused request spends nothing")

	other := open(t, s)
	plain := other.signIn("audience", "", "resource", s.APIURL())
	assert.Equal(t, s.APIURL(), other.claims(plain.AccessToken)["aud"])
}
