package fault

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
)

// ServeHTTP is the remote control: POST {"fault": name} arms, GET reports. A POST must be JSON: that takes a preflight, so no foreign
// page can press these buttons.
func (c *Control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		c.report(w, http.StatusOK)
	case http.MethodPost:
		if err := c.press(r); err != nil {
			answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		c.report(w, http.StatusOK)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "use GET or POST", http.StatusMethodNotAllowed)
	}
}

func (c *Control) press(r *http.Request) error {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/json" {
		return fmt.Errorf("send application/json, not %q", media)
	}
	var body struct {
		Fault string `json:"fault"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<10)).Decode(&body); err != nil {
		return fmt.Errorf(`send {"fault": "name"}: %w`, err)
	}
	switch body.Fault {
	case "unavailable_once":
		c.Answer(1, Unavailable)
	case "lose_next_response":
		c.Cut(MidBody, 1)
	case "revoke_sessions":
		c.RevokeSessions()
		c.forgetSignIns() // or a hidden frame would sign the user in again
	case "expire_now":
		c.ExpireAccessTokens()
	case "clear":
		c.Clear()
	default:
		return fmt.Errorf("unknown fault %q: use unavailable_once, lose_next_response, revoke_sessions, expire_now or clear", body.Fault)
	}
	return nil
}

// Report is what GET /faults says.
type Report struct {
	Armed  []string `json:"armed"`
	Ledger Totals   `json:"ledger"`
}

// Totals are the sums over the ledger.
type Totals struct {
	CodeExchanges int `json:"codeExchanges"`
	Refreshes     int `json:"refreshes"`
	MaxUses       int `json:"maxUses"`
	MaxSends      int `json:"maxSends"`
	Revocations   int `json:"revocations"`
}

func (c *Control) report(w http.ResponseWriter, status int) {
	answer(w, status, Report{
		Armed: c.Armed(),
		Ledger: Totals{
			CodeExchanges: c.ledger.Requests("authorization_code"),
			Refreshes:     c.ledger.Requests("refresh_token"),
			MaxUses:       c.ledger.MaxUses(),
			MaxSends:      c.ledger.MaxSends(),
			Revocations:   len(c.ledger.Revocations()),
		},
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
