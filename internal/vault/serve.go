package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
)

// Port as messages: a call is its verb, a space and JSON; the answer is JSON with what the vault holds, and the error. The two ends are
// Serve, in the worker where the vault lives, and Remote in the page.

// Serve carries out a call. Whoever sends it may be script that was injected into the page, so it can ask for what Port has and nothing else: every
// address is the vault's own.
func (v *Vault) Serve(call string) string {
	verb, text := oauth.FirstWord(call)
	in, err := oauth.ParseJSON(text)
	if err != nil {
		verb = ""
	}
	var held *Held
	var w oauth.Writer
	switch verb {
	case "metadata":
		var m *oauth.Metadata
		if m, err = v.Metadata(); err == nil {
			w.Raw("result", m.Published.Raw())
		}
	case "push":
		var uri string
		uri, err = v.Push(in.Str())
		w.Raw("result", oauth.Quote(uri))
	case "open":
		var r *oauth.Response
		if r, err = oauth.ParseSealed(in.Str()); err == nil {
			err = v.Open(r)
		}
	case "trade":
		var secrets []string
		for each := in.Get("secrets").Walk(); each.Next(); {
			secrets = append(secrets, each.Value.Str())
		}
		var t *Token
		if t, err = v.Trade(in.Get("form").Str(), in.Get("scope").Str(), secrets); err == nil {
			held = &Held{Tokens: []*Token{t}}
		}
	case "restore":
		held, err = v.Restore()
	case "heard":
		held, err = v.Heard(in.Str())
	case "exchange":
		held, err = v.exchangeFor(in)
	case "renew":
		held, err = v.Renew(&Renew{
			Audience: in.Get("audience").Str(), Scope: in.Get("scope").Str(), Unwanted: oauth.NewSecret(in.Get("unwanted").Str()),
			Leeway: sinceEpoch(in, "leeway"),
		})
	case "revoke":
		held, err = v.Revoke()
	case "sign-out":
		err = v.SignOut()
	case "retry":
		v.Retry()
	default:
		err = oauth.Fail(oauth.Internal, "vault", "no such call")
	}
	if held != nil {
		w.Raw("held", v.records.encode(&record{
			gen: held.Generation, epoch: held.Epoch, audience: held.Audience, idToken: held.IDToken, tokens: held.Tokens,
			signedInAt: held.SignedInAt, renewedAt: held.RenewedAt, skew: held.Skew,
		})).Bool("degraded", held.Degraded)
	}
	if err != nil {
		w.Raw("error", oauth.AsError(err).Describe(&oauth.Writer{}).String())
	}
	return w.String()
}

func (v *Vault) exchangeFor(in oauth.Value) (*Held, error) {
	verifier, err := pkce.Parse(in.Get("code_verifier").Str())
	if err != nil {
		return nil, oauth.Fail(oauth.Internal, "vault", "no code_verifier")
	}
	return v.Exchange(&Exchange{
		Code: oauth.CodeFromMessage(in.Get("code").Str()), Verifier: verifier, RedirectURI: in.Get("redirect_uri").Str(), Nonce: in.Get("nonce").Str(),
		Audience: in.Get("audience").Str(), Scope: in.Get("scope").Str(), MaxAge: number(in, "max_age"),
		ACRValues: in.Get("acr_values").Str(), Organization: in.Get("organization").Str(),
		Unasked: in.Get("unasked").True(), Subject: in.Get("subject").Str(), Epoch: int(number(in, "epoch")),
	})
}

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
	h.Generation, h.Degraded = rec.gen, v.Get("degraded").True()
	return h, err
}

// record is what the vault holds, as a record without its secrets, and nil where it says nothing of that.
func (r *Remote) record(v oauth.Value) *record {
	from := records{issuer: r.Issuer, clientID: r.ClientID}
	return from.decode(v.Get("held").Raw())
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
func (r *Remote) Push(form string) (string, error) {
	v, err := r.call("push " + oauth.Quote(form))
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
	list := make([]string, 0, len(secrets))
	for _, secret := range secrets {
		list = append(list, oauth.Quote(secret))
	}
	var w oauth.Writer
	v, err := r.call("trade " + w.Str("form", form).Str("scope", scope).Raw("secrets", oauth.List(list)).String())
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
	return r.held("renew " + w.Str("audience", n.Audience).Str("scope", n.Scope).Str("unwanted", n.Unwanted.Reveal()).
		Int("leeway", int64(n.Leeway/time.Millisecond)).String())
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
