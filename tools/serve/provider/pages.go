package provider

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

//go:embed pages
var pageFiles embed.FS

var templates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

const stylesheetPath = "/provider.css"

// pages renders what people see of the provider.
type pages struct {
	appOrigin string
	coop      string
	log       *slog.Logger
}

// page is what the templates read. Each uses what it needs.
type page struct {
	Title, Client, Action, Problem string

	Username string
	Users    []User

	Name      string
	Asks      []string
	Resources []string

	Code string
}

func (p *pages) login(w http.ResponseWriter, status int, as *goidc.AuthnSession, username, problem string) (goidc.Status, error) {
	return p.show(w, status, "login.html", page{
		Title: "Sign in", Client: clientName, Action: "/authorize/" + as.ID, Username: username, Problem: problem, Users: users,
	})
}

func (p *pages) consent(w http.ResponseWriter, as *goidc.AuthnSession, c *goidc.Client) (goidc.Status, error) {
	user, _ := userBySubject(as.Subject)
	var asks []string
	for scope := range strings.FieldsSeq(as.Scopes) {
		asks = append(asks, scopeMeanings[scope])
	}
	for _, d := range as.AuthDetails {
		asks = append(asks, fmt.Sprintf("Pay %v", d["payee"]))
	}
	return p.show(w, http.StatusOK, "consent.html", page{
		Title: "Allow access", Client: c.Name, Action: "/authorize/" + as.ID, Name: user.Name, Asks: asks, Resources: as.Resources,
	})
}

func (p *pages) logout(w http.ResponseWriter, ls *goidc.LogoutSession, u User) (goidc.Status, error) {
	return p.show(w, http.StatusOK, "logout.html", page{Title: "Sign out", Action: "/logout/" + ls.ID, Name: u.Name})
}

func (p *pages) message(w http.ResponseWriter, text string) (goidc.Status, error) {
	return p.show(w, http.StatusOK, "message.html", page{Title: text})
}

// refuse tells the user, not the client, that something is wrong.
func (p *pages) refuse(w http.ResponseWriter, status int, problem string) {
	_, _ = p.show(w, status, "problem.html", page{Title: "That didn't work", Problem: problem})
}

// problem implements goidc.RenderErrorFunc: an error that must not go back to the client, because nothing vouches for its redirect URI.
// It says more than a provider should on the open network. Here the reader is the developer who has to mend it.
func (p *pages) problem(w http.ResponseWriter, _ *http.Request, err error) error {
	content := page{Title: "That didn't work", Problem: "The request can't be answered."}
	status := http.StatusInternalServerError
	var known goidc.Error
	if errors.As(err, &known) {
		content.Code, content.Problem, status = string(known.Code), known.Description, known.StatusCode()
		if detail := known.Unwrap(); detail != nil {
			content.Problem += ": " + detail.Error()
		}
	}
	_, _ = p.show(w, status, "problem.html", content)
	return nil
}

// show writes a page, and says that the login waits for the user.
func (p *pages) show(w http.ResponseWriter, status int, name string, content page) (goidc.Status, error) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	// form-action names the app as well: Chromium applies it to the redirect that answers the form. Never framed: the silent frame
	// only ever sees redirects, and a login page in a frame is a trap.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "+
		"form-action 'self' "+p.appOrigin+"; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	// Not no-referrer: that makes the Origin of the form "null", which older browsers' cross-origin check can't tell from a stranger's.
	h.Set("Referrer-Policy", "same-origin")
	if p.coop != "" {
		h.Set("Cross-Origin-Opener-Policy", p.coop)
	}
	w.WriteHeader(status)
	if err := templates.ExecuteTemplate(w, name, content); err != nil {
		p.log.Error("render a page", "page", name, "error", err)
	}
	return goidc.StatusPending, nil
}

func stylesheet() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, pageFiles, "pages/provider.css")
	})
}
