package browser

import (
	"time"

	"github.com/postern-auth/postern/internal/bridge"
	"github.com/postern-auth/postern/internal/oauth"
)

// Windows are a hidden frame, and what the loader hears from it. It implements session.Windows.
type Windows struct{}

// Frame implements session.Windows.
func (Windows) Frame(url, state string, timeout time.Duration) (string, error) {
	var s bridge.Scope
	defer s.Close()
	answer, err := s.AwaitCall(bridge.Host(), "frame", url, state, int(timeout/time.Millisecond))
	if err != nil {
		return "", oauth.Fail(oauth.Timeout, "silent sign-in", "the hidden frame brought no answer: the provider showed a page, or the browser blocked it "+
			"(CSP frame-src), or the page at redirect_uri doesn't load Postern; callback.html as silentRedirectUri does")
	}
	text, _ := bridge.StringOf(answer)
	return text, nil
}
