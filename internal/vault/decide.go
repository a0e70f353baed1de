package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// action is what the holder of the family lock does next.
type action byte

const (
	// adopt: the record holds what is wanted; another tab was faster.
	adopt action = iota
	// send: mark the attempt and send the refresh token.
	send
	// login: only the user can go on, since there is no refresh token.
	login
	// uncertain: the token was sent twice and nobody knows what came of it; a third time would look like theft.
	uncertain
	// commit: the server rotated the family; store its answer before anything else.
	commit
	// keep: nobody knows what the server did; the attempt stays marked.
	keep
	// forget: the server refused for reasons of its own and kept the token; this attempt never was, an earlier one stays marked.
	forget
	// over: the server ended the family.
	over
	// discard: the user signed out, or another family took this one's place, while the answer was on its way. It is revoked, never stored.
	discard
)

// answer is how an exchange ended.
type answer byte

const (
	none      answer = iota // nothing has been sent yet
	granted                 // new tokens came
	refused                 // invalid_grant: the server says the refresh token is no longer good
	failed                  // the server spoke, but not about the token: 429, 5xx, another error
	unknown                 // no answer, or none that can be read: the server may have rotated the family
	mostSends = 2           // one use and one replay (RFC 9700 section 4.14 has the server take more for theft)
)

// invalidGrant is the one answer that ends a family (RFC 6749 section 5.2).
const invalidGrant = "invalid_grant"

// situation is all that a decision depends on.
type situation struct {
	// rec is the record as it is now, under the lock.
	rec *record
	// sent is the record as it was marked before sending; without answer it is what the caller had seen.
	sent   *record
	answer answer
	// want is the token asked for, as the record holds it.
	want   *Token // nil where it holds none
	force  bool
	leeway time.Duration
	now    time.Duration
}

// decide is the whole of the protocol's judgement: given the record, the answer and the clock it says what to do, and does nothing itself.
func decide(s *situation) action {
	if s.answer == none {
		good := s.want.Good(s.now, s.leeway)
		switch {
		case !s.rec.signedIn():
			return login
		case good && (!s.force || s.rec.moved(s.sent)):
			return adopt
		case s.rec.refreshToken.Empty():
			return login
		case s.rec.attempt.sends >= mostSends:
			return uncertain
		}
		return send
	}
	moved := s.rec.moved(s.sent)
	switch {
	case s.answer == granted && moved:
		return discard
	case s.answer == granted:
		return commit
	case moved:
		return adopt
	case s.answer == refused:
		return over
	case s.answer == failed:
		return forget
	}
	return keep
}

// judge tells apart what came back. Only a confirmed invalid_grant ends a family: one 503 that signed everybody out would be the
// server's worst day and every user's.
func judge(response *oauth.TokenResponse, err error) answer {
	if err == nil || response != nil && !response.RefreshToken.Empty() {
		return granted
	}
	switch e := oauth.AsError(err); {
	case e.ServerCode == invalidGrant && !e.Retryable:
		return refused
	case e.Code == oauth.TokenEndpointError || e.Code == oauth.RateLimited || e.Code == oauth.MFARequired:
		return failed
	}
	return unknown
}
