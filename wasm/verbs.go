//go:build js

package main

import (
	"time"

	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/session"
)

// cached answers nearly every call for a token.
func cached(id int, now, elapsed time.Duration) string {
	c := client(id)
	if c == nil {
		return ""
	}
	return c.Cached(now, elapsed)
}

// dispatch runs a verb of the API. Options come and results go as JSON, one text each way: a handle for every member would cost more
// than parsing does.
func dispatch(id int, verb, options string) (string, error) {
	switch verb {
	case "create":
		return create(id, options)
	case "open":
		return "", serve(id, options)
	case "vault":
		answer := vaults[id].Serve(options)
		if answer == "" {
			return "", edition.Lacking
		}
		return oauth.Quote(answer), nil
	case "bear":
		if !edition.Full {
			return "", edition.Lacking
		}
		authorization, err := vaults[id].Bear(oauth.FirstWord(options))
		return oauth.Quote(authorization), err
	}
	c := client(id)
	if c == nil {
		return "", oauth.Fail(oauth.ClientClosed, "client", "there is no such client")
	}
	switch verb {
	case "callback":
		return c.Callback(options)
	case "wake":
		c.Wake(options)
		return "", nil
	case "heard":
		return "", c.Heard(options)
	case "initiate", "frontchannel":
		return rest(c, verb, options)
	}
	in, err := parse(verb, options)
	if err != nil {
		return "", err
	}
	switch verb {
	case "login":
		url, err := c.Login(in)
		return oauth.Quote(url), err
	case "token":
		t, err := c.Token(in)
		if err != nil || t == nil {
			return "", err
		}
		if in.Get("detailedResponse").True() {
			return c.Describe(t), nil
		}
		return oauth.Quote(t.Value.Reveal()), nil
	case "popup":
		return "", c.Popup(in)
	case "restore":
		return "", c.Check(in, false)
	case "check":
		return "", c.Check(in, true)
	case "authorize":
		return c.Authorize(in)
	case "logout":
		url, err := c.Logout(in)
		return oauth.Quote(url), err
	case "revoke":
		return "", c.Revoke()
	case "user":
		return c.User()
	case "claims":
		return c.IDTokenClaims()
	case "authenticated":
		return truth(c.IsAuthenticated())
	case "close":
		c.Close()
		return "", nil
	}
	return rest(c, verb, options)
}

// rest runs the verbs that few pages use.
func rest(c *session.Client, verb, options string) (string, error) {
	if !edition.Full {
		return "", edition.Lacking
	}
	switch verb {
	case "initiate":
		return c.Initiate(options)
	case "frontchannel":
		return truth(c.FrontChannel(options))
	}
	in, err := parse(verb, options)
	if err != nil {
		return "", err
	}
	switch verb {
	case "monitor":
		url, err := c.Monitor()
		return oauth.Quote(url), err
	case "recheck":
		return "", c.Recheck()
	case "exchange":
		return c.Trade(in)
	case "userinfo":
		return c.UserInfo()
	case "proof":
		proof, err := c.Proof(in)
		return oauth.Quote(proof), err
	case "nonce":
		nonce, err := c.Nonce(in)
		if nonce == "" {
			return "", err
		}
		return oauth.Quote(nonce), err
	}
	return "", oauth.Fail(oauth.Internal, verb, "the loader and the module are of different versions; reload the page")
}

func parse(verb, options string) (oauth.Value, error) {
	in, err := oauth.ParseJSON(options)
	if err != nil {
		err = oauth.Fail(oauth.ConfigInvalid, verb, "the options hold what the module can't read as JSON")
	}
	return in, err
}

func truth(yes bool, err error) (string, error) {
	if yes {
		return "true", err
	}
	return "false", err
}
