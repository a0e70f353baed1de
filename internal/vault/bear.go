package vault

import (
	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
)

// With KeepTokens an access token is let out as its name alone, which is worth nothing elsewhere. Whoever holds the name can ask whether it is still
// the same token, and have a request sent with it.

// letOut is what leaves of these tokens.
func (v *Vault) letOut(tokens []*Token) []*Token {
	if !edition.Full || !v.KeepTokens {
		return tokens
	}
	out := make([]*Token, 0, len(tokens))
	for _, t := range tokens {
		named := *t
		named.Value = oauth.NewSecret(t.Name)
		out = append(out, &named)
	}
	return out
}

// meant is the token that a caller means, by its name where that is all it has been told.
func (v *Vault) meant(text string) oauth.Secret {
	if edition.Full {
		if t := v.named(text); t != nil {
			return t.Value
		}
	}
	return oauth.NewSecret(text)
}

func (v *Vault) named(name string) *Token {
	if rec, err := v.records.load(); err == nil && v.KeepTokens && name != "" {
		for _, t := range rec.tokens {
			if t.Name == name {
				return t
			}
		}
	}
	return nil
}

// Bear returns what authorizes a request to this origin with the token of this name, and "" where there is no such token any more. It is no part of
// Port: what it returns is for the worker itself, and never crosses to the page.
func (v *Vault) Bear(origin, name string) (string, error) {
	if err := oauth.CheckOrigin(v.APIOrigins, origin); err != nil {
		return "", err
	}
	t := v.named(name)
	if t == nil {
		return "", nil
	}
	return t.Type + " " + t.Value.Reveal(), nil
}
