package session_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-auth/postern/internal/oauth"
)

func TestPopup(t *testing.T) {
	w := newWorld(t, `"popupRedirectUri":"https://app.test/callback.html","authorizationParams":{"redirect_uri":"https://app.test/cb"}`)
	asked := w.framed(code)
	require.NoError(t, w.Popup(noOptions()))
	assert.Equal(t, "https://app.test/callback.html", asked.Get("redirect_uri"))
	assert.Empty(t, asked.Get("prompt"))
	assert.Equal(t, "https://app.test/callback.html", w.exchanges[0].RedirectURI)
	assert.Empty(t, w.exchanges[0].Subject, "anybody may sign in")
	yes, err := w.IsAuthenticated()
	require.NoError(t, err)
	assert.True(t, yes)
	assert.NotContains(t, w.steps, "navigate")

	require.NoError(t, w.Popup(value(t, `{"timeoutInSeconds":60,"authorizationParams":{"redirect_uri":"https://app.test/own","login_hint":"a@b"}}`)))
	assert.Equal(t, "https://app.test/own", asked.Get("redirect_uri"), "the call's own wins")
	assert.Equal(t, "a@b", asked.Get("login_hint"))
}

func TestPopupFails(t *testing.T) {
	for name, test := range map[string]struct {
		options string
		answer  func(state string) string
		failure error
		want    oauth.Code
	}{
		"closed":             {`{}`, nil, fail(oauth.PopupClosed), oauth.PopupClosed},
		"too late":           {`{}`, nil, fail(oauth.PopupTimeout), oauth.PopupTimeout},
		"refused":            {`{}`, func(state string) string { return "error=access_denied&state=" + state }, nil, oauth.AccessDenied},
		"another login's":    {`{}`, func(string) string { return code("~other") }, nil, oauth.StateMismatch},
		"code and error":     {`{}`, func(state string) string { return code(state) + "&error=e" }, nil, oauth.CallbackInvalid},
		"an option misspelt": {`{"timeoutInSecond":1}`, nil, nil, oauth.ConfigInvalid},
		"no time":            {`{"timeoutInSeconds":-1}`, nil, nil, oauth.ConfigInvalid},
		"state":              {`{"authorizationParams":{"state":"x"}}`, nil, nil, oauth.ConfigInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "")
			if test.answer != nil {
				w.framed(test.answer)
			} else {
				w.frame = func(string, string, time.Duration) (string, error) { return "", test.failure }
			}
			requireCode(t, w.Popup(value(t, test.options)), test.want)
			assert.Empty(t, w.exchanges)
			keys, _ := w.store.Keys("postern:login:")
			assert.Empty(t, keys, "no login stays in flight")
		})
	}
}
