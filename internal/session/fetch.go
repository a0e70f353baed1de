package session

import (
	"time"

	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
)

// Authorize says what a request to an API must carry, as JSON for the loader, which sends it; and once there is an answer, whether the request is
// to be sent again, or "". call has the request's url, its origin as the browser reads it, method and authorizationParams; of an answer status,
// challenge and nonce; sent is what this returned before, and once says that the body can't be sent again.
//
// Beside step_up_required it returns the authorizationParams of the login that is wanted.
func (c *Client) Authorize(call oauth.Value) (string, error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	origin, server := call.Get("origin").Str(), call.Get("nonceId").Str()
	if err := oauth.CheckOrigin(c.APIOrigins, origin); err != nil {
		return "", err
	}
	if server == "" {
		server = origin
	}
	nonce, proof := "", ""
	if edition.Full && c.UseDPoP {
		nonce = c.Vault.Nonce(server, call.Get("nonce").Str())
	}
	status, answered := call.Get("status").Whole()
	if answered && status != 401 {
		return "", nil
	}
	options, _ := oauth.ParseJSON((&oauth.Writer{}).Raw("authorizationParams", call.Get("authorizationParams").Raw()).String())
	r, err := c.request(options)
	if err != nil {
		return "", err
	}
	t, err := c.token(r)
	if err != nil {
		return "", err
	}
	sent := call.Get("sent")
	tried := sent.Get("tried").Str()
	if answered {
		demand, err := oauth.ReadDemand(call.Get("challenge").Str(), t.Type)
		if err != nil {
			return "", err
		}
		remedy, err := c.remedy(demand, call, tried)
		switch {
		case oauth.AsError(err).Code == oauth.StepUpRequired:
			var params oauth.Writer
			return params.Str("acr_values", demand.ACRValues).Str("max_age", demand.MaxAge).String(), err
		case err != nil || remedy == "" || call.Get("once").True():
			return "", err
		case remedy == newToken && sent.Get("authorization").Str() == authorization(t):
			if t, err = c.instead(r, t); err != nil {
				return "", err
			}
		}
		tried += " " + remedy
	}
	if edition.Full && c.UseDPoP {
		if proof, err = c.prove(call.Get("method").Str(), call.Get("url").Str(), nonce, t.Value); err != nil {
			return "", err
		}
	}
	var w oauth.Writer
	return w.Str("authorization", authorization(t)).Str("dpop", proof).Str("tried", tried).String(), nil
}

func authorization(t *vault.Token) string { return t.Type + " " + t.Value.Reveal() }

// What may be tried before a request is sent again, each once.
const (
	newNonce = "nonce"
	newToken = "token"
)

// remedy is what may help against a refusal, and "" where nothing does: then the application has the answer.
func (c *Client) remedy(demand *oauth.Demand, call oauth.Value, tried string) (string, error) {
	nonce := false
	var err error
	if edition.Full && c.UseDPoP {
		nonce, err = demand.WantsNonce(call.Get("nonce").Str(), oauth.HasScopes(tried, newNonce))
	}
	switch {
	case demand.Code == "insufficient_user_authentication":
		if !edition.Full {
			return "", edition.Lacking
		}
		return "", c.stepUp(demand)
	case err != nil:
		return "", err
	case nonce:
		return newNonce, nil
	case demand.Code != "" && demand.Code != "invalid_token" || oauth.HasScopes(tried, newToken):
		return "", nil
	}
	return newToken, nil
}

// stepUp is the error of an API that wants the user to have signed in otherwise, or lately (RFC 9470). One who has, and whom it refuses all the
// same, would be sent to sign in again and again.
func (c *Client) stepUp(demand *oauth.Demand) error {
	c.mu.Lock()
	var claims oauth.Value
	if c.idToken != nil {
		claims = c.idToken.Claims
	}
	c.mu.Unlock()
	acr := claims.Get("acr").Str()
	at, _ := claims.Get("auth_time").Whole()
	age, _ := oauth.ParseJSON(oauth.Quote(demand.MaxAge))
	fits := demand.ACRValues == "" || acr != "" && oauth.HasScopes(demand.ACRValues, acr)
	recent := demand.MaxAge == "" || at+maxAge(age) > int64(c.Now()/time.Second)
	if fits && recent && demand.ACRValues+demand.MaxAge != "" {
		return oauth.Fail(oauth.LoginLoop, "fetch", "the API wants a sign-in that the user has had already; it may not see acr or auth_time in the access token")
	}
	return oauth.Fail(oauth.StepUpRequired, "fetch", "the API wants another sign-in; give this error's authorizationParams to loginWithRedirect")
}
