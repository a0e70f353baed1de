package stack_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
	"github.com/postern-auth/postern/tools/serve/ledger"
	"github.com/postern-auth/postern/tools/serve/stack"
)

// press arms a fault as the demo page does.
func (b *browser) press(name string) answer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.stack.IssuerURL()+"/faults", strings.NewReader(`{"fault":"`+name+`"}`))
	require.NoError(b, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", b.stack.AppURL())
	return b.do(r)
}

// cut sends a form whose answer is expected to be cut. It returns what arrived of it: no response, or some of the body.
func (b *browser) cut(form map[string][]string) (*http.Response, []byte) {
	b.Helper()
	response, err := b.http.Do(b.form("/token", form))
	if err != nil {
		return nil, nil
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	assert.ErrorIs(b, err, io.ErrUnexpectedEOF)
	return response, body
}

func TestUnavailableOnce(t *testing.T) {
	s := start(t, stack.Config{Faults: true})
	b := open(t, s)
	token := b.signIn().RefreshToken
	assert.Equal(t, http.StatusOK, b.press("unavailable_once").StatusCode)

	busy := b.post("/token", refreshForm(token))
	assert.Equal(t, http.StatusServiceUnavailable, busy.StatusCode)
	assert.Equal(t, "1", busy.Header.Get("Retry-After"))
	assert.Equal(t, "application/json", busy.Header.Get("Content-Type"))
	assert.Equal(t, s.AppURL(), busy.Header.Get("Access-Control-Allow-Origin"))
	_, parsed := b.read(busy)
	assert.Equal(t, "temporarily_unavailable", parsed.Error)

	status, _ := b.refresh(token)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, 1, s.Ledger().MaxUses())
	assert.Equal(t, 2, s.Ledger().MaxSends())
}

func TestLoseNextResponse(t *testing.T) {
	s := start(t, stack.Config{Faults: true})
	b := open(t, s)
	token := b.signIn().RefreshToken
	b.press("lose_next_response")
	response, body := b.cut(refreshForm(token))
	require.NotNil(t, response)
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.NotEmpty(t, body)

	last := s.Ledger().Entries()[1]
	assert.Equal(t, "mid_body", last.Cut)
	assert.True(t, last.Processed)
	assert.NotEmpty(t, last.Issued, "the server has rotated")
	_, refused := b.refresh(token)
	assert.Equal(t, "invalid_grant", refused.Error)
}

func TestRevokeSessions(t *testing.T) {
	s := start(t, stack.Config{Faults: true})
	b := open(t, s)
	token := b.signIn().RefreshToken
	s.Faults().RevokeSessions()
	_, refused := b.refresh(token)
	assert.Equal(t, "invalid_grant", refused.Error)
	require.Len(t, s.Ledger().Revocations(), 1)
	assert.Equal(t, ledger.ByFault, s.Ledger().Revocations()[0].Reason)

	l, a := b.authorize("prompt", "none")
	assert.NotEmpty(t, b.callback(l, a).Get("code"), "the provider still knows the user")

	b.press("revoke_sessions")
	l, a = b.authorize("prompt", "none")
	assert.Equal(t, "login_required", b.callback(l, a).Get("error"), "and no more after the demo's switch")
}

func TestExpireNow(t *testing.T) {
	b := open(t, start(t, stack.Config{Faults: true}))
	got := b.signIn()
	assert.Equal(t, http.StatusOK, b.me(got.AccessToken).StatusCode)
	b.press("expire_now")
	refused := b.me(got.AccessToken)
	assert.Equal(t, http.StatusUnauthorized, refused.StatusCode)
	assert.Contains(t, refused.Header.Get("WWW-Authenticate"), `Bearer error="invalid_token"`)
	_, got = b.refresh(got.RefreshToken)
	assert.Equal(t, http.StatusOK, b.me(got.AccessToken).StatusCode, "a token of the same second is good")
}

