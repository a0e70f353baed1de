package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/lock"
	"github.com/postern-auth/postern/internal/oauth"
)

// refetchAfter is how long the keys are kept before another unknown name may fetch them again: whoever can send us tokens could make us
// flood the provider otherwise.
const refetchAfter = time.Minute

// Crypto is the browser's. Its own would make the module larger by more than all the rest of it.
type Crypto interface {
	// Digest hashes text; hash is WebCrypto's name for how.
	Digest(hash, text string) ([]byte, error)
	// Verify reports whether signature (base64url) over text is that of the key, a JWK. It fails where the browser can't use the key.
	Verify(alg, jwk, text, signature string) (bool, error)
	// Key returns the public half of the key pair for ES256 that the browser keeps under name, as a JWK of the members crv, kty, x and y in
	// this order. It is "" where there is none and none is to be made. All pages of the origin have the same.
	Key(name string, make bool) (jwk string, err error)
	// Sign makes a JWS in compact form with the key pair whose public half Key has returned.
	Sign(jwk, header, payload string) (jws string, err error)
}

// keys returns the provider's keys, fetched once. They are fetched again where those that the caller has seen won't do: a provider makes new
// ones now and then.
func (v *Vault) keys(seen oauth.Value) (oauth.Value, error) {
	v.fetching.Lock()
	keys, err := v.fetch(seen)
	v.fetching.Unlock()
	return keys, err
}

func (v *Vault) fetch(seen oauth.Value) (oauth.Value, error) {
	if v.published.Kind() != oauth.Missing && v.published != seen {
		return v.published, nil
	}
	if seen.Kind() != oauth.Missing {
		if since := v.Now() - v.refetched; v.refetched != 0 && since >= 0 && since < refetchAfter {
			return seen, nil
		}
		v.refetched = v.Now()
	}
	m, err := v.Metadata()
	if err != nil {
		return seen, err
	}
	if m.JWKSURI == "" {
		return seen, oauth.KeysFailed("the metadata name no jwks_uri")
	}
	response, err := v.HTTP.Get(m.JWKSURI, v.Timeout)
	if err != nil {
		return seen, oauth.KeysFailed("jwks_uri could not be fetched: " + oauth.AsError(err).Description)
	}
	keys, err := oauth.ParseJWKS(response)
	if err == nil {
		v.published = keys
	}
	return keys, err
}

// prepareKeys fetches the keys, once, while the answer that needs them is on its way. What fails here is tried again when they are wanted.
func (v *Vault) prepareKeys() {
	v.mu.Lock()
	first := !v.prepared && !v.InsecureSkipSignature
	v.prepared = true
	v.mu.Unlock()
	if first {
		lock.Go(func() { _, _ = v.keys(oauth.Value{}) })
	}
}

// needKeys fails where a signature couldn't be checked.
func (v *Vault) needKeys() error {
	if v.InsecureSkipSignature {
		return nil
	}
	_, err := v.keys(oauth.Value{})
	return err
}

// verify checks the signature of an ID token, and that it is the one of this access token. Its error is retryable where nobody can tell for want of
// a key.
func (v *Vault) verify(id *oauth.IDToken, access oauth.Secret) error {
	var err error
	if v.InsecureSkipSignature {
		err = id.CheckAlg(v.SigningAlgs)
	} else {
		err = v.authentic(id)
	}
	if err != nil || !id.HasAtHash() {
		return err
	}
	digest, err := v.Crypto.Digest(id.Digest(), access.Reveal())
	if err != nil {
		return oauth.Fail(oauth.InsecureContext, "sign-in", "the browser has no WebCrypto here; serve the page over https")
	}
	return id.CheckAtHash(digest)
}

// authentic checks the signature of what the provider has signed, by an algorithm that the configuration allows.
func (v *Vault) authentic(t *oauth.IDToken) error {
	if err := t.CheckAlg(v.SigningAlgs); err != nil {
		return err
	}
	keys, err := v.keys(oauth.Value{})
	if err != nil {
		return err
	}
	jwk, err := t.Key(keys)
	if oauth.AsError(err).Retryable {
		if keys, err = v.keys(keys); err == nil {
			jwk, err = t.Key(keys)
		}
	}
	if err != nil {
		return err
	}
	text, signature := t.Signed()
	genuine, err := v.Crypto.Verify(t.Alg, jwk, text, signature)
	if err != nil {
		return oauth.KeysFailed("the browser can't use the key for " + t.Alg)
	}
	if !genuine {
		return t.Unverified()
	}
	return nil
}

// Open implements Port. The response came through the address bar, where anybody may have written it, so the signature is verified whatever is
// configured for ID tokens, which come from the token endpoint.
func (v *Vault) Open(r *oauth.Response) error {
	err := v.authentic(r.Sealed())
	if err == nil {
		err = r.Open(v.Issuer, v.ClientID, v.Now())
	}
	if err != nil {
		return oauth.JARMFailed(err)
	}
	return nil
}
