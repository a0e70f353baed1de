package fault

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"strconv"

	"github.com/postern-auth/postern/tools/serve/ledger"
)

const maxBody = 1 << 20

// Token puts the faults and the ledger in front of a token endpoint.
//
// The provider's answer is kept back until the faults after the commit have had their turn, so that "the server has rotated, the
// client has heard nothing" is a state a test can stop in.
func (c *Control) Token(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseForm(); err != nil {
			http.Error(w, "the token endpoint takes a form of at most 1 MB", http.StatusBadRequest)
			return
		}
		attempt := c.ledger.Begin(r.PostForm.Get("grant_type"), r.PostForm.Get("refresh_token"), r.Header.Get("Origin"))

		if reply := c.pass(BeforeCommit, attempt); reply != nil {
			attempt.Refused(reply.Status)
			maps.Copy(w.Header(), reply.Header)
			w.WriteHeader(reply.Status)
			_, _ = w.Write([]byte(reply.Body))
			return
		}

		// A client that has gone away doesn't stop a server that is at work. go-oidc would commit and then write nothing.
		answer := &response{header: http.Header{}}
		next.ServeHTTP(answer, r.WithContext(attempt.In(context.WithoutCancel(r.Context()))))
		answer.WriteHeader(http.StatusOK) // what net/http says for a handler that has said nothing
		attempt.Processed(answer.status)

		c.pass(AfterCommit, attempt)
		c.send(w, answer, attempt)
	})
}

// send writes the answer in three pieces, each flushed before the faults of its point. Content-Length is always that of the whole, so
// that a client can tell a cut answer from a short one.
func (c *Control) send(w http.ResponseWriter, answer *response, attempt *ledger.Attempt) {
	body := answer.body.Bytes()
	flush := http.NewResponseController(w).Flush

	maps.Copy(w.Header(), answer.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.status)
	_ = flush()
	c.pass(AfterHeaders, attempt)

	half := len(body) / 2
	_, _ = w.Write(body[:half])
	_ = flush()
	c.pass(MidBody, attempt)

	_, _ = w.Write(body[half:])
}

// pass applies the faults that are due at p. It doesn't return if the connection is to be cut there.
func (c *Control) pass(p Point, attempt *ledger.Attempt) *Reply {
	for _, r := range c.take(p) {
		if r.reply != nil {
			return r.reply
		}
		if r.barrier == nil || r.barrier.wait() {
			attempt.Cut(string(p))
			panic(http.ErrAbortHandler)
		}
	}
	return nil
}

// response is an answer that hasn't been sent.
type response struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *response) Header() http.Header { return r.header }

func (r *response) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *response) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}
