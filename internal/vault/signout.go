package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/oauth"
)

// revokeTimeout is short: the user waits for it on the way out.
const revokeTimeout = 3 * time.Second

// SignOut implements Port. The end is noted first, which every page sees at once, then the epoch moves: an exchange under way finds its
// family gone, whichever it looks at. The server comes last, since its failure must never keep a user signed in here.
func (v *Vault) SignOut() error {
	var token oauth.Secret
	var now *record
	for done := false; !done; {
		was, err := v.records.load()
		if err != nil {
			return err
		}
		v.raise(was.family, mark{ended: true})
		now, done, err = v.records.update(func(now *record) bool {
			if now.family != was.family {
				return false // somebody signed in meanwhile
			}
			token = now.refreshToken
			end(now)
			return true
		})
		if err != nil {
			return err
		}
	}
	v.tell(now)
	v.Pages.Pause(0) // the page may be left next, and a store that answers later has to have it by then
	if v.records.degraded {
		_ = v.Store.Remove(v.records.key) // what the store held when it failed would be back with the next page
	}
	v.backoff = Backoff{}
	return v.revoke(token)
}

// finish is the end of a family, in every page: its record is wiped, and no other.
func (v *Vault) finish(family string) *record {
	v.raise(family, mark{ended: true})
	rec, _, _ := v.records.update(func(now *record) bool {
		if now.family != family {
			return false
		}
		end(now)
		return true
	})
	v.tell(rec)
	return rec
}

// Revoke implements Port.
func (v *Vault) Revoke() (*Held, error) {
	rec, err := v.records.load()
	if err != nil || rec.refreshToken.Empty() {
		return v.held(rec), err
	}
	if err := v.revoke(rec.refreshToken); err != nil {
		// 503 means that the token is still alive (RFC 7009 section 2.2.1), so it is kept for another try.
		return nil, err
	}
	rec, _, err = v.records.swap(rec, func(now *record) {
		now.refreshToken, now.attempt = oauth.Secret{}, attempt{}
	})
	v.tell(rec)
	return v.held(rec), err
}

// revoke ends a refresh token at the server. 200 is the answer for an unknown token too (RFC 7009 section 2.2).
func (v *Vault) revoke(token oauth.Secret) error {
	if token.Empty() {
		return nil
	}
	m, err := v.Metadata()
	if err != nil || m.RevocationEndpoint == "" {
		return err
	}
	response, err := v.HTTP.Post(m.RevocationEndpoint, oauth.RevocationRequest(v.ClientID, token), revokeTimeout)
	if err == nil && response.Status != 200 {
		err = &oauth.Error{
			Code: oauth.TokenEndpointError, Op: "revocation", Retryable: response.Status >= 500,
			Description: "the provider didn't revoke the refresh token",
		}
	}
	return err
}
