package vault

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
	"github.com/postern-auth/postern/storage"
)

// FuzzRestore starts a page over any text in the store: somebody is signed in by a whole record of ours, or nobody is and the next sign-in
// works; a later version's record is left as it is.
func FuzzRestore(f *testing.F) {
	token := idToken(nil)
	f.Fuzz(func(t *testing.T, text string) {
		// The fuzzer can't make an ID token, so that a word stands for one.
		text = strings.ReplaceAll(text, "ID-TOKEN", token)
		w := newWorld(t)
		require.NoError(t, w.store.Set(key, text))
		v := w.page()
		held, err := v.Restore()
		if err != nil {
			require.Equal(t, oauth.StorageCorrupt, oauth.AsError(err).Code)
			_, _, problem := storage.Read(&w.store, key, recordVersion)
			require.ErrorIs(t, problem, storage.ErrNewer)
			require.Equal(t, text, w.text())
			return
		}
		if held.IDToken.Empty() {
			require.Equal(t, &Held{Epoch: held.Epoch, Corrupt: v.records.corrupt}, held)
			_, err := v.Renew(wanted())
			requireCode(t, err, oauth.LoginRequired)
			require.Empty(t, w.server.sent)
		} else {
			// An instant that overflows is another one; what is made of it is written and read again as it is.
			rec := v.records.decode(value(t, v.records.encode(w.record())))
			require.NotNil(t, rec)
			require.Equal(t, rec, v.records.decode(value(t, v.records.encode(rec))))
			require.Contains(t, text, issuer[len("https://"):])
			for range 3 { // whatever it says, no token is sent a third time
				_, _ = v.Renew(wanted())
				w.clock += lifetime
			}
			uses := map[string]int{}
			for _, token := range w.server.used() {
				uses[token]++
				require.LessOrEqual(t, uses[token], 2)
			}
		}
		w.signIn(w.page())
	})
}

// FuzzTokenResponse answers a code, or a refresh token, with anything. An answer that is refused leaves the store as it was: only a refresh
// token that could be read is kept, since the one before it is spent, and only the provider's word ends a session.
func FuzzTokenResponse(f *testing.F) {
	good := idToken(nil)
	f.Fuzz(func(t *testing.T, body, mime string, status uint16, refresh bool) {
		body = strings.ReplaceAll(body, "ID-TOKEN", good)
		answer := &oauth.HTTPResponse{Status: int(status), ContentType: mime, Body: body}
		w := newWorld(t)
		v := w.page()
		w.signIn(v)
		before, text := w.record(), w.text()
		w.server.answers(func(int, request) (*oauth.HTTPResponse, error) { return answer, nil })
		w.server.cutOff = true // or a lost answer would be asked for again
		tokens, refused := oauth.ParseTokenResponse(answer)
		refused = oauth.CheckBinding(false, tokens, answer, refused)

		var held *Held
		var err error
		if !refresh {
			held, err = v.Exchange(exchange(t))
			switch {
			case refused != nil:
				require.Error(t, err)
				require.Nil(t, held)
				require.Equal(t, text, w.text())
			case err == nil:
				require.Equal(t, tokens.AccessToken.Reveal(), held.Tokens[0].Value.Reveal())
			default:
				require.Contains(t, []oauth.Code{oauth.IDTokenMalformed, oauth.IDTokenSignature, oauth.IDTokenClaim, oauth.JWKSFailed}, oauth.AsError(err).Code)
				require.False(t, w.record().signedIn(), "what failed its checks signs nobody in")
			}
			return
		}
		w.clock += lifetime
		_, err = v.Renew(wanted())
		after := w.record()
		switch {
		case refused == nil && err == nil:
			require.Equal(t, 2, after.gen)
		case refused == nil:
			require.False(t, after.signedIn() && after.idToken.Equal(tokens.IDToken) && !before.idToken.Equal(tokens.IDToken), "an ID token that failed its checks isn't kept")
		case oauth.AsError(err).Code == oauth.SessionRevoked:
			require.Equal(t, invalidGrant, oauth.AsError(refused).ServerCode)
			require.False(t, oauth.AsError(refused).Retryable)
			require.False(t, after.signedIn())
		default:
			require.Error(t, err)
			after.attempt = attempt{}
			want := clone(before)
			if tokens != nil && !tokens.RefreshToken.Empty() {
				want.gen, want.refreshToken, want.renewedAt = 2, tokens.RefreshToken, after.renewedAt
			}
			require.Equal(t, want, after)
		}
	})
}

// FuzzBackoff fails at any times of any clock, with any wish of the provider. Once two attempts have failed there is a wait after each, none
// is longer than any wait is, and a clock that nobody sets gets through it.
func FuzzBackoff(f *testing.F) {
	f.Fuzz(func(t *testing.T, start, jump, between int64, retryAfter string, failures uint8) {
		wish := retryAfterOf(retryAfter)
		require.GreaterOrEqual(t, wish, int64(0))
		require.LessOrEqual(t, wish, int64(mostWait/time.Second))
		var b Backoff
		now := time.Duration(start)
		for i := range int(failures%12) + 2 {
			b.Failed(now, trouble(oauth.Network), wish)
			if i > 0 {
				require.True(t, b.Holds(now), "no wait at %d after failure %d", now, i)
				require.True(t, b.Holds(now+firstWait/2-1))
			} else {
				require.Equal(t, wish > 0, b.Holds(now))
			}
			require.False(t, b.Holds(now+mostWait), "the wait ends by itself")
			// Wherever the clock is set to, the wait left is one of ours.
			if set := time.Duration(jump); b.Holds(set) {
				require.False(t, b.Holds(set+mostWait))
			}
			now += time.Duration(between)
		}
	})
}

func retryAfterOf(text string) int64 { return retryAfter(&oauth.HTTPResponse{RetryAfter: text}) }
