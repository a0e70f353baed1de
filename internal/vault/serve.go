package vault

import (
	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
)

// Port as messages: a call is its verb, a space and JSON; the answer is JSON with what the vault holds, and the error. The two ends are
// Serve, in the worker where the vault lives, and Remote in the page.

// Serve carries out a call, and answers "" where the full module must. Whoever sends it may be script that was injected into the page, so it can ask
// for what Port has and nothing else: every address is the vault's own.
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
	case "restore":
		held, err = v.Restore()
	case "heard":
		held, err = v.Heard(in.Str())
	case "exchange":
		held, err = v.exchangeFor(in)
	case "renew":
		held, err = v.Renew(&Renew{
			Audience: in.Get("audience").Str(), Scope: in.Get("scope").Str(), Unwanted: v.meant(in.Get("unwanted").Str()),
			Leeway: sinceEpoch(in, "leeway"),
		})
	case "revoke":
		held, err = v.Revoke()
	case "sign-out":
		err = v.SignOut()
	case "retry":
		v.Retry()
	default:
		if !edition.Full {
			return ""
		}
		held, err = v.serveRest(verb, in, &w)
	}
	if held != nil {
		v.records.write(w.Open("held", "{"), &record{
			gen: held.Generation, epoch: held.Epoch, audience: held.Audience, idToken: held.IDToken, tokens: v.letOut(held.Tokens),
			signedInAt: held.SignedInAt, renewedAt: held.RenewedAt, skew: held.Skew,
		})
		w.Close("}").Bool("degraded", held.Degraded).Bool("corrupt", held.Corrupt)
	}
	if err != nil {
		oauth.AsError(err).Describe(w.Open("error", "{")).Close("}")
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

// serveRest carries out what the core has nothing for.
func (v *Vault) serveRest(verb string, in oauth.Value, w *oauth.Writer) (held *Held, err error) {
	switch verb {
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
		if v.KeepTokens { // it would be for the page
			err = oauth.Fail(oauth.ConfigInvalid, "token exchange", "with fetchInWorker no access token comes into the page; leave that option out")
		} else if t, err = v.Trade(in.Get("form").Str(), in.Get("scope").Str(), secrets); err == nil {
			held = &Held{Tokens: []*Token{t}}
		}
	case "user-info":
		var claims string
		var refused bool
		claims, refused, err = v.UserInfo(&Token{Type: in.Get("type").Str(), Value: v.meant(in.Get("value").Str())}, in.Get("subject").Str())
		w.Raw("result", claims).Bool("refused", refused)
	case "thumbprint":
		var jkt string
		jkt, err = v.KeyThumbprint()
		w.Str("result", jkt)
	case "prove":
		var proof string
		proof, err = v.Prove(in.Get("method").Str(), in.Get("url").Str(), in.Get("nonce").Str(), v.meant(in.Get("value").Str()))
		w.Str("result", proof)
	case "nonce":
		w.Str("result", v.Nonce(in.Get("id").Str(), in.Get("heard").Str()))
	default:
		err = oauth.Fail(oauth.Internal, "vault", "no such call")
	}
	return held, err
}
