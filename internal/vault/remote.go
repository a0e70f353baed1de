package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// Channel carries a call to where Serve is, and its answer back. Its errors are *oauth.Error.
type Channel interface {
	Call(call string) (answer string, err error)
}

// Remote is a vault elsewhere, and implements Port.
type Remote struct {
	Channel
	Issuer, ClientID string
	metadata         *oauth.Metadata
}

func (r *Remote) call(call string) (oauth.Value, error) {
	answer, err := r.Call(call)
	if err != nil {
		return oauth.Value{}, err
	}
	v, err := oauth.ParseJSON(answer)
	if e := v.Get("error"); e.Kind() != oauth.Missing {
		err = oauth.DecodeError(e)
	}
	return v, err
}

func (r *Remote) held(call string) (*Held, error) {
	v, err := r.call(call)
	rec := r.record(v)
	if rec == nil {
		return nil, err
	}
	h := rec.held()
	h.Generation, h.Degraded, h.Corrupt = rec.gen, v.Get("degraded").True(), v.Get("corrupt").True()
	return h, err
}

// record is what the vault holds, as a record without its secrets, and nil where it says nothing of that.
func (r *Remote) record(v oauth.Value) *record {
	from := records{issuer: r.Issuer, clientID: r.ClientID}
	return from.decode(v.Get("held"))
}

// Metadata implements Port.
func (r *Remote) Metadata() (*oauth.Metadata, error) {
	if r.metadata != nil {
		return r.metadata, nil
	}
	v, err := r.call("metadata {}")
	if err == nil {
		r.metadata, err = oauth.MetadataFrom(v.Get("result"), r.Issuer)
	}
	return r.metadata, err
}

// Push implements Port.
func (r *Remote) Push(form string) (string, error) { return r.text("push " + oauth.Quote(form)) }

func (r *Remote) text(call string) (string, error) {
	v, err := r.call(call)
	return v.Get("result").Str(), err
}

// Open implements Port. The vault has verified it, and looked at the clock.
func (r *Remote) Open(response *oauth.Response) error {
	_, err := r.call("open " + oauth.Quote(response.Sealed().Raw.Reveal()))
	if err == nil {
		err = response.Open(r.Issuer, r.ClientID, 0)
	}
	return err
}

// Trade implements Port.
func (r *Remote) Trade(form, scope string, secrets []string) (*Token, error) {
	var w oauth.Writer
	w.Str("form", form).Str("scope", scope).Open("secrets", "[")
	for _, secret := range secrets {
		w.Str(oauth.Item, secret)
	}
	v, err := r.call("trade " + w.Close("]").String())
	if rec := r.record(v); rec != nil && len(rec.tokens) == 1 {
		return rec.tokens[0], nil
	}
	return nil, err
}

// Restore implements Port.
func (r *Remote) Restore() (*Held, error) { return r.held("restore {}") }

// Heard implements Port.
func (r *Remote) Heard(text string) (*Held, error) { return r.held("heard " + oauth.Quote(text)) }

// Exchange implements Port.
func (r *Remote) Exchange(x *Exchange) (*Held, error) {
	var w oauth.Writer
	return r.held("exchange " + w.Str("code", x.Code.Reveal()).Str("code_verifier", x.Verifier.Reveal()).Str("redirect_uri", x.RedirectURI).
		Str("nonce", x.Nonce).Str("audience", x.Audience).Str("scope", x.Scope).Num("max_age", x.MaxAge).Str("acr_values", x.ACRValues).
		Str("organization", x.Organization).Bool("unasked", x.Unasked).Str("subject", x.Subject).Int("epoch", int64(x.Epoch)).String())
}

// Renew implements Port.
func (r *Remote) Renew(n *Renew) (*Held, error) {
	var w oauth.Writer
	w.Grow(192 + len(n.Scope) + len(n.Unwanted.Reveal()))
	return r.held("renew " + w.Str("audience", n.Audience).Str("scope", n.Scope).Str("unwanted", n.Unwanted.Reveal()).
		Int("leeway", int64(n.Leeway/time.Millisecond)).String())
}

// UserInfo implements Port.
func (r *Remote) UserInfo(t *Token, subject string) (claims string, refused bool, err error) {
	var w oauth.Writer
	v, err := r.call("user-info " + w.Str("type", t.Type).Str("value", t.Value.Reveal()).Str("subject", subject).String())
	return v.Get("result").Raw(), v.Get("refused").True(), err
}

// KeyThumbprint implements Port.
func (r *Remote) KeyThumbprint() (string, error) { return r.text("thumbprint {}") }

// Prove implements Port.
func (r *Remote) Prove(method, url, nonce string, token oauth.Secret) (string, error) {
	var w oauth.Writer
	return r.text("prove " + w.Str("method", method).Str("url", url).Str("nonce", nonce).Str("value", token.Reveal()).String())
}

// Nonce implements Port.
func (r *Remote) Nonce(id, heard string) string {
	var w oauth.Writer
	nonce, _ := r.text("nonce " + w.Str("id", id).Str("heard", heard).String())
	return nonce
}

// Revoke implements Port.
func (r *Remote) Revoke() (*Held, error) { return r.held("revoke {}") }

// SignOut implements Port.
func (r *Remote) SignOut() error {
	_, err := r.call("sign-out {}")
	return err
}

// Retry implements Port.
func (r *Remote) Retry() { _, _ = r.call("retry {}") }
