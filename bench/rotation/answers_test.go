package rotation

import (
	"encoding/json"
	"net/http"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/tools/serve/fault"
)

// passing is required wherever the provider is in trouble that passes.
const passing = "Still signed in, no family revoked. An error that says that it will pass, and a token again when it has."

var answerCases = []testCase{
	{
		id: "503", title: "503 with JSON",
		what: "One renewal is answered with 503, `Retry-After: 1` and " +
			"`{\"error\": \"temporarily_unavailable\"}`, and the provider never sees the token.",
		required: passing,
		call:     "the call", rows: single, run: answered(fault.Unavailable),
	},
	{
		id: "429", title: "429 with Retry-After",
		what: "One renewal is answered with 429, `Retry-After: 3` and `{\"error\": \"too_many_requests\"}`. The next call comes at once, within " +
			"those seconds.",
		required: passing + " Nothing is sent before the three seconds are over.",
		call:     "the call", rows: single,
		run: answered(fault.Reply{
			Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"3"}, "Content-Type": {"application/json"}},
			Body: `{"error":"too_many_requests","error_description":"Too many requests. Try again in three seconds."}`,
		}),
	},
	{
		id: "500", title: "500 with HTML",
		what:     "One renewal is answered with 500 and a page of HTML, as a proxy does.",
		required: passing,
		call:     "the call", rows: single,
		run: answered(fault.Reply{
			Status: http.StatusInternalServerError, Header: http.Header{"Content-Type": {"text/html"}},
			Body: "<!doctype html><title>500</title><h1>Internal Server Error</h1>",
		}),
	},
	{
		id: "no-refresh-token", title: "200 without a refresh token",
		what: "One renewal is answered with tokens but without a refresh token, which RFC 6749 section 6 leaves to the server. The old one stays " +
			"good.",
		required: "The old refresh token is kept: still signed in, no family revoked.",
		call:     "the call", rows: single, run: withoutRefreshToken,
	},
}

// answered is one renewal that is answered in the provider's place.
func answered(r fault.Reply) func(*world) {
	return func(w *world) {
		p := w.open(1)[0]
		w.stack.Faults().Answer(1, r)
		w.facts.call = expire(p)
		w.facts.phase()
		w.afterwards(p)
	}
}

// withoutRefreshToken repeats the tokens of the sign-in, but for the refresh token, without asking the provider: had that rotated it, the
// old one would be dead.
func withoutRefreshToken(w *world) {
	p := w.open(1)[0]
	var tokens map[string]any
	require.NoError(w, json.Unmarshal(w.front.Answer(), &tokens))
	require.Contains(w, tokens, "refresh_token")
	delete(tokens, "refresh_token")
	body, err := json.Marshal(tokens)
	require.NoError(w, err)
	w.stack.Faults().Answer(1, fault.Reply{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: string(body),
	})
	w.facts.call = expire(p)
	w.facts.phase()
	w.afterwards(p)
}
