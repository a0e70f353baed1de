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
	// login: only the user can go on, since there is no session or no refresh token.
	login
	// again: another login took this one's place, or this page held the lock for so long that it may have lost it. The token that stands
	// in the record is used under a lock of its own.
	again
	// ask: somebody else has used the refresh token that stands here. Ask the pages of the family what came of it, and let their writes arrive.
	ask
	// probe: the token may be sent once more, if the provider can be reached at all.
	probe
	// send: mark the attempt and send the refresh token.
	send
	// later: the provider is in trouble and wants to be left alone for a while.
	later
	// uncertain: the token was sent twice, or by somebody who is gone, and nobody knows what came of it; once more would look like theft.
	uncertain
	// commit: the server rotated the family; store its answer before anything else.
	commit
	// keep: nobody knows what the server did; the attempt stays marked.
	keep
	// forget: the server refused for reasons of its own and kept the token; this attempt never was, an earlier one stays marked.
	forget
	// over: the server ended the family.
	over
	// ended: the user signed out, in some page of the origin.
	ended
	// discard: the user signed out, or in again, while the answer was on its way. What came is revoked, never stored.
	discard
)

// answer is how an exchange ended.
type answer byte

const (
	none    answer = iota // nothing has been sent yet
	granted               // new tokens came
	refused               // invalid_grant: the server says the refresh token is no longer good
	failed                // the server spoke, but not about the token: 429, 5xx, another error
	unknown               // no answer, or none that can be read: the server may have rotated the family
)

// mostSends is one use and one replay: RFC 9700 section 4.14 has the server take more for theft.
const mostSends = 2

// invalidGrant is the one answer that ends a family (RFC 6749 section 5.2).
const invalidGrant = "invalid_grant"

// reach says whether a probe got through to the provider.
type reach byte

const (
	notProbed reach = iota
	reached
	unreachable
)

// situation is all that a decision depends on.
type situation struct {
	// family is the one whose lock is held.
	family string
	// rec is the record as it is now, and mark what the family's pages noted beside it.
	rec  *record
	mark mark
	// sent is the record as it was marked before sending; nil before.
	sent   *record
	answer answer
	// asked says that the other pages have been asked, and had time to answer.
	asked bool
	probe reach
	// overdue says that the lock was held for so long that a page which waits for it may take it.
	overdue bool
	// waiting says that the last answers were trouble, and that it's too early to try again.
	waiting bool
	// mine says that the attempt in the record is this page's own, so that nobody else knows more of it.
	mine bool
	// want is the token asked for, as the record holds it.
	want *Token // nil where it holds none
	// unwanted says that the caller has that very token already, and can't use it.
	unwanted bool
	leeway   time.Duration
	now      time.Duration
}

// decide is the whole of the protocol's judgement: given the record, the marks, the answer and the clock it says what to do, and does
// nothing itself. The exhaustive search of explore_test.go drives it through every order of events.
func decide(s *situation) action {
	if s.answer != none {
		return s.judgeAnswer()
	}
	good := s.want.Good(s.now, s.leeway)
	switch {
	case !s.rec.signedIn():
		return login
	case s.rec.family != s.family:
		return again
	case s.mark.ended:
		return ended
	case good && !s.unwanted:
		return adopt
	case s.rec.refreshToken.Empty():
		return login
	}
	return s.use()
}

// use says whether the refresh token in the record may be sent.
func (s *situation) use() action {
	sends := s.sends()
	switch {
	case s.overdue:
		return again
	case s.mark.gen > s.rec.gen:
		// An ancestor of a token that is known to have been used: sending it would end the family.
		if s.asked {
			return uncertain
		}
		return ask
	case s.waiting:
		return later
	case sends == 0:
		return send
	case !s.mine && !s.asked:
		return ask
	case sends >= mostSends:
		return uncertain
	case s.probe == notProbed:
		return probe
	case s.probe == unreachable:
		return keep
	}
	return send
}

// sends is how often the refresh token in the record was sent with an outcome that nobody knows.
func (s *situation) sends() int {
	if s.mark.gen == s.rec.gen {
		return max(s.rec.attempt.sends, s.mark.sends)
	}
	return s.rec.attempt.sends
}

// judgeAnswer says what an answer means for the record as it is now: the world may have moved while it was on its way.
func (s *situation) judgeAnswer() action {
	gone := s.mark.ended || s.rec.epoch != s.sent.epoch || s.rec.family != s.sent.family
	next := s.sent.gen + 1
	moved := s.rec.gen != s.sent.gen || s.mark.gen > next || s.mark.gen == next && s.mark.sends > 0
	switch {
	case gone && s.answer == granted:
		return discard
	case s.mark.ended:
		return ended
	case gone || moved:
		// A sibling that took over from this page, which had slept, was faster. What came here is its equal or its ancestor, and to revoke
		// it would end the family.
		return adopt
	case s.answer == granted:
		return commit
	case s.answer == failed:
		return forget
	case s.answer == refused && !s.asked:
		return ask
	case s.answer == refused:
		return over
	}
	if a := s.use(); a != uncertain && a != later {
		return a
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
	case e.Code == oauth.TokenEndpointError || e.Code == oauth.RateLimited || e.Code.NeedsUser(),
		e.Code == oauth.DPoPFailed || e.Code == oauth.DPoPNonceUnreadable || e.Code == oauth.DPoPDowngrade:
		return failed
	}
	return unknown
}
