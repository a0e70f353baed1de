package vault

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestRenew(t *testing.T) {
	w, v := signedIn(t)
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, 2, held.Generation)
	token := held.Find("", scopes)
	assert.Equal(t, "at-canary-2", token.Value.Reveal())
	assert.Equal(t, w.clock+time.Hour, token.Expires)
	assert.Len(t, held.Tokens, 1, "the new token takes the old one's place")

	form := w.server.sent[1].form
	assert.Equal(t, "refresh_token", form.Get("grant_type"))
	assert.Equal(t, "rt-canary-1", form.Get("refresh_token"))
	assert.False(t, form.Has("scope"), "the login's scope goes without saying")
	assert.False(t, form.Has("audience"))
	assert.Equal(t, 10*time.Second, w.server.sent[1].timeout)
	assert.Empty(t, w.server.gone)
}

func TestRenewWhatIsStillGood(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	w.clock += lifetime - leeway - time.Millisecond
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-1", held.Find("", scopes).Value.Reveal())
	assert.Empty(t, w.server.used())

	w.clock += time.Millisecond
	_, err = v.Renew(wanted())
	require.NoError(t, err)
	assert.Len(t, w.server.used(), 1)
}

func TestRenewForced(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	w.signIn(v)
	held, err := v.Renew(forced(1))
	require.NoError(t, err)
	assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
}

// While this page waits for the lock, another renews. One that was forced is content with that, too.
func TestRenewAdopts(t *testing.T) {
	for _, force := range []bool{false, true} {
		w, v := signedIn(t)
		rec := w.record()
		w.store.onRead = onSecond(func() { w.write(w.moved(rec)) })
		r := wanted()
		if force {
			r = forced(1)
		}
		held, err := v.Renew(r)
		require.NoError(t, err)
		assert.Equal(t, 2, held.Generation)
		assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
		assert.Empty(t, w.server.used())
	}
}

// onSecond acts before the second read from now: Renew reads once before it waits for the lock and once under it.
func onSecond(act func()) func(int) {
	reads := 0
	return func(int) {
		if reads++; reads == 2 {
			act()
		}
	}
}

// moved is rec as another tab's rotation leaves it.
func (w *world) moved(rec *record) *record {
	next := clone(rec)
	next.gen++
	next.refreshToken = oauth.NewSecret("rt-canary-2")
	next.tokens = []*Token{{Scope: scopes, Granted: scopes, Type: "Bearer", Value: oauth.NewSecret("at-canary-2"), Lifetime: lifetime, Expires: w.clock + lifetime}}
	return next
}

func TestLockIsTheFamilys(t *testing.T) {
	w, v := signedIn(t)
	family := w.record().family
	require.Len(t, family, 43)
	for _, audience := range []string{"", "https://api.test", "other"} {
		_, err := v.Renew(&Renew{Audience: audience, Scope: "api", Leeway: leeway})
		require.NoError(t, err)
	}
	assert.Equal(t, []string{key + ":" + family[:21]}, w.locks.names, "a part of the family, and nothing else: one refresh token serves every audience")

	w.locks.err = &oauth.Error{Code: oauth.LockTimeout, Op: "lock", Description: "another tab", Retryable: true}
	w.clock += lifetime
	held, err := v.Renew(wanted())
	requireCode(t, err, oauth.LockTimeout)
	assert.Nil(t, held, "nothing is known to have changed")
	assert.Len(t, w.server.used(), 3)
}

// Many callers, and many tabs, make one request.
func TestRenewIsShared(t *testing.T) {
	for name, pages := range map[string]int{"one page": 1, "twenty tabs": 20} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, v := signedIn(t)
				answer := make(chan struct{})
				w.server.answers(while(func() { <-answer }, grants(nil)))
				tabs := []*Vault{v}
				for range pages - 1 {
					tabs = append(tabs, w.page())
				}
				var all sync.WaitGroup
				for i := range 40 {
					all.Go(func() {
						held, err := tabs[i%pages].Renew(wanted())
						assert.NoError(t, err)
						assert.Equal(t, "at-canary-2", held.Find("", scopes).Value.Reveal())
					})
				}
				synctest.Wait() // all of them wait for the one
				assert.Len(t, w.server.used(), 1)
				close(answer)
				all.Wait()
				assert.Len(t, w.server.used(), 1)
				assert.Empty(t, v.flights)
			})
		})
	}
}

// Whoever waits for a request shares its failure too: forty calls don't become forty requests to a provider in trouble.
func TestFailureIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, v := signedIn(t)
		answer := make(chan struct{})
		w.server.answers(while(func() { <-answer }, status(503, "", "")))
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				_, err := v.Renew(wanted())
				requireCode(t, err, oauth.TokenEndpointError)
			})
		}
		synctest.Wait()
		close(answer)
		all.Wait()
		assert.Len(t, w.server.used(), 1)
	})
}

// Where nobody is signed in, no lock is waited for.
func TestRenewForNobody(t *testing.T) {
	w := newWorld(t)
	_, err := w.page().Renew(wanted())
	requireCode(t, err, oauth.LoginRequired)
	assert.Empty(t, w.locks.names)
}

