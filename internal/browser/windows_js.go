package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// A hidden frame and a popup are opened, and heard from, by the loader.

// Frame implements session.Windows.
func (c Client) Frame(url, state string, timeout time.Duration) (string, error) {
	answer, err := bridge.Await(int(c), "frame", url, state, millis(timeout))
	if err != nil {
		err = oauth.Fail(oauth.Timeout, "silent sign-in", "no answer") // nobody sees it: the error that there was without the frame says more
	}
	return answer, err
}

// Popup implements session.Windows.
func (c Client) Popup(url, state string, timeout time.Duration) (string, error) {
	answer, err := bridge.Await(int(c), "popup", url, state, millis(timeout))
	switch {
	case err == nil:
	case bridge.Named(err) == "closed":
		err = oauth.Fail(oauth.PopupClosed, "popup", "the user closed the window")
	default:
		err = oauth.Fail(oauth.PopupTimeout, "popup", "the user took longer than timeoutInSeconds, or the page at redirect_uri doesn't load Postern; "+
			"callback.html as popupRedirectUri does")
	}
	return answer, err
}
