package session

import (
	"github.com/postern-auth/postern/internal/edition"
	"github.com/postern-auth/postern/internal/lock"
	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/internal/vault"
	"github.com/postern-auth/postern/pkce"
	"github.com/postern-auth/postern/storage"
)

// Answers are what a page has been handed, by whichever of its clients. React's StrictMode and eager routers hand the same URL over twice, and an
// application that makes its client in an effect hands it to two, the first of which is closed perhaps: that is one exchange and one result.
type Answers struct {
	mu        lock.Mutex
	callbacks []*callback
	cameBack  string // the sign-out that the user has come back from
}

// callback is an answer that this page handles or has handled.
type callback struct {
	key      string
	done     lock.Gate
	appState string
	err      error
}

// Callback finishes a redirect and returns the login's appState as JSON, also beside an error where the login is known. What another client of the
// page has finished, this one has yet to hear of.
//
// The order matters: the address bar first, so that no script, history or Referer keeps the code; then the transaction, taken before it
// is used, so that no answer is used twice.
func (c *Client) Callback(url string) (appState string, err error) {
	here := c.Page.URL()
	if url == "" {
		url = here
	}
	if url == here {
		if err := c.Page.ReplaceURL(oauth.StripCallback(url)); err != nil {
			return "", oauth.Fail(oauth.Internal, "callback", "the browser refused to clean the address bar")
		}
	}
	if err := c.begin(); err != nil {
		return "", err
	}
	response, err := oauth.ParseCallback(url)
	if err != nil {
		return "", c.returned(url, err)
	}
	if !edition.Full && response.Sealed() != nil {
		return "", edition.Lacking
	}
	page := c.Answers
	page.mu.Lock()
	key := c.key(response.State + " ")
	for _, other := range page.callbacks {
		if other.key == key {
			page.mu.Unlock()
			other.done.Wait()
			return other.appState, other.err
		}
	}
	this := &callback{key: key}
	page.callbacks = append(page.callbacks, this)
	page.mu.Unlock()
	this.appState, this.err = c.finish(response, nil)
	used := response.State
	if code := oauth.AsError(this.err).Code; code == oauth.StateMismatch || code == oauth.CallbackReplayed {
		used = "" // it was never ours, or is noted already
	}
	c.noteAnswer(used, this.err)
	this.done.Open()
	return this.appState, this.err
}

// unasked is the session in which the user was to be signed in without a hand of theirs: another user's isn't theirs, and after a sign-out
// nobody's is.
type unasked struct {
	subject string // whose token it must be; "" where nobody was signed in
	epoch   int
}

// finish believes an answer. before is nil where the user asked for it.
func (c *Client) finish(response *oauth.Response, before *unasked) (appState string, err error) {
	payload, _, err := storage.Take(c.Transactions, transactionPrefix+response.State, transactionVersion)
	if storage.ErrNewer.Is(err) {
		return "", oauth.Fail(oauth.StorageCorrupt, "callback", "a newer version of Postern wrote it; reload to get that version")
	}
	if err != nil && !storage.ErrCorrupt.Is(err) {
		return "", oauth.Fail(oauth.StorageUnavailable, "callback", "sessionStorage is blocked, so the login that began here can't be finished")
	}
	tx := transaction(payload)
	appState = tx.Get("app_state").Str()
	verifier, notVerifier := pkce.Parse(tx.Get("code_verifier").Str())
	if history := c.history(); history.used(response.State) {
		return "", oauth.Fail(oauth.CallbackReplayed, "callback",
			"this answer has been used already, by a reload or the back button; if the user is signed in, go on, else start again with loginWithRedirect")
	}
	switch {
	case notVerifier != nil:
		return "", oauth.Fail(oauth.StateMismatch, "callback", "no login with this state was started in this tab; start again with loginWithRedirect")
	case tx.Get("issuer").Str() != c.Issuer || tx.Get("client_id").Str() != c.ClientID:
		return "", oauth.Fail(oauth.StateMismatch, "callback", "the login with this state was started for another issuer or client")
	case c.stale(tx):
		return appState, oauth.Fail(oauth.TransactionExpired, "callback", "the login took longer than ten minutes; start again with loginWithRedirect")
	}
	m, err := c.Vault.Metadata()
	if err != nil {
		return appState, err
	}
	mode, sealed := tx.Get("response_mode").Str(), response.Sealed() != nil
	switch {
	case sealed != oauth.SealedMode(mode):
		// Whoever can answer in the mode that wasn't asked for goes around the signature, or chooses what is to be verified.
		return appState, oauth.Fail(oauth.JARMInvalid, "callback", "the answer is plain where response_mode asked for a signed one, or the other way round")
	case response.InFragment != (mode == "fragment"):
		return appState, oauth.Fail(oauth.CallbackInvalid, "callback", "the answer stands in the fragment where response_mode asked for a query, or the other way round")
	case edition.Full && sealed:
		if err := c.Vault.Open(response); err != nil {
			return appState, err
		}
	}
	code, err := response.Accept(m)
	if err != nil {
		return appState, err
	}
	x := &vault.Exchange{
		Code: code, Verifier: verifier, RedirectURI: tx.Get("redirect_uri").Str(), Nonce: tx.Get("nonce").Str(),
		Audience: tx.Get("audience").Str(), Scope: tx.Get("scope").Str(), MaxAge: maxAge(tx.Get("max_age")),
		ACRValues: tx.Get("acr_values").Str(), Organization: tx.Get("organization").Str(),
	}
	if before != nil {
		x.Unasked, x.Subject, x.Epoch = true, before.subject, before.epoch
	}
	held, err := c.Vault.Exchange(x)
	c.take(held)
	return appState, err
}
