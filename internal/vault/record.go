package vault

import (
	"time"

	"github.com/postern-auth/postern/internal/lock"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/storage"
)

// recordVersion is the version of the record's format. A newer one is left alone.
const recordVersion = 1

// record is the state of one refresh-token family, as every page of the origin that shares the store sees it. After a sign-out only the
// epoch is left: a response that was under way then must find that the world has moved.
type record struct {
	family       string // names the family across tabs; random, no secret
	gen          int    // refresh tokens of this family so far
	epoch        int    // sign-outs so far
	refreshToken oauth.Secret
	attempt      attempt
	jkt          string // thumbprint of the key that the tokens are bound to, if any
	audience     string // the login's, as scope is: what it asked for needs no asking again
	scope        string
	signedInAt   time.Duration // since the epoch, as the next
	renewedAt    time.Duration
	skew         time.Duration // how far the provider's clock is ahead
	nonce        string        // the login's: a refreshed ID token may repeat it
	idToken      oauth.Secret  // the last one that passed its checks
	tokens       []*Token
}

// attempt says that refreshToken is in flight, or was when its page died.
type attempt struct {
	id        string
	startedAt time.Duration // since the epoch
	sends     int           // how often the token has been sent with an outcome that nobody knows
}

func (r *record) signedIn() bool { return !r.idToken.Empty() }

// of reports whether whoever is signed in, if anybody is, is this user.
func (r *record) of(subject string) bool {
	id, err := oauth.DecodeIDToken(r.idToken)
	return err != nil || id.Claims.Get("sub").Str() == subject
}

// moved reports whether somebody signed out, signed in or rotated since from was read.
func (r *record) moved(from *record) bool {
	return r.epoch != from.epoch || r.family != from.family || r.gen != from.gen
}

// Find returns the token for this audience and scope, whether or not it is still good, or nil: one asked for in the same words, or
// granted all of them. Never one for another audience. Where several serve, it is the newest, which stands last.
func (h *Held) Find(audience, scope string) *Token {
	for i := len(h.Tokens) - 1; i >= 0; i-- {
		t := h.Tokens[i]
		if t.Audience == audience && (t.Scope == scope || oauth.HasScopes(t.Granted, scope)) {
			return t
		}
	}
	return nil
}

// Good reports whether there is a token and it outlives leeway. A token that lives for less than twice the leeway is used for half its life: otherwise
// it would count as expired from its first second, and every call would rotate the family.
func (t *Token) Good(now, leeway time.Duration) bool {
	return t != nil && t.Expires-now > min(leeway, t.Lifetime/2)
}

// put adds t in the place of the token it renews.
func put(tokens []*Token, t *Token) []*Token {
	out := make([]*Token, 0, len(tokens)+1)
	for _, old := range tokens {
		if old.Audience != t.Audience || old.Scope != t.Scope {
			out = append(out, old)
		}
	}
	return append(out, t)
}

// records loads and saves the one record of this issuer and client.
type records struct {
	store            storage.Store
	key              string
	issuer, clientID string
	spare            storage.Store // the page's memory, which takes the record when store fails
	degraded         bool
	corrupt          bool
	mu               lock.Mutex // makes update one step in this page
}

// update reads the record, lets change edit it, and saves it where change says so. It returns the record as it then is.
func (r *records) update(change func(now *record) bool) (*record, bool, error) {
	r.mu.Lock()
	now, err := r.load()
	changed := err == nil && change(now)
	if changed {
		r.save(now)
	}
	r.mu.Unlock()
	return now, changed, err
}

// swap is the compare-and-set of the protocol: it edits the record only while it still is from's family, generation and epoch. What
// arrives after a sign-out, or after another tab's rotation, finds that it came too late.
func (r *records) swap(from *record, change func(now *record)) (*record, bool, error) {
	return r.update(func(now *record) bool {
		if now.moved(from) {
			return false
		}
		change(now)
		return true
	})
}

// end forgets everything but the epoch, which moves.
func end(r *record) { *r = record{epoch: r.epoch + 1} }

// load returns the record, and an empty one where there is none. A damaged record is a signed-out start, never a failure to start; one of
// a newer version is left as it is.
func (r *records) load() (*record, error) {
	if !r.degraded {
		rec, err := r.read(r.store)
		switch {
		case storage.ErrNewer.Is(err):
			return &record{}, oauth.Fail(oauth.StorageCorrupt, "stored session", "a newer version of Postern wrote it; reload to get that version")
		case rec != nil:
			return rec, nil
		case storage.ErrCorrupt.Is(err):
			_ = r.store.Remove(r.key)
			r.corrupt = true
		case err != nil:
			r.degraded = true
		}
	}
	// The spare is looked at beside an empty store too: an instance of the module that was replaced may have written there.
	rec, _ := r.read(r.spare)
	if rec == nil {
		return &record{}, nil
	}
	r.degraded = true
	return rec, nil
}

