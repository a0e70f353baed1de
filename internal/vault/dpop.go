package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/pkce"
)

// proofKey is the one that tokens are bound to (RFC 9449). Its private half stays with the browser, which lets nobody read it: stolen tokens are
// of no use elsewhere. The zero value is none.
type proofKey struct {
	jwk, jkt string // the public half, and its thumbprint
	skew     time.Duration
}

// key returns the key of this issuer and client.
func (v *Vault) key(make bool) (k proofKey, err error) {
	if !edition.Full || !v.UseDPoP {
		return k, nil
	}
	if k.jwk, err = v.Crypto.Key("dpop:"+v.records.key, make); err == nil && k.jwk != "" {
		k.jkt, err = v.hash(k.jwk) // whose members are in the order of RFC 7638
	}
	if _, told := err.(*oauth.Error); err != nil && !told {
		err = &oauth.Error{Code: oauth.DPoPFailed, Op: "key", Retryable: true, Description: "the browser can't keep the key; IndexedDB may be blocked"}
	}
	return k, err
}

// bound returns the key to which rec's tokens are bound. Where that isn't the one that is here, they are worthless: site data was cleared, or
// useDpop set differently.
func (v *Vault) bound(rec *record) (proofKey, error) {
	k, err := v.key(false)
	k.skew = rec.skew
	if err == nil && (k.jkt != rec.jkt || v.UseDPoP && k.jkt == "") {
		v.finish(rec.family)
		_ = v.revoke(rec.refreshToken)
		err = oauth.Fail(oauth.LoginRequired, "session", "the key that its tokens are bound to is gone, or useDpop has changed; sign in again")
	}
	return k, err
}

func (v *Vault) hash(text string) (string, error) {
	sum, err := v.Crypto.Digest("SHA-256", text)
	if err != nil {
		return "", err
	}
	hash, err := pkce.ChallengeOf(sum)
	return hash.Value(), err
}

// prove makes a proof for one request, and "" where there is no key.
func (v *Vault) prove(k proofKey, method, url, nonce string, token oauth.Secret) (string, error) {
	if !edition.Full || k.jwk == "" {
		return "", nil
	}
	id, err := random()
	if err != nil {
		return "", err
	}
	p := &oauth.Proof{Method: method, URL: url, ID: id, Nonce: nonce, At: v.Now()}
	if k.skew.Abs() > 10*time.Second {
		p.At += k.skew // a device whose clock is wrong has proofs that are of today all the same
	}
	if !token.Empty() {
		p.TokenHash, err = v.hash(token.Reveal())
	}
	proof := ""
	if err == nil {
		proof, err = v.Crypto.Sign(k.jwk, p.Header(k.jwk), p.Payload())
	}
	if err != nil {
		err = oauth.Fail(oauth.DPoPFailed, "proof", "the browser can't sign it")
	}
	return proof, err
}

// KeyThumbprint implements Port.
func (v *Vault) KeyThumbprint() (string, error) {
	k, err := v.key(true)
	return k.jkt, err
}

// Prove implements Port.
func (v *Vault) Prove(method, url, nonce string, token oauth.Secret) (string, error) {
	rec, err := v.records.load()
	if err != nil || !v.UseDPoP {
		return "", err
	}
	var k proofKey
	if rec.signedIn() {
		k, err = v.bound(rec)
	} else {
		k, err = v.key(true)
	}
	if err != nil {
		return "", err
	}
	return v.prove(k, method, url, nonce, token)
}

// Nonce implements Port. Nonces live as long as the page: a server that wants another says so.
func (v *Vault) Nonce(id, heard string) string {
	name := "postern:nonce:" + v.records.key + ":" + id
	if oauth.CheckNonce(heard) {
		_ = v.Cache.Set(name, heard)
		return heard
	}
	nonce, _, _ := v.Cache.Get(name)
	return nonce
}
