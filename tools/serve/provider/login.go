package provider

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

const (
	// ACRPassword: the user has given a password, perhaps some time ago.
	ACRPassword = "urn:postern:acr:password"
	// ACRFresh: the user gave it when asked for this level. An API can demand it for what is dear.
	ACRFresh = "urn:postern:acr:fresh"
)

// login takes a browser from an authorization request to a consenting user. go-oidc calls it for the request and for every form that
// the user sends afterwards.
type login struct {
	signIns    *signIns
	pages      *pages
	now        func() time.Time
	sameOrigin *http.CrossOriginProtection
}

// Where a login stands, in its Store.
const (
	keyStep     = "step"
	stepLogin   = "login"
	stepConsent = "consent"
)

func (l *login) policy() goidc.AuthnPolicy {
	return goidc.NewPolicy("password", func(*http.Request, *goidc.AuthnSession, *goidc.Client) bool { return true }, l.proceed)
}

// proceed runs the steps from wherever the login stands to where it needs the user.
func (l *login) proceed(w http.ResponseWriter, r *http.Request, as *goidc.AuthnSession, c *goidc.Client) (goidc.Status, error) {
	prompt := strings.Fields(string(as.Prompt))
	silent := slices.Contains(prompt, "none")
	if silent && len(prompt) > 1 {
		return goidc.StatusFailure, goidc.NewError(goidc.ErrorCodeInvalidRequest, "prompt=none goes with no other prompt")
	}
	if err := l.sameOrigin.Check(r); err != nil && isAnswer(r) {
		l.pages.refuse(w, http.StatusForbidden, "This form was sent by another site.")
		return goidc.StatusPending, nil
	}

	switch as.Store[keyStep] {
	case nil:
		if in, ok := l.recognise(r, as, prompt); ok {
			l.accept(as, in)
			break
		}
		if silent {
			return goidc.StatusFailure, goidc.NewError(goidc.ErrorCodeLoginRequired, "nobody is signed in here who would do")
		}
		as.Store[keyStep] = stepLogin
		return l.pages.login(w, http.StatusOK, as, as.LoginHint, "")
	case stepLogin:
		if status, err := l.answer(w, r, as); status != goidc.StatusSuccess {
			return status, err
		}
	}
	return l.askConsent(w, r, as, c, prompt)
}

// recognise returns the sign-in that the browser already has, if it is good enough for this request.
func (l *login) recognise(r *http.Request, as *goidc.AuthnSession, prompt []string) (signIn, bool) {
	in, ok := l.signIns.of(r)
	if !ok || slices.Contains(prompt, "login") || slices.Contains(prompt, "select_account") {
		return signIn{}, false
	}
	if as.MaxAuthnAgeSecs != nil {
		// max_age=0 is prompt=login in other words (Core 3.1.2.1), also within the second of the last login.
		if limit := *as.MaxAuthnAgeSecs; limit <= 0 || l.now().Sub(in.at) > time.Duration(limit)*time.Second {
			return signIn{}, false
		}
	}
	if as.LoginHint != "" && !in.user.isCalled(as.LoginHint) {
		return signIn{}, false
	}
	if hint := as.IDTokenHintClaims; hint != nil && hint.Subject != in.user.Subject {
		return signIn{}, false
	}
	if wanted := strings.Fields(as.ACRValues); len(wanted) > 0 && !slices.Contains(wanted, in.acr) {
		return signIn{}, false
	}
	return in, true
}

// answer reads the login form.
func (l *login) answer(w http.ResponseWriter, r *http.Request, as *goidc.AuthnSession) (goidc.Status, error) {
	switch {
	case !isAnswer(r): // the page was reloaded
		return l.pages.login(w, http.StatusOK, as, as.LoginHint, "")
	case r.PostFormValue("action") == "cancel":
		return goidc.StatusFailure, goidc.NewError(goidc.ErrorCodeAccessDenied, "the user cancelled the login")
	}
	username := strings.TrimSpace(r.PostFormValue("username"))
	user, ok := userByPassword(username, r.PostFormValue("password"))
	if !ok {
		return l.pages.login(w, http.StatusUnauthorized, as, username, "That username and password don't match. Try again.")
	}
	acr := ACRPassword
	if slices.Contains(strings.Fields(as.ACRValues), ACRFresh) {
		acr = ACRFresh
	}
	l.accept(as, l.signIns.begin(w, r, user, acr))
	return goidc.StatusSuccess, nil
}

// accept makes the user the subject of the login.
func (l *login) accept(as *goidc.AuthnSession, in signIn) {
	as.Subject, as.Username = in.user.Subject, in.user.Username
	as.Store[keyAuthTime], as.Store[keyACR], as.Store[keySID] = int(in.at.Unix()), in.acr, in.sid
}

// askConsent shows the consent page unless the user has seen it, and reads its form.
func (l *login) askConsent(w http.ResponseWriter, r *http.Request, as *goidc.AuthnSession, c *goidc.Client, prompt []string) (goidc.Status, error) {
	asked := as.Store[keyStep] == stepConsent
	// A payment is consented to each time.
	given := l.signIns.hasConsented(as.Subject, c.ID, as.Scopes) && !slices.Contains(prompt, "consent") && len(as.AuthDetails) == 0
	switch {
	case asked && isAnswer(r) && r.PostFormValue("action") == "deny":
		return goidc.StatusFailure, goidc.NewError(goidc.ErrorCodeAccessDenied, "the user denied the consent")
	case asked && isAnswer(r) && r.PostFormValue("action") == "allow":
		l.signIns.consent(as.Subject, c.ID, as.Scopes)
	case given:
	case slices.Contains(prompt, "none"):
		return goidc.StatusFailure, goidc.NewError("consent_required", "the user must consent first")
	default:
		as.Store[keyStep] = stepConsent
		return l.pages.consent(w, as, c)
	}
	as.GrantedScopes, as.GrantedResources, as.GrantedAuthDetails = as.Scopes, as.Resources, grantDetails(as.AuthDetails)
	return goidc.StatusSuccess, nil
}

// isAnswer tells a form of ours from an authorization request, which may be a POST too.
func isAnswer(r *http.Request) bool {
	return r.Method == http.MethodPost && r.PathValue("callback") != ""
}
