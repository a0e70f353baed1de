package session

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/storage"
)

const (
	historyVersion = 1
	// A user who signs in more often than this within loopTime is no user but a page that sends them round and round.
	mostLogins = 4
	loopTime   = time.Minute
	// mostStates is how much is remembered of the answers that were used: eight of our states.
	mostStates = 8 * 44
)

// history is what this tab remembers of its logins: enough to see that they go in circles, and that an answer comes a second time. It holds
// no secret: a state that was used opens nothing.
type history struct {
	starts []time.Duration // since the epoch
	last   string          // what the last callback came to; "" before there was one
	states string          // that have been used, a space between them, newest last
}

// worked is history.last where the callback ended well.
const worked = "ok"

// key is where something of this client's own stands among the tab's transactions.
func (c *Client) key(prefix string) string {
	return prefix + oauth.Escape(c.Issuer) + ":" + oauth.Escape(c.ClientID)
}

func (c *Client) historyKey() string { return c.key("postern:history:") }

func (c *Client) history() (h history) {
	payload, _, _ := storage.Read(c.Transactions, c.historyKey(), historyVersion)
	v, err := oauth.ParseJSON(payload)
	if err != nil {
		return h
	}
	for w := v.Get("starts").Walk(); w.Next(); {
		ms, _ := w.Value.Whole()
		if at := time.Duration(ms) * time.Millisecond; (c.Now() - at).Abs() < loopTime {
			h.starts = append(h.starts, at)
		}
	}
	h.last = v.Get("last").Str()
	h.states = v.Get("states").Str()
	return h
}

// save keeps the history for the tab's next page; without a store there is none, and nothing depends on it.
func (c *Client) save(h history) {
	if len(h.states) > mostStates {
		h.states = h.states[len(h.states)-mostStates:] // the oldest, cut short, matches nothing
	}
	var w oauth.Writer
	w.Open("starts", "[")
	for _, at := range h.starts {
		w.Num(oauth.Item, int64(at/time.Millisecond))
	}
	w.Close("]").Str("last", h.last).Str("states", h.states)
	_ = storage.Put(c.Transactions, c.historyKey(), historyVersion, w.String())
}

// noteStart counts a login, and refuses it where they go in circles: an application that answers every failure with another login would
// send its user back and forth for ever, and never say why. A page counts once, however many logins it has under way.
func (c *Client) noteStart() error {
	if c.started {
		return nil
	}
	h := c.history()
	if len(h.starts) >= mostLogins {
		why := "the last answer failed: " + h.last
		switch h.last {
		case "":
			why = "none of the answers was handled: call handleRedirectCallback on the page that redirect_uri names"
		case worked:
			why = "each succeeded, and the session was gone afterwards: look for a logout, a store that is cleared, " +
				"or pages that use different issuers, client ids or cacheLocations"
		}
		return oauth.Fail(oauth.LoginLoop, "login", "four logins were started within a minute; "+why)
	}
	c.started = true
	h.starts = append(h.starts, c.Now())
	h.last = ""
	c.save(h)
	return nil
}

// noteAnswer remembers what an answer came to and, unless it is "", that its state has been used.
func (c *Client) noteAnswer(state string, err error) {
	h := c.history()
	if state != "" {
		h.states += " " + state
	}
	h.last = worked
	if err != nil {
		h.last = oauth.AsError(err).Error()
	}
	c.save(h)
}

// used reports whether an answer with this state has been used. Ours are base64url; one with a space is a forger's, and none of the list.
func (h *history) used(state string) bool {
	_, rest := oauth.FirstWord(state + " ")
	return rest == "" && oauth.HasScopes(h.states, state)
}