// A store that says nothing more, or nothing that can be read, signs nobody out.
func TestNewerRecordUnderTheLock(t *testing.T) {
	w, v := signedIn(t)
	w.store.onRead = onSecond(func() { require.NoError(t, w.store.Memory.Set(key, "postern/9 {}")) })
	held, err := v.Renew(wanted())
	requireCode(t, err, oauth.StorageCorrupt)
	assert.Nil(t, held)
	assert.Equal(t, "postern/9 {}", w.text())
}

// A page that slept before it had read anything under its lock may have lost that: it takes the lock anew.
func TestSleepUnderTheLock(t *testing.T) {
	w, v := signedIn(t)
	w.store.onRead = onSecond(func() { w.clock += time.Minute })
	_, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, []string{"rt-canary-1"}, w.server.used())
}

// CVE-2025-67490: calls for different tokens are never answered with one another's.
func TestEachGetsItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, v := signedIn(t)
		tagged := func(n int, r request) (*oauth.HTTPResponse, error) {
			tag := r.form.Get("audience") + "/" + strings.ReplaceAll(r.form.Get("scope"), " ", "+")
			return grants(map[string]string{"access_token": quoted(tag)})(n, r)
		}
		under := make(chan struct{}, 1)
		one := func(n int, r request) (*oauth.HTTPResponse, error) {
			select {
			case under <- struct{}{}:
			default:
				t.Error("two requests with one family at once")
			}
			time.Sleep(time.Second) // of the bubble's clock
			<-under
			return tagged(n, r)
		}
		w.server.answers(one, one, one, one, one, one, one, one, one)
		var all sync.WaitGroup
		for _, audience := range []string{"", "a1", "a2"} {
			for _, scope := range []string{"s1", "s2", "s1 s3"} {
				for range 3 {
					all.Go(func() {
						held, err := v.Renew(&Renew{Audience: audience, Scope: scope, Leeway: leeway})
						if !assert.NoError(t, err) {
							return
						}
						got := held.Find(audience, scope).Value.Reveal()
						assert.True(t, strings.HasPrefix(got, audience+"/"+strings.ReplaceAll(scope, " ", "+")), "%s for %s of %s", got, scope, audience)
					})
				}
			}
		}
		all.Wait()
		used := w.server.used()
		assert.LessOrEqual(t, len(used), 9)
		assert.GreaterOrEqual(t, len(used), 6)
		for i, token := range used {
			assert.Equal(t, "rt-canary-"+string(rune('1'+i)), token, "each refresh token is used once")
		}
	})
}

// RFC 8707 section 2.2: the code is traded for a token for the login's resources, and the refresh token for one for these or others. What a token is
// for outlives the page.
func TestResourcesAreAskedFor(t *testing.T) {
	w := newWorld(t)
	v := w.page()
	x := exchange(t)
	x.Audience = oauth.Target("api", []string{"urn:a", "urn:b"})
	held, err := v.Exchange(x)
	require.NoError(t, err)
	assert.NotNil(t, held.Find(x.Audience, scopes))
	assert.Nil(t, held.Find("api", scopes))
	assert.Nil(t, held.Find(oauth.Target("", []string{"urn:a"}), scopes))

	w.clock += lifetime
	for _, target := range []string{x.Audience, oauth.Target("", []string{"urn:c"})} {
		_, err := w.page().Renew(&Renew{Audience: target, Scope: scopes, Leeway: leeway})
		require.NoError(t, err)
	}
	held, err = w.page().Restore()
	require.NoError(t, err)
	assert.Equal(t, x.Audience, held.Audience)
	assert.Equal(t, "at-canary-2", held.Find(x.Audience, scopes).Value.Reveal())
	assert.Equal(t, "at-canary-3", held.Find("\nurn:c", scopes).Value.Reveal())

	forms := w.server.sent
	require.Len(t, forms, 3)
	assert.Equal(t, []string{"urn:a", "urn:b"}, forms[0].form["resource"])
	assert.False(t, forms[0].form.Has("audience"))
	assert.Equal(t, []string{"urn:a", "urn:b"}, forms[1].form["resource"])
	assert.False(t, forms[1].form.Has("audience"), "the login's audience goes without saying")
	assert.Equal(t, []string{"urn:c"}, forms[2].form["resource"])
}

// Another login takes this one's place while a page waits for the first one's lock. The new family's token is used under its own lock.
func TestRenewOfAnotherFamily(t *testing.T) {
	w, v := signedIn(t)
	old := w.record().family
	w.store.onRead = onSecond(func() {
		w.signIn(w.page())
		w.clock += lifetime
	})
	held, err := v.Renew(wanted())
	require.NoError(t, err)
	assert.Equal(t, "at-canary-3", held.Find("", scopes).Value.Reveal())
	assert.Equal(t, []string{"rt-canary-2"}, w.server.used())
	require.Len(t, w.locks.names, 2)
	assert.True(t, strings.HasSuffix(w.locks.names[0], old[:21]))
	assert.True(t, strings.HasSuffix(w.locks.names[1], w.record().family[:21]))
}

func clone(r *record) *record {
	c := *r
	return &c
}
