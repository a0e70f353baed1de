package provider

import (
	"net/http"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

// logout ends the browser's sign-in. It asks first, unless the request carries an ID token of the very user who is signed in: anybody
// can link to this endpoint, but only the app holds that.
type logout struct {
	signIns    *signIns
	pages      *pages
	sameOrigin *http.CrossOriginProtection
}

func (l *logout) policy() goidc.LogoutPolicy {
	return goidc.NewLogoutPolicy("password", func(*http.Request, *goidc.LogoutSession) bool { return true }, l.proceed)
}

func (l *logout) proceed(w http.ResponseWriter, r *http.Request, ls *goidc.LogoutSession) (goidc.Status, error) {
	in, signedIn := l.signIns.of(r)
	hint := ls.IDTokenHintClaims
	if !signedIn || hint != nil && hint.Subject == in.user.Subject {
		l.signIns.end(w, r)
		return goidc.StatusSuccess, nil
	}
	if !isAnswer(r) {
		return l.pages.logout(w, ls, in.user)
	}
	if err := l.sameOrigin.Check(r); err != nil {
		l.pages.refuse(w, http.StatusForbidden, "This form was sent by another site.")
		return goidc.StatusPending, nil
	}
	if r.PostFormValue("action") != "sign-out" {
		return l.pages.message(w, "You are still signed in")
	}
	l.signIns.end(w, r)
	return goidc.StatusSuccess, nil
}

// done answers a logout that has nowhere to go back to.
func (l *logout) done(w http.ResponseWriter, _ *http.Request, _ *goidc.LogoutSession) error {
	_, err := l.pages.message(w, "You are signed out")
	return err
}
