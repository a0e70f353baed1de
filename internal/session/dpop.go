package session

import "github.com/postern-auth/postern/internal/oauth"

// DPoP for applications that call their APIs themselves.

const (
	proofNames = "url method nonce accessToken"
	nonceNames = "id nonce"
)

// Proof makes a DPoP proof for one request (RFC 9449 section 4). options is that of generateDpopProof in index.d.ts, with url as the browser reads it.
func (c *Client) Proof(options oauth.Value) (string, error) {
	if err := c.dpop(options, proofNames); err != nil {
		return "", err
	}
	p := fields{in: options}
	url, method, nonce, token := p.text("url", ""), p.text("method", ""), p.text("nonce", ""), p.text("accessToken", "")
	if p.err == nil && (url == "" || method == "") {
		p.wrong("url and method", "given")
	}
	if p.err != nil {
		return "", p.err
	}
	if nonce == "" && oauth.CheckURL(url) {
		nonce = c.Vault.Nonce(oauth.Origin(url), "")
	}
	return c.prove(method, url, nonce, oauth.NewSecret(token))
}

// prove ends the session here, too, where its key is found to be gone.
func (c *Client) prove(method, url, nonce string, token oauth.Secret) (string, error) {
	proof, err := c.Vault.Prove(method, url, nonce, token)
	if oauth.AsError(err).Code == oauth.LoginRequired {
		_ = c.again()
	}
	return proof, err
}

// Nonce returns the nonce for the next proof to a server, the provider where no id is given, and keeps the one that was heard, if any.
func (c *Client) Nonce(options oauth.Value) (string, error) {
	if err := c.dpop(options, nonceNames); err != nil {
		return "", err
	}
	heard := options.Get("nonce")
	if heard.Kind() != oauth.Missing && !oauth.CheckNonce(heard.Str()) {
		return "", oauth.Fail(oauth.DPoPFailed, "nonce", "it is no nonce (RFC 9449 section 8.1)")
	}
	return c.Vault.Nonce(options.Get("id").Str(), heard.Str()), nil
}

func (c *Client) dpop(options oauth.Value, known string) error {
	if err := c.begin(); err != nil {
		return err
	}
	if !c.UseDPoP {
		return config("useDpop is off")
	}
	return checkNames(options, known)
}