// read returns nil where there is no record.
func (r *records) read(s storage.Store) (*record, error) {
	payload, ok, err := storage.Read(s, r.key, recordVersion)
	if !ok || err != nil {
		return nil, err
	}
	v, _ := oauth.ParseJSON(payload)
	if rec := r.decode(v); rec != nil {
		return rec, nil
	}
	return nil, storage.ErrCorrupt
}

// save writes rec durably. Where the store is full or blocked, the old record goes, since the refresh token in it is used up and would
// revoke the family if somebody sent it again; the session goes on in this page's memory.
func (r *records) save(rec *record) {
	payload := r.encode(rec)
	if !r.degraded {
		if storage.Put(r.store, r.key, recordVersion, payload) == nil {
			return
		}
		_ = r.store.Remove(r.key)
		if storage.Put(r.store, r.key, recordVersion, payload) == nil {
			return
		}
		r.degraded = true
	}
	_ = storage.Put(r.spare, r.key, recordVersion, payload)
}

func (r *records) encode(rec *record) string {
	var w oauth.Writer
	r.write(&w, rec)
	return w.String()
}

// write adds the members of rec to an object.
func (r *records) write(w *oauth.Writer, rec *record) {
	size := 512 + len(rec.refreshToken.Reveal()) + len(rec.idToken.Reveal())
	for _, t := range rec.tokens {
		size += 320 + len(t.Value.Reveal())
	}
	w.Grow(size) // it may be more, and seldom is
	w.Str("issuer", r.issuer).Str("client_id", r.clientID).
		Str("family", rec.family).Int("gen", int64(rec.gen)).Int("epoch", int64(rec.epoch)).
		Str("refresh_token", rec.refreshToken.Reveal()).Str("jkt", rec.jkt).
		Str("audience", rec.audience).Str("scope", rec.scope).Str("nonce", rec.nonce).
		Int("signed_in_at", millis(rec.signedInAt)).Int("renewed_at", millis(rec.renewedAt)).Int("skew", millis(rec.skew)).Str("id_token", rec.idToken.Reveal())
	if rec.attempt.id != "" {
		w.Open("attempt", "{").Str("id", rec.attempt.id).Int("started_at", millis(rec.attempt.startedAt)).Int("sends", int64(rec.attempt.sends)).Close("}")
	}
	w.Open("tokens", "[")
	for _, t := range rec.tokens {
		w.Open(oauth.Item, "{").
			Str("audience", t.Audience).Str("scope", t.Scope).Str("granted", t.Granted).Raw("authorization_details", t.Details).Str("type", t.Type).
			Str("value", t.Value.Reveal()).Str("name", t.Name).Int("lifetime", int64(t.Lifetime/time.Second)).Int("expires", millis(t.Expires)).
			Close("}")
	}
	w.Close("]")
}

// decode refuses a record of another issuer or client, which would sign its user in here, and one whose ID token names nobody.
func (r *records) decode(v oauth.Value) *record {
	if v.Get("issuer").Str() != r.issuer || v.Get("client_id").Str() != r.clientID {
		return nil
	}
	rec := &record{
		family:       v.Get("family").Str(),
		gen:          int(number(v, "gen")),
		epoch:        int(number(v, "epoch")),
		refreshToken: oauth.NewSecret(v.Get("refresh_token").Str()),
		jkt:          v.Get("jkt").Str(),
		audience:     v.Get("audience").Str(),
		scope:        v.Get("scope").Str(),
		signedInAt:   sinceEpoch(v, "signed_in_at"),
		renewedAt:    sinceEpoch(v, "renewed_at"),
		skew:         sinceEpoch(v, "skew"),
		nonce:        v.Get("nonce").Str(),
		idToken:      oauth.NewSecret(v.Get("id_token").Str()),
	}
	if _, err := oauth.DecodeIDToken(rec.idToken); err != nil && rec.signedIn() {
		return nil
	}
	if a := v.Get("attempt"); a.Kind() == oauth.Object {
		rec.attempt = attempt{a.Get("id").Str(), sinceEpoch(a, "started_at"), int(number(a, "sends"))}
	}
	for w := v.Get("tokens").Walk(); w.Next(); {
		t := w.Value
		rec.tokens = append(rec.tokens, &Token{
			Audience: t.Get("audience").Str(), Scope: t.Get("scope").Str(), Granted: t.Get("granted").Str(), Details: t.Get("authorization_details").Raw(), Type: t.Get("type").Str(),
			Value:    oauth.NewSecret(t.Get("value").Str()),
			Name:     t.Get("name").Str(),
			Lifetime: time.Duration(number(t, "lifetime")) * time.Second,
			Expires:  sinceEpoch(t, "expires"),
		})
	}
	return rec
}

func millis(t time.Duration) int64 { return int64(t / time.Millisecond) }

func sinceEpoch(v oauth.Value, name string) time.Duration {
	return time.Duration(number(v, name)) * time.Millisecond
}

func number(v oauth.Value, name string) int64 {
	n, _ := v.Get(name).Whole()
	return n
}
