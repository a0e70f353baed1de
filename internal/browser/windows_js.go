package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Windows are a hidden frame, a popup, and what the loader hears from them. It implements session.Windows for one client.
type Windows int

// Frame implements session.Windows.
func (w Windows) Frame(url, state string, timeout time.Duration) (string, error) {
	answer, err := w.ask("frame", url, state, timeout)
	if err != nil {
		err = oauth.Fail(oauth.Timeout, "silent sign-in", "the hidden frame brought no answer: the provider showed a page, or the browser blocked it "+
			"(CSP frame-src), or the page at redirect_uri doesn't load Postern; callback.html as silentRedirectUri does")
	}
	return answer, err
}

// Popup implements session.Windows.
func (w Windows) Popup(url, state string, timeout time.Duration) (string, error) {
	answer, err := w.ask("popup", url, state, timeout)
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

func (w Windows) ask(where, url, state string, timeout time.Duration) (string, error) {
	var s bridge.Scope
	defer s.Close()
	answer, err := s.AwaitCall(bridge.Host(), where, int(w), url, state, int(timeout/time.Millisecond))
	if err != nil {
		return "", err
	}
	text, _ := bridge.StringOf(answer)
	return text, nil
}
