package provider

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
)

// User is somebody who can sign in. Passwords are in the clear because the demo prints them on its page.
type User struct {
	Subject, Username, Password, Name, Email, Picture string
}

var users = []User{
	{
		Subject: "demo|alice", Username: "alice", Password: "wonderland",
		Name: "Alice Liddell", Email: "alice@example.com", Picture: initial("A", "#2b5d8a"),
	},
	{
		Subject: "demo|bob", Username: "bob", Password: "builder",
		Name: "Bob Cratchit", Email: "bob@example.com", Picture: initial("B", "#7a4b2a"),
	},
}

// Users returns everybody who can sign in.
func Users() []User { return append([]User(nil), users...) }

func userBySubject(sub string) (User, bool) {
	for _, u := range users {
		if u.Subject == sub {
			return u, true
		}
	}
	return User{}, false
}

func userByPassword(username, password string) (User, bool) {
	for _, u := range users {
		if u.Username == username && subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) == 1 {
			return u, true
		}
	}
	return User{}, false
}

// isCalled says whether a login_hint means this user. Clients send whatever they know: a name, an address, a subject.
func (u User) isCalled(hint string) bool {
	return hint == u.Username || hint == u.Email || hint == u.Subject
}

// initial draws a picture that needs no other server.
func initial(letter, colour string) string {
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="32" fill="%s"/>`+
		`<text x="32" y="43" font-family="sans-serif" font-size="32" text-anchor="middle" fill="#fff">%s</text></svg>`, colour, letter)
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg))
}