func TestFaultsOverHTTP(t *testing.T) {
	s := start(t, stack.Config{Faults: true})
	b := open(t, s)
	b.press("unavailable_once")
	var report fault.Report
	decode(t, b.press("lose_next_response"), &report)
	assert.Equal(t, []string{"answer 503, 1 more", "cut at mid_body, 1 more"}, report.Armed)
	decode(t, b.press("clear"), &report)
	assert.Empty(t, report.Armed)
	token := b.signIn().RefreshToken
	b.refresh(token)
	decode(t, b.get(s.IssuerURL()+"/faults"), &report)
	assert.Equal(t, fault.Totals{CodeExchanges: 1, Refreshes: 1, MaxUses: 1, MaxSends: 1}, report.Ledger)

	unknown := b.press("explode")
	assert.Equal(t, http.StatusBadRequest, unknown.StatusCode)
	assert.Contains(t, unknown.body, "use unavailable_once")
	assert.Equal(t, http.StatusBadRequest, b.post("/faults", pairs("fault", "clear")).StatusCode, "a form needs no preflight")

	off := open(t, start(t, stack.Config{}))
	assert.Equal(t, http.StatusNotFound, off.press("clear").StatusCode)
}

func TestCutAtEachPoint(t *testing.T) {
	for _, c := range []struct {
		point     fault.Point
		processed bool
		headers   bool
		body      bool
	}{
		{fault.BeforeCommit, false, false, false},
		{fault.AfterCommit, true, false, false},
		{fault.AfterHeaders, true, true, false},
		{fault.MidBody, true, true, true},
	} {
		t.Run(string(c.point), func(t *testing.T) {
			s := start(t, stack.Config{})
			b := open(t, s)
			token := b.signIn().RefreshToken
			s.Faults().Cut(c.point, 1)
			response, body := b.cut(refreshForm(token))
			assert.Equal(t, c.headers, response != nil)
			assert.Equal(t, c.body, len(body) > 0)
			e := s.Ledger().Entries()[1]
			assert.Equal(t, c.processed, e.Processed)
			assert.Equal(t, string(c.point), e.Cut)
		})
	}
}

func TestHoldAtEachPoint(t *testing.T) {
	for _, point := range []fault.Point{fault.BeforeCommit, fault.AfterCommit, fault.AfterHeaders, fault.MidBody} {
		for _, cut := range []bool{false, true} {
			t.Run(string(point), func(t *testing.T) {
				s := start(t, stack.Config{})
				b, other := open(t, s), open(t, s)
				token, others := b.signIn().RefreshToken, other.signIn().RefreshToken
				gate := s.Faults().Hold(point, 1)
				arrived := make(chan []byte)
				go func() {
					defer close(arrived)
					response, err := b.http.Do(b.form("/token", refreshForm(token)))
					if err != nil {
						return
					}
					defer response.Body.Close()
					body, err := io.ReadAll(response.Body)
					if err == nil {
						arrived <- body
					}
				}()
				require.NoError(t, gate.Arrived(t.Context(), 1))
				assert.Equal(t, point != fault.BeforeCommit, s.Ledger().Entries()[2].Processed)
				assert.Equal(t, []string{"hold at " + string(point) + ", 0 more, 1 waiting"}, s.Faults().Armed())
				status, _ := other.refresh(others)
				assert.Equal(t, http.StatusOK, status, "the others aren't held up")

				if cut {
					gate.Cut()
					assert.Nil(t, <-arrived)
					return
				}
				gate.Release()
				assert.True(t, bytes.HasSuffix(bytes.TrimSpace(<-arrived), []byte("}")))
			})
		}
	}
}

func TestServerOutlivesTheTab(t *testing.T) {
	s := start(t, stack.Config{})
	b := open(t, s)
	token := b.signIn().RefreshToken
	gate := s.Faults().Hold(fault.BeforeCommit, 1)
	after := s.Faults().Hold(fault.AfterCommit, 1)

	tab, kill := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		response, err := b.http.Do(b.form("/token", refreshForm(token)).WithContext(tab))
		if err == nil {
			response.Body.Close()
		}
		gone <- err
	}()
	require.NoError(t, gate.Arrived(t.Context(), 1))
	kill()
	require.True(t, errors.Is(<-gone, context.Canceled))
	gate.Release()
	require.NoError(t, after.Arrived(t.Context(), 1))
	assert.NotEmpty(t, s.Ledger().Entries()[1].Issued)
	after.Release()
}

func TestBarrierTellsWhoIsMissing(t *testing.T) {
	s := start(t, stack.Config{})
	soon, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	assert.ErrorContains(t, s.Faults().Hold(fault.AfterCommit, 2).Arrived(soon, 2), "0 of 2 token requests")
}
